"""Uniform noise and symmetric losses: the claims of book/theory/ce-and-mae.ipynb."""

import dataclasses

import pytest
import torch
import torch.nn.functional as F

from gce_lib import losses, noise
from gce_lib.losses import normalized_cross_entropy
from gce_lib.theory import check_theorem_1, class_sums, random_finite_problem

RATES = [0.1, 0.4, 0.7]


def with_loss(problem, q, rate):
    T = noise.symmetric(problem.num_classes, rate).expand_as(problem.T)
    return dataclasses.replace(problem, q=torch.full_like(problem.q, q), T=T)


@pytest.fixture(scope="module")
def problems():
    return random_finite_problem(seed=11, count=300, num_classes=5)


@pytest.fixture(scope="module")
def logits():
    generator = torch.Generator().manual_seed(5)
    return 3 * torch.randn(40, 7, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("q", [1e-9, 0.5, 1.0])
def test_uniform_noise_shrinks_the_risk_and_adds_the_class_sum(problems, q, rate):
    problem = with_loss(problems, q, rate)
    c = problem.num_classes
    mean_class_sum = (problem.losses.sum(-1) * problem.weights[:, None]).sum(-1)
    torch.testing.assert_close(
        problem.noisy_risks,
        (1 - rate * c / (c - 1)) * problem.clean_risks
        + rate / (c - 1) * mean_class_sum,
    )


@pytest.mark.parametrize("rate", RATES)
def test_a_symmetric_loss_keeps_its_best_hypothesis(problems, rate):
    check = check_theorem_1(with_loss(problems, 1.0, rate))
    assert check.clean_gap.abs().max() < 1e-12
    assert check.noisy_gap.abs().max() < 1e-12


def test_cross_entropy_does_not_keep_its_best_hypothesis(problems):
    check = check_theorem_1(with_loss(problems, 1e-9, 0.6))
    assert (check.clean_gap < -1e-6).double().mean() > 0.1


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("loss", [F.cross_entropy, losses.gce_loss, losses.mae_loss])
def test_uniform_noise_is_label_smoothing_on_average(logits, loss, rate):
    n, c = logits.shape
    y = torch.arange(n) % c
    over_labels = torch.stack(
        [loss(logits, torch.full((n,), j), reduction="none") for j in range(c)], dim=1
    )
    expected = (noise.symmetric(c, rate)[y] * over_labels).sum(1)
    epsilon = rate * c / (c - 1)
    smoothed = loss(logits, y, label_smoothing=epsilon, reduction="none")
    torch.testing.assert_close(expected, smoothed)


def test_normalised_cross_entropy_is_symmetric(logits):
    sums = class_sums(
        lambda f, y: normalized_cross_entropy(f.log(), y, reduction="none"),
        logits.softmax(1),
    )
    torch.testing.assert_close(sums, torch.ones_like(sums))
