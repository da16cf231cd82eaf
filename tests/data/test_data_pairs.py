"""Two images side by side: many classes made of few."""

import pytest
import torch

from gce_lib.data import blobs, side_by_side


def test_a_pair_is_two_images_and_its_class_two_classes():
    few = blobs(3, width=0)  # all images of a class are alike
    pairs = side_by_side(few, train=50, test=20)
    assert pairs.train_images.shape == (50, 4, 8, 1)
    assert pairs.test_images.shape == (20, 4, 8, 1)
    assert pairs.classes[5] == "blob 1 | blob 2"
    assert pairs.num_classes == 9
    labels = few.train_labels.tolist()
    image = dict(zip(labels, few.train_images, strict=True))
    for whole, label in zip(pairs.train_images, pairs.train_labels, strict=True):
        a, b = divmod(label.item(), 3)
        assert torch.equal(whole, torch.cat([image[a], image[b]], dim=1))


def test_pairs_are_always_the_same_and_train_and_test_differ():
    few = blobs(5)
    first, again = (side_by_side(few, train=30, test=30) for _ in range(2))
    assert torch.equal(first.train_images, again.train_images)
    assert torch.equal(first.test_labels, again.test_labels)
    assert not torch.equal(first.train_labels, first.test_labels)


@pytest.mark.parametrize("name", ["train", "test"])
def test_no_pairs_are_refused(name):
    with pytest.raises(ValueError, match=f"{name} must be"):
        side_by_side(blobs(3), **{name: 0})
