"""What sets each rival apart: its limits, its class sum, its traps."""

import math

import pytest
import torch
import torch.nn.functional as F
from zoo import LOSSES, T

from gce_lib import losses as g

close = torch.testing.assert_close


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(0)
    logits = 2 * torch.randn(8, 3, generator=generator, dtype=torch.float64)
    return logits, torch.randint(3, (8,), generator=generator)


def class_sum(loss, logits, **options):
    labels = (torch.full((8,), j) for j in range(3))
    return sum(loss(logits, y, reduction="none", **options) for y in labels)


def test_normalized_losses_sum_to_one_over_the_labels(batch):
    close(class_sum(g.normalized_cross_entropy, batch[0]), torch.ones(8).double())


def test_reverse_cross_entropy_is_symmetric(batch):
    sums = class_sum(g.reverse_cross_entropy, batch[0], log_zero=-7.0)
    close(sums, torch.full((8,), 14.0).double())


def test_both_values_of_log_zero_have_a_name(batch):
    assert g.LOG_ZERO_PAPER == -4
    assert math.exp(g.LOG_ZERO_REPOSITORIES) == pytest.approx(1e-4)
    paper, repositories = (
        g.symmetric_cross_entropy(*batch, 0.0, log_zero=log_zero)
        for log_zero in (g.LOG_ZERO_PAPER, g.LOG_ZERO_REPOSITORIES)
    )
    assert (repositories / paper).item() == pytest.approx(2.3026, abs=1e-4)


@pytest.mark.parametrize(
    ("loss", "limit"),
    [
        (lambda *b: g.reverse_cross_entropy(*b, log_zero=-2), g.mae_loss),
        (lambda *b: g.symmetric_cross_entropy(*b, 1.0, 0.0), F.cross_entropy),
        (lambda *b: g.asymmetric_gce_loss(*b, a=1e-12, q=0.7), g.gce_loss),
        (lambda *b: 2 * g.asymmetric_unhinged_loss(*b, q=1.0), g.mae_loss),
        (lambda *b: 2 * g.taylor_cross_entropy(*b, t=1), g.mae_loss),
        (lambda *b: g.taylor_cross_entropy(*b, t=3000), F.cross_entropy),
        (lambda *b: g.jensen_shannon_loss(*b, pi=1e-9), F.cross_entropy),
        (lambda *b: g.partially_huberised_cross_entropy(*b, 1e9), F.cross_entropy),
        (lambda *b: 2 * g.partially_huberised_cross_entropy(*b, 1.0), g.mae_loss),
        (lambda *b: g.bi_tempered_loss(*b, 1.0, 1.0), F.cross_entropy),
        (lambda *b: g.bi_tempered_loss(*b, 1.0, 1 + 1e-9), F.cross_entropy),
        (lambda *b: g.epsilon_softmax_loss(*b, 0, 1.0, 0.0), F.cross_entropy),
        (lambda *b: g.joint_asymmetric_loss(*b, 1, 0), g.normalized_cross_entropy),
        (lambda *b: g.active_negative_loss(*b, 1, 0), g.normalized_cross_entropy),
        (lambda x, y: F.cross_entropy(g.clip_logits(x, 1e9), y), F.cross_entropy),
        (lambda *b: g.forward_corrected_loss(*b, torch.eye(3)), F.cross_entropy),
        (lambda *b: g.backward_corrected_loss(*b, torch.eye(3)), F.cross_entropy),
    ],
)
def test_limits(loss, limit, batch):
    close(loss(*batch), limit(*batch), rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_no_digit_depends_on_expm1(name, batch, monkeypatch):
    logits = 5 * batch[0].float()
    want = LOSSES[name](logits, batch[1], reduction="none")

    def exp_minus_1(x):  # what some compilers make of it
        return torch.exp(x) - 1

    monkeypatch.setattr(torch, "expm1", exp_minus_1)
    monkeypatch.setattr(torch.Tensor, "expm1", exp_minus_1)
    assert torch.equal(LOSSES[name](logits, batch[1], reduction="none"), want)


# masked classes ----------------------------------------------------------------------


def test_the_share_of_a_masked_label_is_the_limit():
    one = torch.tensor([0.3, 1.0, -torch.inf], requires_grad=True)
    two = torch.tensor([0.3, -torch.inf, -torch.inf])
    want = {0: (0.0, 0.0), 1: (0.0, 0.5), 2: (1.0, 0.5)}
    for label, shares in want.items():
        y = torch.tensor(label)
        found = [g.normalized_cross_entropy(z, y).item() for z in (one, two)]
        assert found == pytest.approx(shares)
        value = g.active_passive_loss(one, y)
        (slope,) = torch.autograd.grad(value, one)
        assert value.isfinite()
        assert slope.isfinite().all()


# corrections -------------------------------------------------------------------------


def test_forward_correction_predicts_a_distribution_of_noisy_labels(batch):
    labels = (torch.full((8,), j) for j in range(3))
    nll = [g.forward_corrected_loss(batch[0], y, T, reduction="none") for y in labels]
    close((-torch.stack(nll, 1)).exp(), batch[0].softmax(1) @ T)


def test_backward_correction_is_unbiased(batch):
    labels = [torch.full((8,), j) for j in range(3)]
    own, clean = (
        torch.stack([f(batch[0], y, reduction="none") for y in labels], 1)
        for f in (
            lambda x, y, **o: g.backward_corrected_loss(x, y, T, **o),
            F.cross_entropy,
        )
    )
    close(own @ T.T, clean)


def test_a_label_that_no_class_turns_into_has_infinite_forward_loss(batch):
    never = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5, 0.0]])
    assert g.forward_corrected_loss(batch[0], torch.full((8,), 2), never).isposinf()


