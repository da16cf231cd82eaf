"""A checkpoint is taken for its own training's, whatever the names are."""

import functools
from dataclasses import replace

import pytest
import tiny
import torch
import torch.nn.functional as F
from torch import nn

from gce_lib import models
from gce_lib.losses import (
    GCELoss,
    TruncatedGCELoss,
    clip_logits,
    forward_corrected_loss,
    gce_loss,
)
from gce_lib.training import CheckpointError, Pruning, fit

DATA = tiny.dataset()


def train(path, loss, data=DATA, model=None, **options):
    model = models.mlp(data.shape, 3, hidden=(8,)) if model is None else model
    options = {"epochs": 1, "device": "cpu", "progress": False, **options}
    return fit(model, data, loss, checkpoint=path, **options)


def closure(q):
    return lambda logits, target: gce_loss(logits, target, q)


class Own(nn.Module):
    def __init__(self, q):
        super().__init__()
        self.q = q

    def forward(self, logits, target):
        return gce_loss(logits, target, self.q)


class Callable:
    def __init__(self, q):
        self.q = q

    def __call__(self, logits, target):
        return gce_loss(logits, target, self.q)


class SameValueOtherSlope:
    """The value of cross entropy with half its slope."""

    def __call__(self, logits, target):
        loss = F.cross_entropy(logits, target)
        return loss / 2 + loss.detach() / 2


def forward(change):
    T = torch.full((3, 3), 0.1) + 0.7 * torch.eye(3)
    T[0, 1] += change
    T[0, 2] -= change
    return functools.partial(forward_corrected_loss, T=T)


def summed(logits, target):
    return F.cross_entropy(logits, target, reduction="sum") / 128


def clipped(tau):
    return lambda logits, target: F.cross_entropy(clip_logits(logits, tau), target)


WEIGHT = torch.tensor([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (closure(0.7), closure(0.1)),
        (Own(0.7), Own(0.1)),
        (Callable(0.7), Callable(0.1)),
        (functools.partial(Callable(0.7)), functools.partial(Callable(0.1))),
        (GCELoss(0.7), GCELoss(0.7, label_smoothing=0.5)),
        (GCELoss(0.7), GCELoss(0.7, weight=WEIGHT)),
        (GCELoss(0.7, weight=WEIGHT), GCELoss(0.7, weight=WEIGHT.flip(0))),
        (GCELoss(0.7), GCELoss(0.7, ignore_index=1)),
        (TruncatedGCELoss(0.7, 0.5), TruncatedGCELoss(0.7, 0.4)),
        (nn.CrossEntropyLoss(), nn.CrossEntropyLoss(label_smoothing=0.01)),
        (nn.CrossEntropyLoss(), nn.CrossEntropyLoss(weight=WEIGHT)),
        (nn.CrossEntropyLoss(), nn.CrossEntropyLoss(ignore_index=2)),
        (forward(0.0), forward(3e-5)),
        (F.cross_entropy, SameValueOtherSlope()),
        (F.cross_entropy, F.multi_margin_loss),
        (F.cross_entropy, summed),  # differs in batches of another size only
        (clipped(30.0), clipped(40.0)),  # and large logits only
    ],
)
def test_losses_are_told_apart_by_what_they_do(tmp_path, first, second):
    path = tmp_path / "run.pt"
    train(path, first)
    train(path, first)
    with pytest.raises(CheckpointError, match=r"another training: expected loss = .*,"):
        train(path, second)


def test_losses_that_do_the_same_are_the_same(tmp_path):
    path = tmp_path / "run.pt"
    trained = train(path, GCELoss(0.7))
    for loss in (closure(0.7), functools.partial(gce_loss, q=0.7), Own(0.7)):
        assert train(path, loss)["loss"] == trained["loss"]


