"""Early-learning regularisation: its formula, its memory, its extremes."""

import pytest
import torch
import torch.nn.functional as F
from mpmath import mp

from gce_lib.losses import ELRLoss

close = torch.testing.assert_close


def batch(size=4, classes=3, *, seed=0):
    rng = torch.Generator().manual_seed(seed)
    logits = 2 * torch.randn(size, classes, generator=rng)
    return logits, torch.randint(classes, (size,), generator=rng)


def remembering(*sayings):
    """A loss that has heard some logits of four examples."""
    loss = ELRLoss(4, 3, strength=3.0, momentum=0.7)
    for logits in sayings:
        loss(logits, torch.zeros(4, dtype=torch.int64), torch.arange(4))
    return loss


def test_the_memory_is_an_exponential_mean():
    (first, _), (second, _) = batch(seed=1), batch(seed=2)
    loss = remembering(first, second)
    mean = 0.7 * 0.3 * first.softmax(1) + 0.3 * second.softmax(1)
    close(loss.mean, mean)
    close(loss.missing, torch.full((4,), 0.49))
    close(loss.mean.sum(1), 1 - loss.missing)


def test_an_example_is_known_by_its_number():
    loss = ELRLoss(10, 3, strength=3.0, momentum=0.7)
    logits, y = batch()
    loss(logits, y, torch.tensor([9, 2, 5, 0]))
    close(loss.mean[[9, 2, 5, 0]], 0.3 * logits.softmax(1))
    assert loss.missing.tolist().count(1.0) == 6


def test_value_and_slope_are_those_of_fifty_digits():
    loss = remembering(batch(seed=1)[0], batch(seed=2)[0]).eval()
    logits, y = batch()
    logits.requires_grad_()
    value = loss(logits, y, torch.arange(4))
    (slope,) = torch.autograd.grad(value, logits)
    with mp.workdps(50):
        total = mp.mpf(0)
        for row, label, mean in zip(logits, y, loss.mean, strict=True):
            powers = [mp.exp(mp.mpf(z.item())) for z in row]
            p = [power / sum(powers) for power in powers]
            inner = sum(pj * mp.mpf(t.item()) for pj, t in zip(p, mean, strict=True))
            total += -mp.log(p[label]) + 3 * mp.log(1 - inner)
        assert value.item() == pytest.approx(float(total / 4), rel=1e-6)
    step = 1e-3
    for place in ((0, 0), (2, 1)):
        moved = logits.detach().clone()
        moved[place] += step
        up = loss(moved, y, torch.arange(4))
        moved[place] -= 2 * step
        down = loss(moved, y, torch.arange(4))
        found = (up - down) / (2 * step)
        assert slope[place].item() == pytest.approx(found.item(), abs=2e-3)


def test_without_strength_it_is_cross_entropy():
    loss = ELRLoss(4, 3, strength=0, momentum=0.7)
    logits, y = batch()
    close(loss(logits, y, torch.arange(4)), F.cross_entropy(logits, y))


def test_what_was_believed_pulls_against_the_label():
    believed = torch.tensor([[6.0, 0.0, 0.0]]).expand(4, 3)
    loss = remembering(*[believed] * 5).eval()
    logits = (believed / 6).requires_grad_()
    wrong = torch.ones(4, dtype=torch.int64)
    (slope,) = torch.autograd.grad(loss(logits, wrong, torch.arange(4)), logits)
    (plain,) = torch.autograd.grad(F.cross_entropy(logits, wrong), logits)
    assert (slope[:, 1].abs() < plain[:, 1].abs() / 2).all()


def test_certainty_has_a_value_and_a_slope():
    certain = torch.tensor([[200.0, 0.0, 0.0]]).expand(4, 3)
    loss = remembering(*[certain] * 50)
    logits = certain.clone().requires_grad_()
    value = loss(logits, torch.zeros(4, dtype=torch.int64), torch.arange(4))
    (slope,) = torch.autograd.grad(value, logits)
    expected = 3 * 51 * torch.tensor(0.7).log()
    close(value.detach(), expected)
    assert slope.isfinite().all()


def test_weights_weigh_and_evaluation_remembers_nothing():
    loss = remembering(batch(seed=1)[0]).eval()
    before = loss.mean.clone()
    (logits, y), index = batch(), torch.arange(4)
    halves = loss(logits, y, index, sample_weight=torch.full((4,), 0.5))
    close(2 * halves, loss(logits, y, index))
    assert torch.equal(loss.mean, before)
    loss.reset()
    assert not loss.mean.any()
    assert (loss.missing == 1).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"strength": -1}, "strength must be"),
        ({"momentum": 1}, "momentum must be"),
        ({"num_classes": 1}, "num_classes must be"),
        ({"num_examples": 0}, "num_examples must be"),
    ],
)
def test_wrong_arguments_are_named(change, words):
    good = {"num_examples": 4, "num_classes": 3, "strength": 3, "momentum": 0.7}
    with pytest.raises(ValueError, match=words):
        ELRLoss(**good | change)


@pytest.mark.parametrize(
    ("logits", "index", "words"),
    [
        (torch.zeros(4, 5), torch.arange(4), r"logits must have shape \(B, 3\)"),
        (torch.zeros(4, 3), torch.arange(3), r"index must have shape \(4,\)"),
        (torch.zeros(4, 3), torch.arange(1, 5), r"index must lie in 0 … 3"),
    ],
)
def test_wrong_batches_are_named(logits, index, words):
    with pytest.raises(ValueError, match=words):
        remembering()(logits, torch.zeros(4, dtype=torch.int64), index)