@pytest.mark.parametrize(
    "start", [torch.eye(3, dtype=torch.float64), T], ids=["identity", "noise"]
)
def test_a_transition_matrix_can_be_learned(start, batch):
    logits, target = batch
    matrix = start.clone().requires_grad_()
    for loss in (g.forward_corrected_loss, g.backward_corrected_loss):
        (slope,) = torch.autograd.grad(loss(logits, target, matrix), matrix)
        assert slope.isfinite().all()
    p = logits.softmax(1)
    noisy = (p @ start).gather(1, target[:, None])
    onehot = F.one_hot(target, 3).double()
    want = -(p / noisy).T @ onehot / len(p)
    loss = g.forward_corrected_loss(logits, target, matrix)
    close(torch.autograd.grad(loss, matrix)[0], want)


def test_the_gradient_of_a_learned_transition_matrix_is_finite_far_out():
    logits = torch.tensor([[1e4, 0.0, -1e4]], requires_grad=True)
    matrix = torch.eye(3, requires_grad=True)
    value = g.forward_corrected_loss(logits, torch.tensor([2]), matrix)
    for slope in torch.autograd.grad(value, (logits, matrix)):
        assert slope.isfinite().all()


def test_backward_correction_without_noise_does_not_see_masked_classes():
    logits = torch.tensor([[0.5, 1.0, -torch.inf]], requires_grad=True)
    value = g.backward_corrected_loss(logits, torch.tensor([0]), torch.eye(3))
    (slope,) = torch.autograd.grad(value, logits)
    close(value, F.cross_entropy(logits, torch.tensor([0])))
    assert slope.isfinite().all()


# clipped logits ----------------------------------------------------------------------


def test_clipped_logits_have_norm_tau_at_most():
    z = torch.tensor([[3.0, 4.0, 0.0], [0.3, 0.4, 0.0], [0.0, 0.0, 0.0]])
    clipped = g.clip_logits(z, 1.0)
    close(clipped, torch.tensor([[0.6, 0.8, 0.0], [0.3, 0.4, 0.0], [0.0, 0.0, 0.0]]))
    image = torch.randn(2, 3, 4, 4)
    assert (g.clip_logits(image, 0.5).norm(dim=1) <= 0.5 + 1e-6).all()


@pytest.mark.parametrize("size", [0.0, 1e-30, 1e30])
def test_clipped_logits_of_any_size_have_finite_gradients(size):
    z = torch.tensor([size, -size, 0.0], requires_grad=True)
    clipped = g.clip_logits(z, 1.0)
    (slope,) = torch.autograd.grad(F.cross_entropy(clipped, torch.tensor(0)), z)
    assert clipped.norm() <= 1 + 1e-6
    assert slope.isfinite().all()


def test_masked_classes_stay_masked_and_out_of_the_norm():
    z = torch.tensor([3.0, 4.0, -torch.inf], requires_grad=True)
    clipped = g.clip_logits(z, 1.0)
    assert clipped.tolist() == pytest.approx([0.6, 0.8, -math.inf])
    (slope,) = torch.autograd.grad(F.cross_entropy(clipped, torch.tensor(0)), z)
    assert slope.isfinite().all()
