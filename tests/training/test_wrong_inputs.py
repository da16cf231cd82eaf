"""Whatever is wrong is said in one sentence: expected …, got …."""

from collections import OrderedDict

import numpy as np
import pytest
import tiny
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from gce_lib import models
from gce_lib.losses import GCELoss
from gce_lib.training import Pruning, fit, predict

DATA = tiny.dataset()
TENSORS = TensorDataset(DATA.train_images, DATA.train_labels)


def train(**change):
    options = {
        "model": models.mlp(DATA.shape, 3, hidden=(4,)),
        "dataset": DATA,
        "loss": F.cross_entropy,
        "epochs": 1,
        "device": "cpu",
        "progress": False,
        **change,
    }
    return fit(**options)


class Tuple(nn.Module):
    def forward(self, x):
        return x, x


WRONG = [
    ({"epochs": "3"}, r"epochs must be an integer of at least 1, got '3' \(str\)"),
    ({"epochs": 2.5}, r"epochs must be an integer .*, got 2.5 \(float\)"),
    ({"epochs": None}, "epochs must be an integer"),
    ({"epochs": True}, "epochs must be an integer"),
    ({"batch_size": 12.5}, "batch_size must be an integer of at least 1, got 12.5"),
    ({"lr": "0.1"}, "lr must be a number above 0, got '0.1'"),
    ({"momentum": "0.9"}, r"momentum must be a number in \[0, 1\), got '0.9'"),
    ({"weight_decay": "a"}, "weight_decay must be a number of at least 0, got 'a'"),
    ({"validation": "10%"}, r"validation must be a number in \[0, 1\), got '10%'"),
    ({"validation": 0.999}, "validation must leave an example to train on, got 0.999"),
    ({"seed": None}, "seed must be an integer of at least 0, got None"),
    ({"seed": 1.0}, "seed must be an integer of at least 0, got 1.0"),
    ({"schedule": None}, "schedule must be one of .*, got None"),
    ({"schedule": ("a",)}, "schedule must be one of .*, got "),
    ({"augment": 3}, "augment must be a sequence of crop, flip, got 3"),
    ({"augment": "crop"}, "augment must be a sequence of crop, flip, got 'crop'"),
    ({"pruning": 0.5}, r"pruning must be a Pruning or None, got 0.5 \(float\)"),
    ({"pruning": Pruning}, "pruning must be a Pruning or None, got the class Pruning"),
    ({"pruning": Pruning(start=0)}, "loss must take sample_weight with pruning"),
    ({"callback": 3}, r"callback must be a function of model and history, got 3 \(int"),
    ({"device": "xpu"}, 'device must be one that is here, got "xpu"'),
    ({"labels": "x"}, r"labels must be int64 \(240,\), got 'x' \(str\)"),
    ({"labels": ["left"] * 240}, r"labels must be .*, got 240 such as 'left' \(str\)"),
    ({"labels": 3}, r"labels must be int64 \(240,\), got"),
    ({"labels": [0] * 239}, r"labels must be int64 \(240,\), got torch.int64 \(239,\)"),
    ({"labels": [0, [1, 2]]}, "labels must be .*, got 2 such as 0"),
    ({"labels": np.zeros(240)}, "got torch.float64"),
    ({"labels": np.full(240, -1)}, r"labels must be in \[0, 2\], got -1 to -1"),
    ({"labels": torch.ones(240) > 0}, "got torch.bool"),
    ({"loss": GCELoss}, "loss must be .* such as GCELoss.., got the class GCELoss"),
    ({"loss": "ce"}, r"loss must be a function .*, got 'ce' \(str\)"),
    ({"loss": lambda z, y: 0.3}, r"loss must return a scalar tensor, got 0.3 \(float"),
    ({"loss": lambda z, y: None}, "loss must return a scalar tensor, got None"),
    ({"loss": lambda z, y: torch.zeros(())}, "loss must depend on the logits"),
    ({"model": models.mlp}, "model must be an nn.Module, got"),
    ({"model": nn.Linear}, "model must be an nn.Module, got the class Linear"),
    (
        {"model": models.mlp((3, 32, 32), 3)},
        r"model must take images \(B, 1, 8, 8\) of tiny, got an error of Sequential: ",
    ),
    (
        {"model": models.small_cnn((3, 32, 32), 3)},
        r"model must take images \(B, 1, 8, 8\) of tiny, got an error of Sequential: ",
    ),
    (
        {"model": models.mlp(DATA.shape, 2)},
        r"model must return logits \(B, 3\), .*got .* of shape \(2, 2\)",
    ),
    ({"model": nn.Flatten(0)}, r"model must return logits .* of shape \(128,\)"),
    ({"model": Tuple()}, r"model must return logits \(B, 3\)"),
    ({"dataset": TENSORS}, "dataset must be an ImageDataset, .*got one .TensorDataset"),
    ({"dataset": DataLoader(TENSORS)}, "dataset must be an ImageDataset, .*DataLoader"),
    ({"dataset": "cifar10"}, "dataset must be an ImageDataset, .*got 'cifar10'"),
    ({"device": "tpu"}, "device must be .*, got 'tpu'"),
    ({"device": None}, "device must be .*, got None"),
    ({"checkpoint": 3}, r"checkpoint must be a path, got 3 \(int\)"),
    ({"checkpoint_every": 1.5, "checkpoint": "x"}, "checkpoint_every must be an int"),
]


