"""Relatives of L_q: the identities of book/theory/neighbours.ipynb."""

import dataclasses

import pytest
import torch

from gce_lib.losses import gce_loss
from gce_lib.theory import (
    check_theorem_1,
    class_sums,
    noisy_risk_minimizer,
    random_finite_problem,
    symmetry_defect,
    uniform_noise,
)

QS = [0.0, 0.3, 0.7, 1.0]
every_q = pytest.mark.parametrize("q", QS)


def simplex(seed, rows=2000, num_classes=5, scale=2.0):
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn(rows, num_classes, generator=generator, dtype=torch.float64)
    return (scale * z).softmax(1)


def plain(f, y, q):
    return gce_loss(f.log(), y, q=q, reduction="none")


def proper(f, y, q):
    return plain(f, y, q) - (1 - f.pow(1 + q).sum(1)) / (1 + q)


def symmetrised(f, y, q):
    c = f.shape[1]
    over_labels = [plain(f, torch.full_like(y, j), q) for j in range(c)]
    return plain(f, y, q) - torch.stack(over_labels).mean(0)


def expected(loss, f, p, q):
    """Mean of the loss over labels distributed as p, (N,)."""
    rows, c = f.shape
    labels = [torch.full((rows,), j) for j in range(c)]
    return sum(p[:, y[0]] * loss(f, y, q) for y in labels)


@every_q
def test_the_proper_relative_is_smallest_at_the_distribution_of_the_labels(q):
    p, f = simplex(0), simplex(1)
    gain = expected(proper, f, p, q) - expected(proper, p, p, q)
    assert (gain > 0).all()


def test_l_q_itself_is_not_proper():
    p = simplex(0)
    f = torch.stack([noisy_risk_minimizer(row, 0.7) for row in p[:50]])
    assert (
        expected(plain, f, p[:50], 0.7) < expected(plain, p[:50], p[:50], 0.7)
    ).all()


def test_the_proper_relative_at_one_is_half_the_squared_error():
    f, y = simplex(2), torch.arange(2000) % 5
    squared = (torch.nn.functional.one_hot(y, 5) - f).square().sum(1)
    torch.testing.assert_close(proper(f, y, 1.0), squared / 2)


def test_the_proper_relative_at_zero_is_cross_entropy():
    f, y = simplex(3), torch.arange(2000) % 5
    torch.testing.assert_close(proper(f, y, 0.0), -f[range(2000), y].log())


@pytest.mark.parametrize("q", QS[1:])
def test_it_is_the_density_power_score_up_to_a_factor(q):
    f, y = simplex(3), torch.arange(2000) % 5
    score = f.pow(1 + q).sum(1) - (1 + 1 / q) * f[range(2000), y].pow(q) + 1 / q
    torch.testing.assert_close((1 + q) * proper(f, y, q), score)


@pytest.mark.parametrize("q", QS[1:])
def test_it_is_the_bi_tempered_loss(q):
    t1 = 1 - q
    f, y = simplex(4), torch.arange(2000) % 5
    one_hot = torch.nn.functional.one_hot(y, 5).double()

    def log_t(u):
        return (u ** (1 - t1) - 1) / (1 - t1)

    parts = one_hot * (log_t(one_hot) - log_t(f))
    parts = parts - (one_hot ** (2 - t1) - f ** (2 - t1)) / (2 - t1)
    torch.testing.assert_close(proper(f, y, q), parts.sum(1))


@every_q
def test_what_l_q_expects_of_itself_is_the_tsallis_entropy(q):
    f = simplex(5)
    shannon = -(f * f.log()).sum(1)
    entropy = (1 - f.pow(1 + q).sum(1)) / q if q else shannon
    torch.testing.assert_close(expected(plain, f, f, q), entropy)
    torch.testing.assert_close(gce_loss(f.log(), f, q=q, reduction="none"), entropy)


