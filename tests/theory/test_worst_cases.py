"""The exact worst cases: never exceeded, attained, found by a search without proof."""

import math

import mpmath
import pytest
import torch

from gce_lib import noise, theory
from gce_lib.rng import generator, random_simplex

QS = (1e-3, 0.1, 0.3, 0.7, 0.9)
CLASSES = (2, 3, 10, 100)


# --- uniform noise, the clean cost


@pytest.mark.parametrize("c", CLASSES)
@pytest.mark.parametrize("q", QS)
def test_theorem_1_is_exact_up_to_one_minus_the_weight_of_the_first_step(q, c):
    eta = torch.linspace(0, 1 - 1 / c, 201, dtype=torch.float64)[1:-1]
    bound = -theory.clean_risk_bound(q, c, eta)
    most = theory.largest_clean_cost(q, c, eta)
    attained = eta <= 1 - c**-q
    torch.testing.assert_close(most[attained], bound[attained], rtol=1e-12, atol=0)
    assert (most[~attained] < bound[~attained]).all()
    assert (~attained).any()
    assert (most <= 1 / q).all()
    assert (most.diff() >= -1e-12).all()


@pytest.mark.parametrize("c", CLASSES)
@pytest.mark.parametrize("q", QS)
def test_it_is_continuous_where_the_theorem_stops_being_exact(q, c):
    meeting = 1 - c**-q
    below = theory.largest_clean_cost(q, c, meeting * (1 - 1e-9))
    assert below == pytest.approx((1 - c**-q) / q, rel=1e-6)
    assert theory.largest_clean_cost(q, c, meeting * (1 + 1e-9)) == pytest.approx(
        below, rel=1e-6
    )


@pytest.mark.parametrize("c", CLASSES)
@pytest.mark.parametrize("q", QS)
def test_as_long_as_it_is_exact_theorem_1_excludes_who_says_nothing(q, c):
    eta = torch.linspace(0, 1 - 1 / c, 201, dtype=torch.float64)[1:-1]
    excluded = -theory.clean_risk_bound(q, c, eta) < (1 - c**-q) / q
    assert torch.equal(excluded, eta < 1 - c**-q)


def test_at_eight_tenths_it_excludes_who_says_nothing_by_half_a_per_cent():
    share = -theory.clean_risk_bound(0.7, 10, 0.8) * 0.7 / (1 - 10**-0.7)
    assert 0.994 < share < 0.995


@pytest.mark.parametrize("q", QS)
def test_two_classes_never_cost_the_whole_range(q):
    eta = torch.linspace(0, 0.5, 201, dtype=torch.float64)[:-1]
    assert (theory.largest_clean_cost(q, 2, eta) < (1 - 1e-6) / q).all()


def test_the_bound_of_two_classes_that_can_be_improved():
    assert -theory.clean_risk_bound(0.3, 2, 0.3) == pytest.approx(1.561, abs=5e-4)
    assert theory.largest_clean_cost(0.3, 2, 0.3) == pytest.approx(1.347, abs=5e-4)


@pytest.mark.parametrize(("q", "c", "eta"), [(0.3, 2, 0.3), (0.7, 10, 0.81)])
def test_the_root_agrees_with_50_digits(q, c, eta):
    with mpmath.workdps(50):
        q_, c_, eta_ = map(mpmath.mpf, (q, c, eta))

        def tie(a):
            gain = eta_ * ((1 - a) / (c_ - 1)) ** q_
            return (1 - eta_) * (1 - a**q_) - gain

        a = mpmath.findroot(tie, (mpmath.mpf(0), 1 / c_), solver="anderson")
        exact = (1 - a**q_) / q_
    assert theory.largest_clean_cost(q, c, eta) == pytest.approx(float(exact), 1e-13)


@pytest.mark.parametrize("c", [3, 10, 100])
@pytest.mark.parametrize("q", [0.3, 0.7])
def test_from_some_rate_on_everything_can_be_lost(q, c):
    lost = 1 / (1 + (c - 1) ** -q)
    assert theory.largest_clean_cost(q, c, lost + 1e-9) == pytest.approx(1 / q)
    assert theory.largest_clean_cost(q, c, lost - 1e-3) < 1 / q
    assert theory.largest_clean_cost(q, c, 1 - 1 / c) == 1 / q


