"""One epoch of gradient steps, without the loop around it."""

import pytest
import tiny
import torch
import torch.nn.functional as F

from gce_lib import models
from gce_lib.data import Batches
from gce_lib.devices import Precision
from gce_lib.losses import gce_loss
from gce_lib.training.learner import Learner
from gce_lib.training.recipe import Recipe

CPU = torch.device("cpu")
DATA = tiny.dataset()
SIZES = [100, 100, 40]


def recipe(**options):
    return Recipe(
        **{
            "epochs": 1,
            "batch_size": 100,
            "lr": 0.1,
            "schedule": "constant",
            "momentum": 0.9,
            "weight_decay": 1e-4,
            "augment": (),
            "pruning": None,
            "validation": 0.1,
            "seed": 0,
            **options,
        }
    )


def learner(loss=F.cross_entropy, **options):
    model = models.mlp(DATA.shape, 3, hidden=(16,), seed=0)
    return Learner(model, loss, recipe(**options), Precision("fp32", "cpu"), CPU)


def batches():
    return Batches(DATA.train_images, DATA.train_labels, 100, device=CPU)


def stands_still(learner, loss):
    """An epoch at rate 0, the loss of all examples at once, and their logits."""
    got = learner.epoch(batches(), [0.0] * len(SIZES), None, lambda: None)
    everything = Batches(DATA.train_images, DATA.train_labels, 240, device=CPU)
    x, y, _ = next(iter(everything))
    logits = learner.network(x).detach()
    return got, loss(logits, y), logits.softmax(dim=1).gather(1, y[:, None])


@pytest.mark.parametrize("q", [0.0, 0.7])
def test_the_loss_of_an_epoch_is_the_mean_over_its_examples_whatever_the_batches(q):
    def loss(logits, y):
        return gce_loss(logits, y, q)

    (mean, size), expected, p = stands_still(learner(loss), loss)
    assert mean == pytest.approx(expected.item(), rel=1e-5)
    weights = p**q
    effective = weights.sum() ** 2 / weights.square().sum()
    assert size == pytest.approx(effective.item(), rel=1e-4)


def test_the_optimiser_is_sgd_with_nesterov_momentum_where_there_is_momentum():
    group = learner(momentum=0.8, weight_decay=0.03).optimizer.param_groups[0]
    assert (group["momentum"], group["weight_decay"]) == (0.8, 0.03)
    assert group["nesterov"] is True
    assert learner(momentum=0.0).optimizer.param_groups[0]["nesterov"] is False


def test_warming_up_meets_each_size_once_and_leaves_no_trace():
    subject, given, seen = learner(), batches(), []
    subject.network.register_forward_pre_hook(lambda _, x: seen.append(len(x[0])))
    before = {k: v.clone() for k, v in subject.network.state_dict().items()}
    subject.warm_up(given)
    assert seen == [100, 40]
    assert all(p.grad is None for p in subject.network.parameters())
    for name, value in subject.network.state_dict().items():
        assert torch.equal(value, before[name])
    first, again = next(iter(batches())), next(iter(given))
    assert torch.equal(first[2], again[2]), "the order of the first epoch is as it was"
