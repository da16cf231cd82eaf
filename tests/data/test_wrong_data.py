"""Whatever is wrong with a data set is said in one sentence: expected …, got …."""

import math
from dataclasses import replace

import numpy as np
import pytest
import tiny
import torch

from gce_lib import models
from gce_lib.data import Batches, ImageDataset, load

MADE = tiny.dataset()
CHANNELS_FIRST = torch.zeros(10, 3, 32, 32, dtype=torch.uint8)


def arrays(without=(), **change):
    full = {
        "x_train": MADE.train_images,
        "y_train": MADE.train_labels,
        "x_test": MADE.test_images,
        "y_test": MADE.test_labels,
        "classes": MADE.classes,
        **change,
    }
    return {key: value for key, value in full.items() if key not in without}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (arrays(without=["x_test"]), "arrays must have .*, got none for x_test"),
        (
            arrays(without=["y_test", "classes"]),
            "arrays must have x_train, .*, got none for classes, y_test",
        ),
        (MADE, "arrays must be a dictionary of x_train, .*got"),
        ((MADE.train_images,), "arrays must be a dictionary of x_train, .*got"),
        (
            arrays(x_train=CHANNELS_FIRST, y_train=[0] * 10),
            r"x_train must have the channels last, .*got .*\(10, 3, 32, 32\): try",
        ),
        (
            arrays(x_test=MADE.test_images.permute(0, 3, 1, 2).float()),
            r"x_test must be images of shape .8, 8, 1. like x_train, got features of",
        ),
        (
            arrays(x_test=MADE.test_images.numpy() / 255),
            r"x_test must have the channels of floats first, .*float64 .*permute",
        ),
        (
            arrays(x_train="images"),
            r"x_train must be uint8 .*got 'images' \(str\): a tokenizer",
        ),
        (arrays(x_train=[[0]]), r"got \[\[0\]\] \(list\): try np.asarray\("),
        (arrays(x_train=MADE.train_images[0, 0]), "x_train must be uint8"),
        (arrays(y_test=[7] * 60), r"y_test must be in \[0, 2\], got 7 to 7"),
        (arrays(y_test=["left"] * 60), r"y_test must be .*, got 60 such as 'left'"),
        (arrays(y_test=[0]), r"y_test must be int64 \(60,\), got torch.int64 \(1,\)"),
        (arrays(y_test=np.zeros(60)), r"y_test must be int64 \(60,\), got .*float64"),
        (arrays(y_train=None), r"y_train must be int64 \(240,\), got None"),
        (arrays(y_train=[-1] * 240), r"y_train must be in \[0, 2\], got -1 to -1"),
        (
            arrays(x_test=torch.zeros(60, 9, 9, 1, dtype=torch.uint8)),
            r"x_test must be .* \(8, 8, 1\) like x_train, got .* \(9, 9, 1\)",
        ),
    ],
)
def test_wrong_arrays(given, message):
    with pytest.raises((ValueError, TypeError), match=message) as error:
        ImageDataset.from_arrays("mine", given)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"test_labels": torch.full((60,), 7)},
            r"test_labels must be in \[0, 2\], got",
        ),
        ({"train_labels": torch.zeros(240)}, r"train_labels must be int64 \(240,\)"),
        ({"train_images": CHANNELS_FIRST}, "train_images must have the channels last"),
        (
            {"test_images": torch.zeros(60, 1, 8, 8)},
            r"test_images must be images .* like train_images, got features of shape",
        ),
        ({"train_images": None}, "train_images must be uint8 images .*, got None"),
        ({"mean": (0.1, 0.2)}, "mean must have 1 entries, one a channel, got 2"),
        ({"std": (-1.0,)}, "std must be a number of at least 0, got -1"),
        ({"std": (float("nan"),)}, "std must be a number of at least 0, got nan"),
    ],
)
def test_wrong_parts(change, message):
    with pytest.raises((ValueError, TypeError), match=message):
        replace(MADE, **change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batch_size": 12.5}, "batch_size must be an integer of at least 1, got 12.5"),
        ({"seed": "a"}, "seed must be an integer of at least 0, got 'a'"),
        ({"labels": "x"}, r"labels must be int64 \(240,\), got 'x'"),
        ({"images": [1]}, r"images must be uint8 images \(N, H, W\) or .*, got \[1\]"),
        ({"augment": None}, "augment must be a sequence of crop, flip, got None"),
        ({"mean": "a"}, "mean must be a sequence of numbers, .*, got 'a'"),
        ({"mean": [None]}, "mean must be a number, got None"),
        ({"std": 1}, "std must be a sequence of numbers, .*, got 1"),
        ({"std": [-1]}, "std must be a number of at least 0, got -1"),
        ({"std": [math.nan]}, "std must be a number of at least 0, got nan"),
        ({"std": [1, 1]}, "std must have 1 numbers, one a channel .*, got 2"),
        ({"indices": [0]}, r"indices must be a tensor, got \[0\]"),
        ({"indices": torch.ones(3)}, r"indices must be int64 \(M,\), got"),
        (
            {"indices": torch.tensor([240])},
            "indices must lie in 0 … 239, got 240 … 240",
        ),
        ({"indices": torch.tensor([-1])}, "indices must lie in 0 … 239, got -1 … -1"),
    ],
)
def test_wrong_inputs_of_batches(change, message):
    arguments = {
        "images": MADE.train_images,
        "labels": MADE.train_labels,
        "batch_size": 8,
        "device": "cpu",
    }
    with pytest.raises((ValueError, TypeError), match=message):
        Batches(**{**arguments, **change})


