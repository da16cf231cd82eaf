"""The baselines against their papers' formulas, written with probabilities."""

import itertools

import pytest
import torch
import torch.nn.functional as F

from gce_lib.losses import (
    active_passive_loss,
    asymmetric_gce_loss,
    backward_corrected_loss,
    forward_corrected_loss,
    gce_loss,
    mae_loss,
    normalized_cross_entropy,
    reverse_cross_entropy,
    symmetric_cross_entropy,
)

# Neither symmetric nor doubly stochastic: a transposed T gives other numbers.
T = torch.tensor([[0.7, 0.2, 0.1], [0.0, 0.9, 0.1], [0.3, 0.2, 0.5]]).double()

ALL = {
    "sce": symmetric_cross_entropy,
    "nce": normalized_cross_entropy,
    "rce": reverse_cross_entropy,
    "apl": active_passive_loss,
    "agce": asymmetric_gce_loss,
    "forward": lambda x, y, **o: forward_corrected_loss(x, y, T, **o),
    "backward": lambda x, y, **o: backward_corrected_loss(x, y, T, **o),
}


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(0)
    logits = 2 * torch.randn(8, 3, generator=generator, dtype=torch.float64)
    return logits, torch.randint(3, (8,), generator=generator)


def written_with_probabilities(name, logits, target):
    p = logits.softmax(1)
    label = F.one_hot(target, 3).double()
    ce = -(label * p.log()).sum(1)
    rce = -(p * torch.where(label > 0, 0.0, -4.0)).sum(1)
    nce = ce / -p.log().sum(1)
    p_y = (label * p).sum(1)
    inverse = torch.linalg.inv(T)
    return {
        "sce": 0.1 * ce + rce,
        "nce": nce,
        "rce": rce,
        "apl": nce + rce,
        "agce": (1.6**0.6 - (0.6 + p_y) ** 0.6) / 0.6,
        "forward": -torch.stack(
            [
                sum(T[i, y] * r[i] for i in range(3)).log()
                for r, y in zip(p, target, strict=True)
            ]
        ),
        "backward": torch.stack(
            [
                sum(inverse[y, j] * -r[j].log() for j in range(3))
                for r, y in zip(p, target, strict=True)
            ]
        ),
    }[name]


@pytest.mark.parametrize("name", ALL)
def test_formula_of_the_paper(name, batch):
    want = written_with_probabilities(name, *batch)
    close = torch.testing.assert_close
    close(ALL[name](*batch, reduction="none"), want)
    close(ALL[name](*batch), want.mean())
    close(ALL[name](*batch, reduction="sum"), want.sum())


@pytest.mark.parametrize("name", ALL)
def test_derivatives(name, batch):
    logits, target = batch
    logits.requires_grad_()
    assert torch.autograd.gradcheck(lambda x: ALL[name](x, target), logits)
    assert torch.autograd.gradgradcheck(lambda x: ALL[name](x, target), logits)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.bfloat16, torch.float16], ids=str
)
def test_finite_for_all_finite_logits(name, dtype):
    rows = torch.tensor(list(itertools.product([-1e4, 0.0, 1e4], repeat=3)))
    logits = rows.to(dtype).requires_grad_()
    for label in range(3):
        value = ALL[name](logits, torch.full((27,), label))
        (grad,) = torch.autograd.grad(value, logits)
        assert value.dtype == torch.float32
        assert value.isfinite()
        assert grad.isfinite().all()


@pytest.mark.parametrize("name", ALL)
def test_trailing_dimensions_and_single_examples(name, batch):
    logits, target = batch
    each = ALL[name](logits, target, reduction="none")
    image = logits.view(2, 2, 2, 3).permute(0, 3, 1, 2)
    close = torch.testing.assert_close
    close(ALL[name](image, target.view(2, 2, 2), reduction="none"), each.view(2, 2, 2))
    close(ALL[name](logits[0], target[0]), each[0])


def all_labels(loss, logits, **options):
    return torch.stack(
        [
            loss(logits, torch.full((8,), j), reduction="none", **options)
            for j in range(3)
        ],
        1,
    )  # (N, C)


def test_normalized_losses_sum_to_one_over_the_labels(batch):
    sums = all_labels(normalized_cross_entropy, batch[0]).sum(1)
    torch.testing.assert_close(sums, torch.ones(8).double())


def test_reverse_cross_entropy_is_symmetric(batch):
    sums = all_labels(reverse_cross_entropy, batch[0], log_zero=-7.0).sum(1)
    torch.testing.assert_close(sums, torch.full((8,), 14.0).double())


def test_reverse_cross_entropy_at_minus_2_is_the_mean_absolute_error(batch):
    torch.testing.assert_close(
        reverse_cross_entropy(*batch, log_zero=-2.0), mae_loss(*batch)
    )


def test_asymmetric_gce_without_a_is_gce(batch):
    torch.testing.assert_close(
        asymmetric_gce_loss(*batch, a=1e-12, q=0.7), gce_loss(*batch, 0.7)
    )


def test_forward_correction_predicts_a_distribution_of_noisy_labels(batch):
    noisy = (-all_labels(forward_corrected_loss, batch[0], T=T)).exp()
    torch.testing.assert_close(noisy, batch[0].softmax(1) @ T)


def test_backward_correction_is_unbiased(batch):
    expected = all_labels(backward_corrected_loss, batch[0], T=T) @ T.T
    clean = all_labels(F.cross_entropy, batch[0])
    torch.testing.assert_close(expected, clean)


def test_without_noise_the_corrections_are_cross_entropy(batch):
    for corrected in (forward_corrected_loss, backward_corrected_loss):
        torch.testing.assert_close(
            corrected(*batch, torch.eye(3)), F.cross_entropy(*batch)
        )


def test_a_label_that_no_class_turns_into_has_infinite_forward_loss(batch):
    never = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5, 0.0]])
    assert forward_corrected_loss(batch[0], torch.full((8,), 2), never).isposinf()
