"""The theorems on finite problems, solved exactly: where they hold and where not."""

from dataclasses import replace

import pytest
import torch

from gce_lib import theory
from gce_lib.theory import (
    FiniteProblem,
    check_theorem_1,
    check_theorem_2,
    is_realizable,
    keeps_majority,
)

CLASSES = (2, 3, 5, 10)
COUNT = 10_000


@pytest.mark.parametrize("truncated", [False, True])
@pytest.mark.parametrize("c", CLASSES)
def test_theorem_1_holds_in_every_random_problem(c, truncated):
    problems = theory.random_finite_problem(
        seed=c, count=COUNT, num_classes=c, truncated=truncated
    )
    check = check_theorem_1(problems)
    assert check.holds.shape == (COUNT,)
    assert check.holds.all()
    # the problems put the bounds to the test: minimisers differ, bounds are well used
    assert (check.noisy_gap > 0).double().mean() > 0.1
    assert check.noisy_used.max() > 0.8
    assert check.clean_used.max() > 0.5


@pytest.mark.parametrize("c", CLASSES)
def test_theorem_2_holds_in_every_random_problem_with_its_assumptions(c):
    problems = theory.random_finite_problem(
        seed=c, count=COUNT, num_classes=c, noise="class-dependent", realizable=True
    )
    assert is_realizable(problems).all()
    assert keeps_majority(problems).all()
    check = check_theorem_2(problems)
    assert check.holds.all()
    assert (check.noisy_gap > 0).double().mean() > 0.1
    assert check.noisy_used.max() > 0.8


@pytest.mark.parametrize("c", CLASSES)
@pytest.mark.parametrize(
    ("noise", "realizable"), [("class-dependent", False), ("arbitrary", True)]
)
def test_theorem_2_fails_in_random_problems_without_an_assumption(c, noise, realizable):
    problems = theory.random_finite_problem(
        seed=c, count=COUNT, num_classes=c, noise=noise, realizable=realizable
    )
    both = is_realizable(problems) & keeps_majority(problems)
    check = check_theorem_2(problems)
    assert (~check.holds).any()
    assert check.holds[both].all()


@pytest.mark.parametrize("q", [0.31, 0.5, 0.7, 1.0])
@pytest.mark.parametrize("missing", ["realizable", "majority"])
def test_a_small_problem_shows_why_theorem_2_needs_each_assumption(missing, q):
    problem = theory.theorem_2_counterexample(missing, q)
    assert is_realizable(problem).item() == (missing != "realizable")
    assert keeps_majority(problem).item() == (missing != "majority")
    check = check_theorem_2(problem)
    assert check.noisy_gap > check.noisy_bound
    assert not check.holds


def test_theorem_2_says_nothing_about_the_clean_risk():
    problems = theory.random_finite_problem(
        seed=0, count=COUNT, noise="class-dependent", realizable=True
    )
    check = check_theorem_2(problems)
    assert (-check.clean_gap > check.noisy_bound).any()


def test_no_finite_softmax_reaches_the_clean_risk_that_theorem_2_asks_for():
    problem = theory.random_finite_problem(seed=0, realizable=True)
    assert is_realizable(problem)
    for margin in (5.0, 10.0, 20.0):  # of the logit of the right class
        softmax = (margin * problem.hypotheses).softmax(dim=-1)
        assert not is_realizable(replace(problem, hypotheses=softmax))


QS = torch.tensor([0.5, 0.7, 0.9], dtype=torch.float64)


@pytest.mark.parametrize("c", [2, 3, 10, 100])
@pytest.mark.parametrize("eta", [0.01, 0.1])
def test_both_bounds_of_theorem_1_are_attained(c, eta):
    clean = check_theorem_1(theory.tight_problem(QS, c, eta, bound="clean"))
    noisy = check_theorem_1(theory.tight_problem(QS, c, eta, bound="noisy"))
    ones = torch.ones(3, dtype=torch.float64)
    torch.testing.assert_close(clean.clean_used, ones, rtol=0, atol=1e-9)
    torch.testing.assert_close(noisy.noisy_used, ones, rtol=0, atol=1e-9)
    assert clean.holds.all()
    assert noisy.holds.all()


@pytest.mark.parametrize("eta", [0.2, 0.4, 0.6, 0.8])
def test_the_clean_bound_is_attained_up_to_high_noise_at_the_default_q(eta):
    check = check_theorem_1(theory.tight_problem(0.7, 10, eta))
    assert check.clean_used.item() == pytest.approx(1, abs=1e-9)
    bound = theory.clean_risk_bound(0.7, 10, eta)
    assert check.clean_gap.item() == pytest.approx(bound)


