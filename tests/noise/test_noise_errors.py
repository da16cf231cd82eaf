"""Whatever is wrong with an input of the noise functions is said in one sentence."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from gce_lib import noise


@dataclass(frozen=True)
class Images:
    train_images: torch.Tensor


GOOD = torch.full((2, 2), 0.5)
IMAGES = torch.zeros(4, 2, 2, 1, dtype=torch.uint8)
LABELS = torch.tensor([0, 1, 0, 1])
NAN = float("nan")


def corrupt(T=GOOD, labels=LABELS, seed=0):
    return noise.corrupt(labels, T, seed=seed)


def instance(images=IMAGES, labels=LABELS, rate=0.5, seed=0, **options):
    return noise.instance_dependent(images, labels, rate, seed=seed, **options)


def open_set(outsiders=IMAGES, rate=0.5, seed=0):
    return noise.open_set(Images(IMAGES), outsiders, rate, seed=seed)


def estimate(p, **options):
    return noise.estimate_transition_matrix(torch.tensor(p), **options)


ERRORS = [
    # num_classes and rate
    (lambda: noise.symmetric(1, 0.1), "num_classes .* at least 2, got 1"),
    (lambda: noise.symmetric(2.5, 0.1), "num_classes .* integer .*, got 2.5"),
    (lambda: noise.symmetric(10, 1.5), r"rate must be a number in \[0, 1\], got 1.5"),
    (lambda: noise.symmetric(10, -0.1), r"rate must be a number in \[0, 1\], got -0.1"),
    (lambda: noise.symmetric(10, NAN), r"rate must be a number in \[0, 1\], got nan"),
    (
        lambda: noise.symmetric(10, "0.4"),
        r"rate must be a number in \[0, 1\], got '0.4'",
    ),
    (lambda: noise.pair_flip(0, 0.1), "num_classes .* at least 2, got 0"),
    (lambda: noise.pair_flip(10, 2), r"rate must be a number in \[0, 1\], got 2"),
    (
        lambda: noise.cifar100_superclasses(-1),
        r"rate must be a number in \[0, 1\], got -1",
    ),
    (
        lambda: noise.class_map(10, {0: 1}, 2),
        r"rate must be a number in \[0, 1\], got 2",
    ),
    # mappings
    (lambda: noise.class_map(10, {0: 10}, 0.1), r"mapping .* \[0, 9\] .* got 0 -> 10"),
    (lambda: noise.class_map(10, {-1: 1}, 0.1), r"mapping .* \[0, 9\] .* got -1 -> 1"),
    (lambda: noise.class_map(10, {3: 3}, 0.1), "mapping .* another one, got 3 -> 3"),
    (lambda: noise.class_map(3, [1, 2], 0.1), r"mapping must be .* \(list\)"),
    (lambda: noise.class_map(3, {0: "b"}, 0.1), "a class of mapping .*, got 'b'"),
    # transition matrices
    (lambda: corrupt("T"), "T must be a tensor or an array of numbers, got 'T'"),
    (lambda: corrupt(None), "T must be a tensor or an array of numbers, got None"),
    (
        lambda: corrupt([[1.0], [0.0, 1.0]]),
        r"T must be a tensor or an array .* \(list\)",
    ),
    (lambda: corrupt(torch.ones(2, 3) / 3), r"T must be a square .* shape \(2, 3\)"),
    (lambda: corrupt(torch.ones(2)), r"T must be a square matrix .* shape \(2,\)"),
    (lambda: corrupt([[1.0]]), r"T must .* \(at least 2\), got shape \(1, 1\)"),
    (lambda: corrupt([[NAN, 1.0], [0.0, 1.0]]), "T must be finite, got 1 entries"),
    (lambda: corrupt([[1.5, -0.5], [0.0, 1.0]]), "T must have no negative .* got -0.5"),
    (lambda: corrupt([[0.5, 0.4], [0.0, 1.0]]), "rows that sum to 1 .* 0.9 in row 0$"),
    (
        lambda: corrupt([[0.7, 0.0], [0.3, 1.0]]),
        r"got 0.7 in row 0; its columns do, so pass T.T",
    ),
    # labels
    (lambda: corrupt(labels=[0, 2]), r"labels must be in \[0, 1\] .* from 0 to 2"),
    (lambda: corrupt(labels=[-1, 1]), r"labels must be in \[0, 1\] .* from -1 to 1"),
    (lambda: corrupt(labels=[[0, 1]]), r"labels must be one-dim.*, got shape \(1, 2\)"),
    (lambda: corrupt(labels=[0.0, 1.0]), "labels must be integers, got torch.float64"),
    (lambda: corrupt(labels=[True]), "labels must be integers, got torch.bool"),
    (lambda: corrupt(labels="cat"), "labels must be a tensor or an array of numbers"),
    (lambda: corrupt(labels=None), "labels must be .*, got None"),
    (lambda: corrupt(labels=3), r"labels must be one-dimensional, got shape \(\)"),
    # seeds
    (lambda: corrupt(seed=-1), "seed must be an integer of at least 0, got -1"),
    (lambda: corrupt(seed=None), "seed must be an integer of at least 0, got None"),
    (lambda: corrupt(seed=0.5), "seed must be an integer of at least 0, got 0.5"),
    # instance-dependent noise
    (lambda: instance(rate=1.1), r"rate must be a number in \[0, 1\], got 1.1"),
    (lambda: instance(seed=-1), "seed must be an integer of at least 0, got -1"),
    (lambda: instance(IMAGES[:3]), r"images must have .* N = 4 .* got \(3, 2, 2, 1\)"),
    (lambda: instance(torch.zeros(4)), r"images must have .* N = 4 .* got \(4,\)"),
    (lambda: instance(torch.full((4, 2), NAN)), "images must be finite, got a NaN"),
    (lambda: instance(labels=[0, 1, 0, -1]), r"labels must be in \[0, 1\]"),
    (lambda: instance(num_classes=1), "num_classes .* at least 2, got 1"),
    (
        lambda: instance(labels=[0, 1, 0, 3], num_classes=3),
        r"labels must be in \[0, 2\] for 3 classes, got values from 0 to 3",
    ),
    (lambda: instance("images"), "images must be a tensor or an array of numbers"),
    (lambda: instance(labels="ab"), "labels must be a tensor or an array of numbers"),
    (lambda: instance(labels=[0.5, 1, 0, 1]), "labels must be integers"),
    (lambda: instance(num_classes=2.0), "num_classes must be an integer .* got 2.0"),
    # open-set noise
    (lambda: noise.open_set(IMAGES, IMAGES, 0.5, seed=0), "dataset must be a data set"),
    (lambda: open_set([0, 1]), r"outsiders must be a tensor of images, got \[0, 1\]"),
    (lambda: open_set(rate=-0.5), r"rate must be a number in \[0, 1\], got -0.5"),
    (lambda: open_set(seed=-1), "seed must be an integer of at least 0, got -1"),
    (lambda: open_set(IMAGES[:3], rate=1.0), "at least 4 images to replace .* got 3"),
    (
        lambda: open_set(torch.zeros(4, 3, 3, 1, dtype=torch.uint8)),
        r"outsiders must be torch.uint8 images of shape \(2, 2, 1\) .* \(3, 3, 1\)",
    ),
    (
        lambda: open_set(torch.zeros(4, 3, 2, 1, dtype=torch.uint8)),
        r"images of shape \(2, 2, 1\) .* of shape \(3, 2, 1\)",
    ),
    (lambda: open_set(IMAGES.numpy()), "outsiders must be a tensor of images, got an"),
    (lambda: open_set(IMAGES.float()), "outsiders must be .*uint8.* got torch.float32"),
    # anchor points
    (lambda: estimate([0.5, 0.5]), r"probabilities must have a shape .* got \(2,\)"),
    (lambda: estimate([[1.0]]), r"probabilities must have a shape .* got \(1, 1\)"),
    (lambda: estimate([[0.5, 0.4]]), "sum to 1, got 1 other rows, .* row 0 .* sum 0.9"),
    (lambda: estimate([[0.5, 0.5], [1.5, -0.5]]), "without negative .* row 1"),
    (lambda: estimate([[NAN, 1.0]]), "without negative or NaN .* row 0"),
    (lambda: estimate([[0.5, 0.5]], percentile=101), r"percentile .* got 101"),
    (lambda: estimate([[0.5, 0.5]], percentile="a"), r"percentile .* got 'a' \(str\)"),
    (
        lambda: noise.estimate_transition_matrix("p"),
        "probabilities must be a tensor or an array of numbers, got 'p'",
    ),
]


@pytest.mark.parametrize(("call", "sentence"), ERRORS)
def test_bad_input_is_answered_with_a_sentence(call, sentence):
    with pytest.raises((ValueError, TypeError), match=sentence) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_numbers_of_numpy_are_numbers():
    T = noise.symmetric(np.int64(10), np.float32(0.5))
    assert torch.equal(T, noise.symmetric(10, 0.5))
    assert torch.equal(T, noise.symmetric(torch.tensor(10), torch.tensor(0.5)))
    mapping = {np.int64(0): np.int64(1)}
    expected = noise.class_map(3, {0: 1}, 0.5)
    assert torch.equal(noise.class_map(3, mapping, 0.5), expected)
    drawn = corrupt(seed=np.int64(3))
    assert type(drawn.seed) is int
    assert drawn.digest == corrupt(seed=3).digest
    assert instance(num_classes=np.int64(3)).T.shape == (3, 3)