def test_the_ends_of_the_family_and_of_the_noise():
    assert theory.largest_clean_cost(0.0, 10, 0.0) == 0.0
    assert theory.largest_clean_cost(0.7, 10, 0.0) == 0.0
    assert theory.largest_clean_cost(0.0, 10, 0.1) == math.inf
    assert theory.largest_clean_cost(1.0, 10, 0.8) == 0.0
    assert theory.largest_clean_cost(1.0, 10, 0.9) == 1.0
    assert theory.largest_clean_cost(0.7, 2, 0.5) == 1 / 0.7


def simplex_grid(c, steps):
    """All distributions on c classes in multiples of 1/steps."""
    points = torch.cartesian_prod(*[torch.arange(steps + 1)] * (c - 1))
    points = points.reshape(-1, c - 1)
    points = points[points.sum(1) <= steps]
    return torch.cat([points, steps - points.sum(1, keepdim=True)], 1).double() / steps


@pytest.mark.parametrize(("c", "steps"), [(2, 20_000), (3, 400)])
@pytest.mark.parametrize("q", [0.3, 0.7])
@pytest.mark.parametrize("level", [0.2, 0.5, 0.7, 0.9])
def test_a_search_that_knows_no_proof_finds_the_same(c, steps, q, level):
    """Linear programming, by duality: mixtures of (label, f*(x), f̂(x)) on a grid.

    The greatest clean cost under "noisy cost at least 0" is the least over λ ≥ 0 of the
    greatest clean cost + λ · noisy cost of one input, which splits into f* and f̂.
    """
    eta = level * (1 - 1 / c)
    losses = (1 - simplex_grid(c, steps) ** q) / q
    clean, class_sum = losses[:, 0], losses.sum(1)
    gamma = 1 - eta * c / (c - 1)
    noisy = gamma * clean + eta / (c - 1) * class_sum

    def dual(multiplier):
        lagrangian = clean - multiplier * noisy
        return (lagrangian.max() - lagrangian.min()).item()

    found = min(dual(i / 300 / gamma) for i in range(301))
    assert found == pytest.approx(theory.largest_clean_cost(q, c, eta), rel=2e-3)


@pytest.mark.parametrize("c", [2, 3, 10])
def test_no_random_problem_costs_more(c):
    problems = theory.random_finite_problem(
        seed=c, count=20_000, num_classes=c, num_inputs=1
    )
    check = theory.check_theorem_1(problems)
    most = theory.largest_clean_cost(problems.q, c, 1 - problems.T[:, 0, 0])
    used = -check.clean_gap / most
    assert (used <= 1 + 1e-9).all()
    assert used.max() > 0.7


@pytest.mark.parametrize("c", [2, 3, 10, 100])
@pytest.mark.parametrize("q", [0.05, 0.3, 0.7, 0.9])
def test_one_problem_costs_as_much_at_every_noise_rate(q, c):
    eta = torch.linspace(0, 1 - 1 / c, 101, dtype=torch.float64)[:-1]
    check = theory.check_theorem_1(theory.tight_problem(q, c, eta))
    most = theory.largest_clean_cost(q, c, eta)
    torch.testing.assert_close(-check.clean_gap, most, rtol=0, atol=1e-9)
    assert check.holds.all()


# --- class-dependent noise, the noisy cost


def bound_in_50_digits(q, T, priors):
    with mpmath.workdps(50):
        r = 1 / (1 - mpmath.mpf(q))
        norms = [mpmath.fsum(mpmath.mpf(t) ** r for t in row) ** (1 / r) for row in T]
        excess = [norm - T[y][y] for y, norm in enumerate(norms)]
        return mpmath.fdot(priors, excess) / mpmath.mpf(q)