def test_risks_are_the_sums_of_the_definition():
    problem = theory.random_finite_problem(seed=3, noise="arbitrary", truncated=True)
    inputs, classes = range(4), range(3)
    q, k = problem.q.item(), problem.k.item()
    for h in range(8):
        clean = noisy = kept = 0.0
        for x in inputs:
            for y in classes:
                share = (problem.weights[x] * problem.posterior[x, y]).item()
                kept += share * problem.T[y, y].item()
                for j in classes:
                    f = problem.hypotheses[h, x, j].item()
                    loss = (1 - max(f, k) ** q) / q
                    noisy += share * problem.T[y, j].item() * loss
                    clean += share * loss * (j == y)
        assert problem.clean_risks[h].item() == pytest.approx(clean)
        assert problem.noisy_risks[h].item() == pytest.approx(noisy)
    assert problem.clean_rate.item() == pytest.approx(kept)


def test_a_batch_of_problems_is_solved_like_one_problem_at_a_time():
    batch = theory.random_finite_problem(seed=4, count=5)
    together = check_theorem_1(batch)
    fields = ("weights", "posterior", "hypotheses", "T", "q", "k")
    for i in range(5):
        one = FiniteProblem(*(getattr(batch, name)[i] for name in fields))
        alone = check_theorem_1(one)
        for name in ("noisy_gap", "noisy_bound", "clean_gap", "clean_bound"):
            torch.testing.assert_close(getattr(alone, name), getattr(together, name)[i])


def test_the_seed_decides_the_problem():
    first, again, other = (
        theory.random_finite_problem(seed=s).hypotheses for s in (0, 0, 1)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def problem_with(**changes):
    return replace(theory.random_finite_problem(seed=0), **changes)


ERRORS = [
    (
        lambda: problem_with(weights=torch.tensor([0.5, 0.25])),
        "weights must be distributions along the last dimension, got sums from 0.75",
    ),
    (
        lambda: problem_with(T=torch.tensor([[1.5, -0.5], [0.0, 1.0]])),
        "T must be distributions along .* the least entry -0.5",
    ),
    (lambda: problem_with(q=torch.tensor(0.0)), r"q must be in \(0, 1\], got 0.0"),
    (lambda: problem_with(k=torch.tensor(1.0)), r"k must be in \[0, 1\), got 1.0"),
    (
        lambda: theory.random_finite_problem(seed=0, noise="pink"),
        "noise must be one of uniform, class-dependent, arbitrary, got 'pink'",
    ),
    (
        lambda: theory.random_finite_problem(seed=-1),
        "seed must be an integer of at least 0, got -1",
    ),
    (
        lambda: theory.tight_problem(0.7, 10, 0.2, bound="both"),
        "bound must be one of clean, noisy, got 'both'",
    ),
    (
        lambda: theory.tight_problem(0.7, 10, 0.95),
        r"noise_rate must be in \[0, 1 - 1/num_classes\], got 0.95",
    ),
    (lambda: theory.tight_problem(0, 10, 0.2), r"q must be in \(0, 1\], got 0"),
    (lambda: theory.tight_problem("q", 10, 0.2), r"q must be .* \(0, 1\], got 'q'"),
    (lambda: theory.tight_problem(0.7, 2.5, 0.2), "num_classes must be an integer"),
    (lambda: theory.tight_problem(0.7, 10, None), "noise_rate must be .*, got None"),
    (lambda: theory.random_finite_problem(seed=0, count=0), "count must be .* got 0"),
    (lambda: theory.random_finite_problem(seed=0, num_classes=1), "num_classes must"),
    (lambda: theory.theorem_2_counterexample("majority", "q"), "q must be .* got 'q'"),
    (lambda: problem_with(T=[[0.5, 0.5], [0.0, 1.0]]), "T must be a tensor, got"),
    (
        lambda: theory.theorem_2_counterexample("luck"),
        "missing must be one of realizable, majority, got 'luck'",
    ),
    (
        lambda: check_theorem_1(
            theory.random_finite_problem(seed=0, noise="arbitrary")
        ),
        r"problem.T must be uniform noise .* got another transition matrix",
    ),
    (
        lambda: check_theorem_2(theory.random_finite_problem(seed=0, truncated=True)),
        r"problem.k must be 0 for Theorem 2, got 0\.\d+",
    ),
]


@pytest.mark.parametrize(("call", "sentence"), ERRORS)
def test_bad_input_is_answered_with_a_sentence(call, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence):
        call()


SIZES = {"count": 1, "num_inputs": 1, "num_hypotheses": 1, "num_classes": 2}


@pytest.mark.parametrize("name", SIZES)
def test_the_smallest_problem_is_drawn_and_none_below_it(name):
    problem = theory.random_finite_problem(seed=0, **SIZES)
    assert problem.hypotheses.shape == (1, 1, 1, 2)
    wanted = f"{name} must be an integer of at least {SIZES[name]}, got"
    with pytest.raises(ValueError, match=wanted):
        theory.random_finite_problem(seed=0, **{**SIZES, name: SIZES[name] - 1})


def test_a_problem_has_three_classes_four_inputs_and_eight_hypotheses():
    problem = theory.random_finite_problem(seed=0)
    assert problem.hypotheses.shape == (8, 4, 3)
    assert 0.01 <= problem.q <= 1