@pytest.mark.parametrize(("change", "message"), WRONG)
def test_wrong_inputs_of_fit(change, message):
    with pytest.raises((ValueError, TypeError), match=message) as error:
        train(**change)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": 1.5}, "start must be an integer of at least 0, got 1.5"),
        ({"start": -1}, "start must be an integer of at least 0, got -1"),
        ({"every": 0}, "every must be an integer of at least 1, got 0"),
        ({"every": "2"}, "every must be an integer of at least 1, got '2'"),
        ({"k": "0.5"}, r"k must be a number in \[0, 1\), got '0.5'"),
        ({"k": 1.0}, r"k must be a number in \[0, 1\), got 1"),
        ({"k": float("nan")}, r"k must be a number in \[0, 1\), got nan"),
    ],
)
def test_wrong_inputs_of_pruning(options, message):
    with pytest.raises((ValueError, TypeError), match=message):
        Pruning(**options)


def test_pruning_that_never_comes_warns():
    with pytest.warns(UserWarning, match="before epoch 20, .*, got start=40: nothing"):
        train(epochs=20, pruning=Pruning(start=40), loss=GCELoss())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"images": DATA.test_images.float()},
            "must have the channels of floats",
        ),
        (
            {"images": torch.zeros(3, 1, 8, 8)},
            "must be images .*, got features of",
        ),
        (
            {"images": DATA.test_images[:0]},
            "must be one at least, got none; tiny",
        ),
        ({"images": "x"}, "images must be uint8 images .*, got 'x'"),
        ({"batch_size": 0}, "evaluation_batch_size must be an integer of at least 1"),
        ({"dataset": TENSORS}, "dataset must be an ImageDataset"),
        ({"images": torch.zeros(3, 9, 9, 1, dtype=torch.uint8)}, "model must take"),
    ],
)
def test_wrong_inputs_of_predict(change, message):
    arguments = {"model": models.mlp(DATA.shape, 3), "dataset": DATA, "device": "cpu"}
    with pytest.raises((ValueError, TypeError), match=message):
        predict(**{**arguments, **change})


def test_numbers_of_numpy_are_numbers():
    plain = train(
        epochs=2, batch_size=64, seed=1, pruning=Pruning(0.1, 1), loss=GCELoss()
    )
    numpy = train(
        epochs=np.int64(2),
        batch_size=np.int32(64),
        lr=np.float64(0.1),
        momentum=torch.tensor(0.9, dtype=torch.float64),
        validation=np.float64(0.1),
        seed=np.uint8(1),
        pruning=Pruning(np.float64(0.1), np.int64(1)),
        loss=GCELoss(),
    )
    assert numpy["loss"] == plain["loss"]


def kinds(labels):
    for dtype in (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, ">i4"):
        yield labels.numpy().astype(dtype)
    for dtype in (torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64):
        yield labels.to(dtype)
    yield labels.tolist()
    yield tuple(labels.tolist())


def test_labels_of_any_integer_type_are_labels():
    noisy = tiny.noisy(DATA).noisy
    plain = train(labels=noisy)
    for labels in kinds(noisy):
        assert train(labels=labels)["loss"] == plain["loss"]


def test_a_network_for_more_classes_will_do():
    wide = nn.Sequential(OrderedDict(inside=models.mlp(DATA.shape, 10)))
    assert len(train(model=wide)) == 1


def test_a_network_may_be_asked_about_images_whose_classes_it_does_not_have():
    model = models.mlp(DATA.shape, DATA.num_classes - 1)
    assert predict(model, DATA, device="cpu").shape[1] == DATA.num_classes - 1