@pytest.mark.parametrize("q", [1e-6, 0.1, 0.5, 0.7, 0.99])
@pytest.mark.parametrize("rate", [1e-12, 0.1, 0.49, 0.51, 0.9])
def test_the_sharp_bound_agrees_with_50_digits(q, rate):
    T = [[1 - rate, rate, 0.0], [rate / 2, 1 - rate, rate / 2], [0.0, 0.0, 1.0]]
    priors = [0.5, 0.25, 0.25]
    bound = theory.class_dependent_noisy_risk_bound(q, T, priors).item()
    exact = float(bound_in_50_digits(q, T, priors))
    assert bound == pytest.approx(exact, rel=1e-3 if rate < 1e-9 else 1e-11)


def random_matrices(count, c, seed=0):
    rng = generator(seed)
    return random_simplex(rng, (count, c, c)), random_simplex(rng, (count, c))


@pytest.mark.parametrize("c", [2, 3, 10])
@pytest.mark.parametrize("noise_kind", ["uniform", "class-dependent", "arbitrary"])
def test_the_sharp_bound_holds_in_every_random_problem(c, noise_kind):
    problems = theory.random_finite_problem(
        seed=c, count=5000, num_classes=c, noise=noise_kind, realizable=True
    )
    assert theory.is_realizable(problems).all()
    check = theory.check_sharp_bound(problems)
    assert check.holds.all()
    assert check.noisy_used.max() > 0.9
    wrong = (1 - problems.clean_rate) / problems.q
    assert (check.noisy_bound <= wrong + 1e-12).all()


def test_it_fails_without_a_perfect_predictor():
    problems = theory.random_finite_problem(seed=0, count=5000, noise="class-dependent")
    assert not theory.check_sharp_bound(problems).holds.all()


@pytest.mark.parametrize("c", [2, 3, 10])
@pytest.mark.parametrize("q", [0.05, 0.3, 0.7, 0.95, 1.0])
def test_the_sharp_bound_is_attained_for_every_matrix(q, c):
    T, priors = random_matrices(200, c)
    problems = theory.tight_class_dependent_problem(q, T, priors)
    check = theory.check_sharp_bound(problems)
    near = {"rtol": 1e-9, "atol": 1e-11}
    torch.testing.assert_close(check.noisy_gap, check.noisy_bound, **near)
    assert check.noisy_bound.median() > 1e-3


@pytest.mark.parametrize("c", [2, 3, 10])
@pytest.mark.parametrize("q", [0.05, 0.3, 0.7, 0.95, 1.0])
def test_it_is_never_above_the_bound_of_theorem_2_where_that_holds(q, c):
    problems = theory.random_finite_problem(
        seed=1, count=5000, num_classes=c, noise="class-dependent", realizable=True
    )
    assert theory.keeps_majority(problems).all()
    T, priors = problems.T, problems.priors
    sharp = theory.class_dependent_noisy_risk_bound(q, T, priors)
    paper = theory.class_dependent_risk_bound(q, c, problems.clean_rate)
    assert (sharp <= paper + 1e-12).all()
    tight = theory.tight_class_dependent_problem(q, T, priors)
    assert theory.check_theorem_2(tight).holds.all()


def test_the_map_of_the_paper_at_four_tenths():
    T = noise.class_map(10, noise.CIFAR10_MAP, 0.4)
    priors = torch.full((10,), 0.1, dtype=torch.float64)
    wrong = 1 - (priors * T.diagonal()).sum().item()
    sharp = theory.class_dependent_noisy_risk_bound(0.7, T, priors)
    paper = theory.class_dependent_risk_bound(0.7, 10, 1 - wrong)
    assert f"{paper:.3f} {wrong / 0.7:.3f} {sharp:.4f}" == "1.137 0.286 0.0306"


@pytest.mark.parametrize("c", [10, 100])
@pytest.mark.parametrize("wrong", [0.05, 0.1, 0.2, 0.4])
def test_one_line_beats_theorem_2_up_to_one_minus_c_to_the_q_less_one(c, wrong):
    assert wrong < 1 - c ** (0.7 - 1)
    assert wrong / 0.7 < theory.class_dependent_risk_bound(0.7, c, 1 - wrong)
    meeting = 1 - c ** (0.7 - 1)
    paper = theory.class_dependent_risk_bound(0.7, c, 1 - meeting)
    assert paper == pytest.approx(meeting / 0.7)


