"""Noise that looks at the image: instance-dependent labels, open-set images."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from gce_lib import noise
from gce_lib.noise import images


def pictures(count, seed=0):
    rng = np.random.Generator(np.random.PCG64(seed))
    pixels = np.floor(256 * rng.random((count, 8, 8, 3))).astype(np.uint8)
    return torch.from_numpy(pixels)


IMAGES, LABELS = pictures(6000), torch.arange(6000) % 10


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.4, 0.95, 1.0])
def test_the_expected_rate_is_the_rate_asked_for(rate):
    result = noise.instance_dependent(IMAGES, LABELS, rate, seed=0)
    deviation = math.sqrt(rate * (1 - rate) / len(LABELS))
    assert abs(result.rate - rate) <= 4 * deviation
    assert torch.equal(result.clean, LABELS)
    assert result.num_classes == 10


def test_the_image_decides_the_class_a_label_flips_to():
    same = IMAGES[:1].expand(3000, -1, -1, -1)
    labels = torch.zeros(3000, dtype=torch.int64)
    options = {"seed": 0, "num_classes": 10}
    one_image = noise.instance_dependent(same, labels, 0.4, **options)
    many_images = noise.instance_dependent(IMAGES[:3000], labels, 0.4, **options)
    shares = [n.T[0, 1:].sort().values / n.rate for n in (one_image, many_images)]
    # one picture goes to few classes; many pictures of a class go to all of them
    assert shares[0][:5].sum() < 0.001
    assert shares[1].min() > 0.03


def test_the_clean_class_decides_too():
    same = IMAGES[:1].expand(6000, -1, -1, -1)
    result = noise.instance_dependent(same, LABELS, 1.0, seed=0)
    assert len(set(result.T.argmax(dim=1).tolist())) > 2


def test_instance_noise_does_not_depend_on_brightness_and_contrast():
    result = noise.instance_dependent(IMAGES, LABELS, 0.4, seed=0)
    scaled = noise.instance_dependent(IMAGES / 255 - 0.5, LABELS, 0.4, seed=0)
    assert torch.equal(result.noisy, scaled.noisy)


def test_flat_images_and_no_images_are_no_trouble():
    flat = noise.instance_dependent(torch.ones(6000, 4), LABELS, 0.4, seed=0)
    assert flat.rate == pytest.approx(0.4, abs=0.03)
    assert len(noise.instance_dependent(IMAGES[:0], LABELS[:0], 0.4, seed=0)) == 0


def test_instance_noise_is_the_same_on_every_platform_and_new_for_a_new_seed():
    first, again, other = (
        noise.instance_dependent(IMAGES, LABELS, 0.4, seed=s) for s in (0, 0, 1)
    )
    assert first.digest == again.digest != other.digest
    assert first.digest[:16] == "601b5b61ff61cf89"


class Zeros:
    """A generator whose uniform numbers are the smallest there are."""

    def random(self, shape):
        return np.zeros(shape)


def test_the_smallest_uniform_number_gives_a_finite_normal_one():
    drawn = images._standard_normal(Zeros(), (2, 3))
    smallest = pytest.approx(2**-54, rel=1e-6, abs=0)
    assert torch.special.ndtr(drawn).tolist() == [[smallest] * 3] * 2


@pytest.mark.parametrize(("largest", "classes"), [(0, 2), (1, 2), (2, 3)])
def test_the_largest_label_tells_the_number_of_classes(largest, classes):
    labels = torch.full((4,), largest)
    result = noise.instance_dependent(IMAGES[:4], labels, 0.4, seed=0)
    assert result.num_classes == classes


@dataclass(frozen=True)
class Dataset:
    train_images: torch.Tensor
    train_labels: torch.Tensor
    classes: tuple = ("a", "b")


OUTSIDERS = pictures(5000, seed=1)


def test_open_set_replaces_images_and_keeps_labels():
    dataset = Dataset(IMAGES.clone(), LABELS.clone())
    result = noise.open_set(dataset, OUTSIDERS, 0.4, seed=0)
    new = result.dataset
    assert isinstance(new, Dataset)
    assert new.train_labels is dataset.train_labels
    assert new.classes is dataset.classes
    assert torch.equal(dataset.train_images, IMAGES)  # the old data set is as it was
    changed = (new.train_images != IMAGES).flatten(start_dim=1).any(dim=1)
    assert torch.equal(changed, result.replaced)
    used = result.source[result.replaced]
    assert torch.equal(new.train_images[changed], OUTSIDERS[used])
    assert len(set(used.tolist())) == len(used)


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.4])
def test_open_set_realises_its_rate_within_binomial_error(rate):
    result = noise.open_set(Dataset(IMAGES, LABELS), OUTSIDERS, rate, seed=0)
    assert abs(result.rate - rate) <= 4 * math.sqrt(rate * (1 - rate) / len(IMAGES))
    assert result.rate == result.replaced.double().mean().item()


def test_open_set_can_replace_everything():
    dataset = Dataset(IMAGES[:100], LABELS[:100])
    result = noise.open_set(dataset, OUTSIDERS[:100], 1.0, seed=0)
    assert result.rate == 1.0
    assert sorted(result.source.tolist()) == list(range(100))


def test_open_set_is_the_same_on_every_platform_and_new_for_a_new_seed():
    first, again, other = (
        noise.open_set(Dataset(IMAGES, LABELS), OUTSIDERS, 0.4, seed=s)
        for s in (0, 0, 1)
    )
    assert first.digest == again.digest != other.digest
    assert first.digest[:16] == "2288d33375fc774e"