@every_q
def test_the_class_sum_of_the_symmetrised_loss_is_zero(q):
    sums = class_sums(lambda f, y: symmetrised(f, y, q), simplex(6, rows=200))
    torch.testing.assert_close(sums, torch.zeros_like(sums), rtol=0, atol=1e-9)


@pytest.mark.parametrize("rate", [0.2, 0.6, 0.79])
def test_theorem_1_holds_with_zero_for_the_symmetrised_loss(rate):
    problem = random_finite_problem(seed=3, count=200, num_classes=5)
    q = torch.full_like(problem.q, 0.5)
    problem = dataclasses.replace(problem, q=q, T=uniform_noise(rate, 5))
    problem = dataclasses.replace(problem, T=problem.T.expand(200, 5, 5))
    mean = problem.losses.mean(-1, keepdim=True)
    vars(problem)["losses"] = problem.losses - mean  # the cached property
    check = check_theorem_1(problem)
    assert check.clean_gap.abs().max() < 1e-11
    assert check.noisy_gap.abs().max() < 1e-11


@pytest.mark.parametrize("q", [0.3, 0.7])
def test_the_symmetrised_loss_learns_what_stands_above_chance(q):
    p, c = simplex(7, rows=300, scale=1.0), 5
    above = (p - 1 / c).clamp(min=0)
    f = above ** (1 / (1 - q))
    f = f / f.sum(1, keepdim=True)
    other = simplex(8, rows=300)
    tiny = 1e-300  # the logarithm of an exact zero stays finite
    least = expected(symmetrised, f.clamp(min=tiny), p, q)
    for share in (1.0, 0.1, 1e-3):
        mixed = (1 - share) * f + share * other
        assert (least <= expected(symmetrised, mixed, p, q) + 1e-12).all()
    noisy = p @ uniform_noise(0.4, c)
    again = (noisy - 1 / c).clamp(min=0) ** (1 / (1 - q))
    torch.testing.assert_close(again / again.sum(1, keepdim=True), f)


@pytest.mark.parametrize("num_classes", [2, 3, 10])
@every_q
def test_the_excess_error_is_bounded_by_the_excess_loss(num_classes, q):
    used = []
    for seed, (of_p, of_f) in enumerate([(0.3, 0.3), (1, 3), (3, 1), (0.1, 0.05)]):
        p = simplex(seed, 20_000, num_classes, of_p)
        f = simplex(seed + 10, 20_000, num_classes, of_f)
        error = p.amax(1) - p.gather(1, f.argmax(1, keepdim=True))[:, 0]
        best = noisy_risk_minimizer(p, q) if q < 1 else None
        least = 1 - p.amax(1) if q == 1 else expected(plain, best, p, q)
        excess = (expected(plain, f, p, q) - least).clamp(min=0)
        bound = num_classes * excess if q == 1 else (2 * num_classes**q * excess).sqrt()
        assert (error <= bound + 1e-9).all()
        used.append((error / bound)[error > 1e-6].max().item())
    assert max(used) > 0.2  # the bound is not out of all proportion


def test_a_clipped_slope_has_a_finite_defect_and_a_weight_that_vanishes():
    tau = 10.0

    def huberised(f, y):
        p = f.gather(1, y[:, None])[:, 0]
        tangent = 1 + torch.tensor(tau).log() - tau * p
        return torch.where(p > 1 / tau, -p.log(), tangent)

    found = symmetry_defect(huberised, 10, points=300, rounds=15)
    log_10 = torch.tensor(10.0).log().item()
    assert found.minimum == pytest.approx(10 * log_10, abs=1e-4)
    assert found.maximum == pytest.approx(9 * (1 + log_10), abs=1e-4)
    p = torch.tensor([0.001, 0.05, 0.2, 0.9], dtype=torch.float64, requires_grad=True)
    loss = huberised(torch.stack([p, 1 - p], 1), torch.zeros(4).long()).sum()
    (slope,) = torch.autograd.grad(loss, p)
    torch.testing.assert_close(-slope * p.detach(), (tau * p.detach()).clamp(max=1))