def test_at_q_1_the_norm_is_the_greatest_entry():
    T = torch.tensor([[0.5, 0.5, 0.0], [0.7, 0.2, 0.1], [0.1, 0.1, 0.8]]).double()
    priors = torch.tensor([0.2, 0.5, 0.3]).double()
    for q in (1.0, 1 - 1e-12):
        bound = theory.class_dependent_noisy_risk_bound(q, T, priors)
        assert bound.item() == pytest.approx(0.5 * (0.7 - 0.2))


def test_as_q_goes_to_0_it_is_the_wrong_labels_over_q_less_the_entropy():
    T, priors = (part[0] for part in random_matrices(1, 4))
    entropy = -(priors[:, None] * T * T.log()).sum()
    wrong = 1 - (priors * T.diagonal()).sum()
    for q in (1e-2, 1e-4):
        bound = theory.class_dependent_noisy_risk_bound(q, T, priors)
        assert abs(bound - (wrong / q - entropy)) < 10 * q
    assert theory.class_dependent_noisy_risk_bound(0.0, T, priors) == math.inf


@pytest.mark.parametrize("q", [0.0, 0.7, 1.0])
def test_without_noise_the_sharp_bound_is_zero(q):
    clean = torch.eye(5)
    assert theory.class_dependent_noisy_risk_bound(q, clean, [0.2] * 5) == 0.0
    unused = torch.tensor([[1.0, 0.0], [0.5, 0.5]])  # noise on a class that never comes
    assert theory.class_dependent_noisy_risk_bound(q, unused, [1.0, 0.0]) == 0.0


def test_exponents_and_matrices_broadcast():
    q = torch.tensor([0.0, 0.3, 0.7, 1.0])
    T, priors = random_matrices(4, 3)
    together = theory.class_dependent_noisy_risk_bound(q, T, priors)
    assert (together.shape, together.dtype) == ((4,), torch.float64)
    for i in range(4):
        alone = theory.class_dependent_noisy_risk_bound(q[i].item(), T[i], priors[i])
        assert alone == together[i]
    assert theory.class_dependent_noisy_risk_bound(q, T[0], priors[0]).shape == (4,)


def test_uniform_noise_of_a_perfect_predictor_costs_less_than_theorem_1_says():
    for eta in (0.1, 0.5, 0.85):
        T, priors = theory.uniform_noise(eta, 10), [0.1] * 10
        sharp = theory.class_dependent_noisy_risk_bound(0.7, T, priors)
        assert 0 < sharp < theory.noisy_risk_bound(0.7, 10, eta)


ERRORS = [
    (
        lambda: theory.class_dependent_noisy_risk_bound(1.5, torch.eye(2), [0.5, 0.5]),
        r"q must be in \[0, 1\], got 1.5",
    ),
    (
        lambda: theory.class_dependent_noisy_risk_bound(0.7, torch.ones(2, 2), [1, 0]),
        r"T must be distributions .* got \[\[1.0, 1.0\], \[1.0, 1.0\]\]",
    ),
    (
        lambda: theory.class_dependent_noisy_risk_bound(0.7, torch.eye(2), [0.5, 0.6]),
        r"priors must be distributions .* got \[0.5, 0.6\]",
    ),
    (
        lambda: theory.class_dependent_noisy_risk_bound(0.7, torch.eye(2), [1.0]),
        r"T and priors must have the shapes .* got \(2, 2\) and \(1,\)",
    ),
    (
        lambda: theory.class_dependent_noisy_risk_bound(0.7, [0.5, 0.5], [0.5, 0.5]),
        r"T and priors must have the shapes .* got \(2,\) and \(2,\)",
    ),
    (
        lambda: theory.largest_clean_cost(0.7, 10, 0.95),
        r"noise_rate must be in \[0, 1 - 1/num_classes\], got 0.95",
    ),
    (
        lambda: theory.check_sharp_bound(
            theory.random_finite_problem(seed=0, truncated=True)
        ),
        r"problem.k must be 0 for Theorem 2, got 0\.\d+",
    ),
]


@pytest.mark.parametrize(("call", "sentence"), ERRORS)
def test_bad_input_is_answered_with_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
