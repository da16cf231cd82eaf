"""L_q of sigmoids against binary cross entropy, and against two classes."""

import itertools

import pytest
import torch
import torch.nn.functional as F

from gce_lib.losses import gce_bce_loss, gce_loss

close = torch.testing.assert_close


def problem(dtype=torch.float64):
    generator = torch.Generator().manual_seed(0)
    z = 4 * torch.randn(6, 5, generator=generator, dtype=torch.float64)
    hard = torch.randint(2, (6, 5), generator=generator)
    return z.to(dtype).requires_grad_(), hard.to(dtype)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_q_0_is_binary_cross_entropy_in_every_option(reduction):
    z, hard = problem()
    options = itertools.product(
        (None, torch.linspace(0.5, 2, 5).double()),
        (None, torch.rand(6, 1).double(), torch.rand(6, 5).double()),
        (hard, 0.8 * hard + 0.1),
    )
    for pos_weight, weight, target in options:
        given = {"pos_weight": pos_weight, "weight": weight, "reduction": reduction}
        pair = [
            gce_bce_loss(z, target, 0, **given),
            F.binary_cross_entropy_with_logits(z, target, **given),
        ]
        close(*pair)
        close(*(torch.autograd.grad(value.sum(), z)[0] for value in pair))


@pytest.mark.parametrize("q", [1e-8, 0.5, 0.7, 1.0])
def test_it_is_the_loss_of_two_classes(q):
    z, hard = problem()
    two = torch.stack([torch.zeros_like(z), z], 1)  # σ(z) is their softmax
    close(
        gce_bce_loss(z, hard, q, reduction="none"),
        gce_loss(two, hard.long(), q, reduction="none"),
    )


def test_q_1_is_the_distance_to_the_label():
    z, hard = problem()
    close(gce_bce_loss(z, hard, 1.0), (hard - z.sigmoid()).abs().mean())


def test_derivatives():
    z, hard = problem()
    assert torch.autograd.gradcheck(lambda x: gce_bce_loss(x, hard), z)
    assert torch.autograd.gradgradcheck(lambda x: gce_bce_loss(x, hard), z)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_finite_for_all_finite_logits(dtype):
    z = torch.tensor([[-6e4, -90.0, 0.0, 90.0, 6e4]]).to(dtype).requires_grad_()
    for label in (0.0, 0.3, 1.0):
        value = gce_bce_loss(z, torch.full((1, 5), label), pos_weight=torch.ones(5))
        (slope,) = torch.autograd.grad(value, z)
        assert value.dtype == torch.float32
        assert value.isfinite()
        assert slope.isfinite().all()