@pytest.mark.parametrize("name", [None, 3, "CIFAR10"])
def test_a_wrong_name(name):
    with pytest.raises((ValueError, TypeError), match="name must be one of fashion-mi"):
        load(name)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: models.mlp(28),
            r"shape must be three .* or one \(d,\), got 28 \(int",
        ),
        (lambda: models.mlp((28, 28)), r"shape must be three .*got \(28, 28\)"),
        (lambda: models.mlp((1, 28.5, 28)), "shape must be three .*28.5"),
        (lambda: models.small_cnn("x"), "shape must be three .*got 'x'"),
        (lambda: models.resnet18(None), "shape must be three .*got None"),
        (lambda: models.mlp(num_classes="10"), "num_classes must be an integer of at"),
        (lambda: models.mlp(num_classes=0), "num_classes must be an integer of at le"),
        (
            lambda: models.mlp(hidden=256),
            "hidden must be a sequence of widths, got 256",
        ),
        (lambda: models.mlp(hidden=(2.5,)), "hidden must be an integer of at least 1"),
        (lambda: models.small_cnn(width=0), "width must be an integer of at least 1"),
        (lambda: models.resnet34(width=1.5), "width must be an integer of at least 1"),
        (
            lambda: models.mlp(seed="a"),
            "seed must be an integer of at least 0, got 'a'",
        ),
        (lambda: models.build("vgg", MADE), "model must be one of mlp, .*got 'vgg'"),
        (lambda: models.build(None, MADE), "model must be one of mlp, .*got None"),
    ],
)
def test_wrong_inputs_of_networks(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_numbers_of_numpy_make_a_network():
    model = models.mlp(
        np.array([1, 8, 8]), np.int64(3), hidden=[np.int32(4)], seed=np.uint8(1)
    )
    assert tiny.same_weights(model, models.mlp((1, 8, 8), 3, hidden=(4,), seed=1))


def test_batches_of_one_are_left_alone():
    batches = Batches(MADE.train_images[:5], MADE.train_labels[:5], 1, device="cpu")
    assert len(batches) == len(list(batches)) == 5


@pytest.mark.parametrize(
    ("count", "size", "sizes"),
    [(1, 4, [1]), (4, 4, [4]), (5, 4, [5]), (6, 4, [4, 2]), (9, 4, [4, 5]), (0, 4, [])],
)
def test_one_left_over_joins_the_batch_before(count, size, sizes):
    some = Batches(
        MADE.train_images[:count], MADE.train_labels[:count], size, device="cpu"
    )
    assert [len(y) for _, y, _ in some] == sizes
    assert len(some) == len(sizes)
    order = torch.cat([index for _, _, index in some]) if sizes else torch.zeros(0)
    assert sorted(order.tolist()) == list(range(count))
