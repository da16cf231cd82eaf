"""A loss that remembers its examples is trained with, interrupted and continued."""

import pytest
import tiny
import torch

from gce_lib import models
from gce_lib.losses import ELRLoss, gce_loss
from gce_lib.training import CheckpointError, Pruning, fit

DATA = tiny.dataset()
COUNT = len(DATA.train_labels)


def memory(strength=3.0):
    return ELRLoss(COUNT, 3, strength=strength, momentum=0.7)


def train(loss, epochs=2, **options):
    model = models.mlp(DATA.shape, 3, hidden=(8,), seed=0)
    settings = {"schedule": "constant", "device": "cpu", "progress": False}
    history = fit(model, DATA, loss, epochs=epochs, **settings | options)
    return model.state_dict(), history


def test_the_examples_that_are_trained_on_are_remembered_every_epoch():
    loss = memory().eval()
    train(loss, validation=0.25)
    left = [round(share, 4) for share in loss.missing.tolist()]
    assert left.count(0.49) == COUNT - COUNT // 4
    assert left.count(1.0) == COUNT // 4


def test_any_loss_that_asks_for_the_numbers_gets_them():
    seen = []

    def loss(logits, target, index):
        seen.append((index, target))
        return gce_loss(logits, target)

    train(loss, epochs=1, validation=0)
    index, target = (torch.cat(part) for part in zip(*seen, strict=True))
    assert sorted(index.tolist()) == list(range(COUNT))
    assert torch.equal(target, DATA.train_labels[index])


def test_a_continued_training_remembers_to_the_bit(tmp_path):
    whole = memory()
    weights, _ = train(whole)
    path = tmp_path / "elr.pt"

    def stop(model, history):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(memory(), checkpoint=path, callback=stop)
    continued = memory()
    again, _ = train(continued, checkpoint=path)
    assert all(torch.equal(again[name], weights[name]) for name in weights)
    assert torch.equal(continued.mean, whole.mean)
    assert torch.equal(continued.missing, whole.missing)


def test_a_checkpoint_is_that_of_a_loss_and_not_of_its_memory(tmp_path):
    path, loss = tmp_path / "elr.pt", memory()
    train(loss, checkpoint=path)
    _, history = train(loss, checkpoint=path)
    assert len(history) == 2
    with pytest.raises(CheckpointError, match="loss"):
        train(memory(strength=1.0), checkpoint=path)


def test_it_prunes_too():
    loss = memory()
    train(loss, pruning=Pruning(k=0.2, start=1, every=1))
    assert loss.mean.isfinite().all()


def test_a_memory_for_another_number_of_examples_is_named():
    with pytest.raises(ValueError, match="index must lie in 0 … 4"):
        train(ELRLoss(5, 3, strength=3.0, momentum=0.7))