def test_losses_with_pruning_are_seen_with_sample_weights(tmp_path):
    def squared(logits, target, sample_weight):
        return gce_loss(logits, target, sample_weight=sample_weight + 1)

    path = tmp_path / "run.pt"
    pruning = Pruning(k=0.1, start=0)
    train(path, gce_loss, pruning=pruning)
    with pytest.raises(CheckpointError, match="expected loss = gce_loss"):
        train(path, squared, pruning=pruning)


def test_a_loss_that_remembers_is_not_changed_by_the_look(tmp_path):
    class Remembering(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("calls", torch.zeros(()))

        def forward(self, logits, target):
            self.calls += 1
            return F.cross_entropy(logits, target)

    looked, plain = Remembering(), Remembering()
    train(tmp_path / "run.pt", looked)
    train(None, plain)
    assert looked.calls == plain.calls == 2


def changed(**parts):
    return replace(DATA, **parts)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (changed(test_labels=DATA.test_labels.flip(0)), "test set"),
        (changed(test_images=255 - DATA.test_images), "test set"),
        (changed(train_images=255 - DATA.train_images), "dataset"),
        (changed(mean=(0.5,)), "mean and std"),
        (changed(std=(0.123,)), "mean and std"),
        (changed(train_labels=DATA.train_labels.flip(0)), "flipped"),
    ],
)
def test_data_is_told_apart(tmp_path, data, named):
    path = tmp_path / "run.pt"
    labels = tiny.noisy(DATA).noisy
    train(path, F.cross_entropy, labels=labels)
    with pytest.raises(CheckpointError, match=f"expected {named} = "):
        train(path, F.cross_entropy, data, labels=labels)


def network(activation, trained=True):
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), activation, nn.Linear(8, 3))
    model[1].requires_grad_(trained)
    return model


def test_networks_are_told_apart(tmp_path):
    path = tmp_path / "run.pt"
    train(path, F.cross_entropy, model=network(nn.ReLU()))
    train(path, F.cross_entropy, model=network(nn.ReLU()))
    for other in (network(nn.Tanh()), network(nn.ReLU(), trained=False)):
        with pytest.raises(CheckpointError, match="expected model = Sequential with"):
            train(path, F.cross_entropy, model=other)


class Scaled(nn.Module):
    """A network whose layers and weights do not tell all that it does."""

    def __init__(self, scale, activation=torch.tanh):
        super().__init__()
        self.layer = nn.Linear(64, 3)
        self.scale = scale
        self.activation = activation

    def forward(self, x):
        return self.scale * self.activation(self.layer(x.flatten(1)))


@pytest.mark.parametrize("other", [Scaled(2.0), Scaled(1.0, torch.relu)])
def test_networks_are_told_apart_by_what_they_do(tmp_path, other):
    path = tmp_path / "run.pt"
    train(path, F.cross_entropy, model=Scaled(1.0))
    train(path, F.cross_entropy, model=Scaled(1.0))
    before = {name: value.clone() for name, value in other.state_dict().items()}
    with pytest.raises(CheckpointError, match="another network: expected logits"):
        train(path, F.cross_entropy, model=other)
    assert all(torch.equal(before[k], v) for k, v in other.state_dict().items())


def test_equal_arguments_written_in_another_way_are_equal(tmp_path):
    path = tmp_path / "run.pt"
    options = {"epochs": 2, "seed": 1}
    train(path, F.cross_entropy, lr=1.0, schedule=(1,), **options)
    train(path, F.cross_entropy, lr=1, schedule=[1], **options)


def test_a_file_of_somebody_else_is_refused_and_stays(tmp_path):
    path = tmp_path / "weights.pt"
    torch.save(network(nn.ReLU()).state_dict(), path)
    before = path.read_bytes()
    (tmp_path / "weights.pt.part").write_text("mine")
    with pytest.raises(CheckpointError, match="a file that fit has written, got"):
        train(path, F.cross_entropy)
    assert path.read_bytes() == before
    assert (tmp_path / "weights.pt.part").read_text() == "mine"
