"""Clouds of points: the data set that is made on the spot."""

import pytest
import torch

from gce_lib.data import blobs


def test_every_class_has_its_images_in_turn():
    data = blobs(7, per_class=5)
    assert data.train_images.shape == (35, 4, 4, 1)
    assert data.test_images.shape == (70, 4, 4, 1)
    assert data.num_classes == 7
    assert data.train_labels.tolist() == [i % 7 for i in range(35)]
    assert data.test_labels.bincount().tolist() == [10] * 7


def test_the_seed_decides():
    first, again, other = (blobs(5, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(first.train_images, again.train_images)
    assert torch.equal(first.test_images, again.test_images)
    assert not torch.equal(first.train_images, other.train_images)


def test_the_nearest_centre_tells_the_classes_apart():
    data = blobs(100)
    x, y = data.train_images.flatten(1).double(), data.train_labels
    centres = torch.stack([x[y == j].mean(0) for j in range(100)])
    test = data.test_images.flatten(1).double()
    nearest = torch.cdist(test, centres).argmin(1)
    assert (nearest == data.test_labels).double().mean() > 0.99


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_classes": 1}, "num_classes must be at least 2, got 1"),
        ({"per_class": 0}, "per_class must be at least 1, got 0"),
        ({"width": -1.0}, "width must be at least 0, got -1.0"),
    ],
)
def test_what_is_out_of_range_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        blobs(**arguments)
