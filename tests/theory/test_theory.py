"""The bounds as numbers: against 50-digit arithmetic, the simplex, and the paper."""

import math

import mpmath
import numpy as np
import pytest
import torch

from gce_lib import theory
from gce_lib.losses import gce_loss
from gce_lib.rng import generator, random_simplex

QS = (1e-300, 1e-12, 1e-8, 1e-3, 0.1, 0.5, 0.7, 0.9, 1 - 1e-9, 1 - 1e-15)
CLASSES = (2, 3, 10, 100, 1000)


def exact(formula, *values):
    with mpmath.workdps(50):
        return formula(*(mpmath.mpf(value) for value in values))


def assert_close(number, reference, tolerance=1e-13):
    assert abs(number - reference) <= tolerance * abs(reference)


def class_sum(f, q, k=0.0):
    return ((1 - f.clamp(min=k) ** q) / q).sum(dim=-1)


def uniform(c):
    return torch.full((c,), 1 / c, dtype=torch.float64)


def one_hot(c):
    return torch.eye(c, dtype=torch.float64)[0]


# --- L_q


@pytest.mark.parametrize("c", CLASSES)
@pytest.mark.parametrize("q", QS)
def test_bounds_of_the_class_sum_agree_with_50_digits(q, c):
    lower, upper = theory.class_sum_bounds(q, c)
    at_uniform = exact(lambda q, c: -c * mpmath.expm1(-q * mpmath.log(c)) / q, q, c)
    assert_close(lower, at_uniform)
    assert_close(upper, exact(lambda q, c: (c - 1) / q, q, c))


@pytest.mark.parametrize("c", CLASSES)
@pytest.mark.parametrize("q", QS)
def test_the_range_of_the_class_sum_agrees_with_50_digits(q, c):
    reference = exact(lambda q, c: mpmath.expm1((1 - q) * mpmath.log(c)) / q, q, c)
    assert_close(theory.class_sum_range(q, c), reference)


@pytest.mark.parametrize("c", CLASSES)
@pytest.mark.parametrize("q", [0.05, 0.5, 0.7, 1.0])
def test_the_class_sum_lemma_holds_and_both_ends_are_attained(q, c):
    lower, upper = theory.class_sum_bounds(q, c)
    sums = class_sum(random_simplex(generator(0), (2000, c)), q)
    assert sums.min() >= lower - 1e-9
    assert sums.max() <= upper + 1e-9
    assert_close(class_sum(uniform(c), q).item(), lower, 1e-12)
    assert_close(class_sum(one_hot(c), q).item(), upper, 1e-12)


def test_cross_entropy_has_an_unbounded_class_sum():
    lower, upper = theory.class_sum_bounds(0.0, 10)
    assert lower == pytest.approx(10 * math.log(10))
    assert upper == math.inf
    assert theory.class_sum_range(0.0, 10) == math.inf
    assert theory.noisy_risk_bound(0.0, 10, 0.4) == math.inf
    assert theory.clean_risk_bound(0.0, 10, 0.4) == -math.inf
    assert theory.class_dependent_risk_bound(0.0, 10, 0.6) == math.inf


def test_the_lower_bound_goes_over_into_that_of_cross_entropy():
    limit, _ = theory.class_sum_bounds(0.0, 10)
    for q in (1e-12, 1e-9, 1e-6):
        assert_close(theory.class_sum_bounds(q, 10)[0], limit, 2 * q * math.log(10))


def test_at_q_1_the_loss_is_symmetric_and_every_bound_is_zero():
    assert theory.class_sum_bounds(1.0, 10) == (9.0, 9.0)
    assert theory.class_sum_range(1.0, 10) == 0.0
    assert theory.noisy_risk_bound(1.0, 10, 0.8) == 0.0
    assert theory.clean_risk_bound(1.0, 10, 0.8) == 0.0
    assert theory.class_dependent_risk_bound(1.0, 10, 0.8) == 0.0


@pytest.mark.parametrize("q", [0.0, 0.7, 1.0])
def test_without_noise_both_bounds_of_theorem_1_are_zero(q):
    for bound in (theory.noisy_risk_bound, theory.clean_risk_bound):
        value = bound(q, 10, 0.0)
        assert value == 0.0
        assert math.copysign(1.0, value) == 1.0  # not −0.0, which prints badly


@pytest.mark.parametrize("c", CLASSES)
def test_labels_that_are_pure_noise_bound_nothing_on_clean_labels(c):
    assert theory.clean_risk_bound(0.7, c, 1 - 1 / c) == -math.inf
    assert theory.clean_risk_bound(1.0, c, 1 - 1 / c) == -math.inf
    assert math.isfinite(theory.noisy_risk_bound(0.7, c, 1 - 1 / c))


@pytest.mark.parametrize("c", CLASSES)
@pytest.mark.parametrize("q", QS)
def test_both_bounds_of_theorem_1_agree_with_50_digits(q, c):
    eta = 0.9 * (1 - 1 / c)
    with mpmath.workdps(50):
        q_, c_, eta_ = map(mpmath.mpf, (q, c, eta))
        numerator = eta_ * mpmath.expm1((1 - q_) * mpmath.log(c_)) / q_
        noisy, clean = numerator / (c_ - 1), -numerator / (c_ - 1 - eta_ * c_)
    assert_close(theory.noisy_risk_bound(q, c, eta), noisy)
    assert_close(theory.clean_risk_bound(q, c, eta), clean)


@pytest.mark.parametrize("eta", [0.1, 0.5, 0.8])
def test_the_clean_bound_is_the_noisy_one_over_what_noise_leaves(eta):
    noisy = theory.noisy_risk_bound(0.7, 10, eta)
    left = 1 - eta * 10 / 9
    assert -left * theory.clean_risk_bound(0.7, 10, eta) == pytest.approx(noisy)


@pytest.mark.parametrize("c", [2, 10, 100])
def test_under_uniform_noise_theorem_1_is_better_than_theorem_2(c):
    eta = torch.linspace(0, 1 - 1 / c, 100, dtype=torch.float64)
    first = theory.noisy_risk_bound(0.7, c, eta)
    second = theory.class_dependent_risk_bound(0.7, c, 1 - eta)
    assert (first <= second + 1e-12).all()
    assert first[-1].item() == pytest.approx(second[-1].item())


@pytest.mark.parametrize("c", [2, 10, 100])
def test_the_clean_bound_is_empty_from_the_rate_of_the_formula_on(c):
    empty = (c - 1) / (c - 1 + c**0.3)
    assert -theory.clean_risk_bound(0.7, c, empty) == pytest.approx(1 / 0.7)
    empty, largest = (c - 1) / (c + 1), (1 - 0.5**0.7) / 0.7
    if empty < 1 - 1 / c:
        bound = -theory.clean_risk_bound(0.7, c, empty, 0.5)
        assert bound == pytest.approx(largest)


def test_the_bound_of_theorem_2_is_the_range_times_the_share_of_right_labels():
    expected = 0.6 * (10**0.3 - 1) / 0.7
    assert theory.class_dependent_risk_bound(0.7, 10, 0.6) == pytest.approx(expected)
    assert theory.class_dependent_risk_bound(0.0, 10, 0.0) == 0.0


# --- the truncated loss


@pytest.mark.parametrize("k", [0.001, 0.05, 0.2, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("c", [2, 3, 10, 100])
@pytest.mark.parametrize("q", [0.05, 0.3, 0.7, 1.0])
def test_the_class_sum_of_the_truncated_loss_is_within_its_bounds(q, c, k):
    lower, upper = theory.class_sum_bounds(q, c, k)
    shares = torch.ones(c, c, dtype=torch.float64).tril()  # 1/m for m classes
    shares /= shares.sum(dim=1, keepdim=True)
    points = torch.cat([random_simplex(generator(0), (2000, c)), shares])
    sums = class_sum(points, q, k)
    assert sums.min() >= lower - 1e-9
    assert sums.max() <= upper + 1e-9
    width = theory.class_sum_range(q, c, k)
    assert width == pytest.approx(upper - lower)


@pytest.mark.parametrize("q", [0.05, 0.3, 0.7, 1.0])
def test_the_truncated_bounds_are_attained_when_k_is_above_one_over_c(q):
    c, k = 10, 0.5
    lower, upper = theory.class_sum_bounds(q, c, k)
    assert class_sum(uniform(c), q, k).item() == pytest.approx(upper, rel=1e-12)
    assert class_sum(one_hot(c), q, k).item() == pytest.approx(lower, rel=1e-12)


def test_truncated_bounds_agree_with_the_formula_of_the_paper():
    q, c, k = 0.2, 10, 0.15
    d = max(1, (1 - q) ** (1 / q) / k)
    assert 1 < d < c

    def loss(p):
        return (1 - p**q) / q

    lower, upper = theory.class_sum_bounds(q, c, k)
    assert lower == pytest.approx(d * loss(1 / d) + (c - d) * loss(k), rel=1e-12)
    assert upper == pytest.approx(c * loss(k), rel=1e-12)
    width = d * (loss(k) - loss(1 / d))
    assert theory.class_sum_range(q, c, k) == pytest.approx(width, rel=1e-12)


@pytest.mark.parametrize("c", [2, 10, 100])
@pytest.mark.parametrize("q", [0.1, 0.7, 1.0])
def test_small_k_gives_the_bounds_of_the_plain_loss_back(q, c):
    plain = theory.class_sum_bounds(q, c)
    assert theory.class_sum_bounds(q, c, 1e-300) == pytest.approx(plain, rel=1e-12)
    assert theory.class_sum_bounds(q, c, 0.0) == plain
    for bound in (theory.noisy_risk_bound, theory.clean_risk_bound):
        expected = bound(q, c, 0.3)
        assert bound(q, c, 0.3, 1e-300) == pytest.approx(expected, abs=1e-12)


def test_truncated_bounds_at_q_0_are_those_of_truncated_cross_entropy():
    lower, upper = theory.class_sum_bounds(0.0, 10, 0.5)
    assert (lower, upper) == pytest.approx((9 * math.log(2), 10 * math.log(2)))
    nearby = theory.class_sum_bounds(1e-12, 10, 0.5)
    assert (lower, upper) == pytest.approx(nearby, rel=1e-11)


@pytest.mark.parametrize("c", [2, 3, 10, 100, 1000])
@pytest.mark.parametrize("k", [1e-6, 0.01, 0.1, 0.3, 0.5, 0.9, 0.99])
def test_truncation_tightens_exactly_below_the_root(k, c):
    root = theory.truncation_tightens_below(k, c)
    q = torch.linspace(0.001, 1.0, 1000, dtype=torch.float64)
    plain, truncated = theory.class_sum_range(q, c), theory.class_sum_range(q, c, k)
    assert 0 < root < 1
    assert (truncated[q < root] < plain[q < root]).all()
    assert (truncated[q > root] >= plain[q > root] * (1 - 1e-9)).all()


def test_truncation_at_zero_tightens_nothing():
    assert theory.truncation_tightens_below(0.0, 10) == 0.0
    assert theory.truncation_tightens_below(1e-30, 2) == pytest.approx(
        math.log(2) / (30 * math.log(10))
    )


# --- the figures that the book quotes


@pytest.mark.parametrize(
    ("k", "c", "first_on_a_grid"),
    [
        (0.3, 2, 0.478),
        (0.3, 10, 0.792),
        (0.3, 100, 0.891),
        (0.5, 2, 0.585),
        (0.5, 10, 0.842),
        (0.5, 100, 0.917),
    ],
)
def test_from_which_q_on_truncation_does_not_tighten(k, c, first_on_a_grid):
    root = theory.truncation_tightens_below(k, c)
    assert math.ceil(1000 * root) / 1000 == first_on_a_grid


@pytest.mark.parametrize(
    ("c", "plain"), [(2, "0.330"), (3, "0.5577"), (10, "1.4218"), (100, "4.2587")]
)
def test_ranges_at_the_default_q_and_k(c, plain):
    assert f"{theory.class_sum_range(0.7, c, 0.5):.4f}" == "0.5492"
    assert f"{theory.class_sum_range(0.7, c):.{len(plain) - 2}f}" == plain


def test_relative_to_its_own_maximum_truncation_gains_nothing():
    largest_plain, largest_truncated = 1 / 0.7, (1 - 0.5**0.7) / 0.7
    plain = theory.class_sum_range(0.7, 10) / largest_plain
    truncated = theory.class_sum_range(0.7, 10, 0.5) / largest_truncated
    assert f"{plain:.4f} {truncated:.3f} {largest_plain:.4f}" == "0.9953 1.000 1.4286"


@pytest.mark.parametrize(
    ("eta", "bound", "best"),
    [
        (0.2, "0.0406", "0.9999"),
        (0.4, "0.1137", "0.9985"),
        (0.6, "0.2844", "0.9776"),
        (0.8, "1.1374", "0.6238"),
    ],
)
def test_figures_at_ten_classes_and_q_07(eta, bound, best):
    assert f"{-theory.clean_risk_bound(0.7, 10, eta):.4f}" == bound
    f = theory.noisy_risk_minimizer([1 - eta] + 9 * [eta / 9], 0.7)
    assert f"{f[0].item():.4f}" == best


@pytest.mark.parametrize(
    ("c", "weight"), [(10, "0.20"), (100, "0.040"), (1000, "0.0079")]
)
def test_the_first_step_is_smaller_the_more_classes_there_are(c, weight):
    gradients = []
    for q in (0.7, 0.0):
        logits = torch.zeros(1, c, dtype=torch.float64, requires_grad=True)
        gce_loss(logits, torch.tensor([0]), q).backward()
        gradients.append(logits.grad[0, 0].item())
    ratio = gradients[0] / gradients[1]
    assert ratio == pytest.approx(c**-0.7)
    assert f"{ratio:.{len(weight) - 2}f}" == weight


# --- the minimiser of the noisy risk


def expected_loss(posterior, f, q):
    return (posterior * (1 - f**q) / q).sum(dim=-1)


@pytest.mark.parametrize("q", [0.1, 0.5, 0.7, 0.9])
def test_no_prediction_has_less_noisy_risk_than_the_minimiser(q):
    posterior = random_simplex(generator(1), (50, 1, 5))
    f = theory.noisy_risk_minimizer(posterior, q)
    torch.testing.assert_close(f.sum(dim=-1), torch.ones(50, 1).double())
    least = expected_loss(posterior, f, q)
    anywhere = random_simplex(generator(2), (1, 2000, 5))
    for others in (anywhere, 0.99 * f + 0.01 * anywhere):
        assert (expected_loss(posterior, others, q) >= least - 1e-12).all()


@pytest.mark.parametrize("q", [0.0, 0.3, 0.7, 0.99, 1.0])
@pytest.mark.parametrize("eta", [0.2, 0.8, 0.899])
def test_the_minimiser_keeps_the_likeliest_class(q, eta):
    posterior = torch.full((10,), eta / 9, dtype=torch.float64)
    posterior[3] = 1 - eta
    assert theory.noisy_risk_minimizer(posterior, q).argmax() == 3


def test_the_minimiser_at_the_ends_of_the_family():
    posterior = torch.tensor([[0.5, 0.3, 0.2, 0.0], [0.4, 0.4, 0.2, 0.0]]).double()
    torch.testing.assert_close(theory.noisy_risk_minimizer(posterior, 0.0), posterior)
    ends = [[1.0, 0.0, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0]]
    assert theory.noisy_risk_minimizer(posterior, 1.0).tolist() == ends
    torch.testing.assert_close(
        theory.noisy_risk_minimizer(posterior, 1 - 1e-12), torch.tensor(ends).double()
    )


def test_the_minimiser_takes_a_tensor_of_exponents():
    qs = torch.tensor([0.0, 0.7, 1.0])
    together = theory.noisy_risk_minimizer([0.6, 0.3, 0.1], qs)
    one_by_one = [theory.noisy_risk_minimizer([0.6, 0.3, 0.1], q) for q in qs]
    assert together.shape == (3, 3)
    torch.testing.assert_close(together, torch.stack(one_by_one))


# --- numbers and tensors, errors


FUNCTIONS = {
    theory.class_sum_range: (0.7, 10, 0.5),
    theory.noisy_risk_bound: (0.7, 10, 0.4, 0.5),
    theory.clean_risk_bound: (0.7, 10, 0.4, 0.5),
    theory.class_dependent_risk_bound: (0.7, 10, 0.6),
    theory.largest_clean_cost: (0.3, 2, 0.3),
    theory.truncation_tightens_below: (0.5, 10),
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_numbers_give_a_float_and_tensors_a_tensor_of_the_same_values(function):
    arguments = FUNCTIONS[function]
    number = function(*arguments)
    assert type(number) is float
    for i, argument in enumerate(arguments):
        tensors = list(arguments)
        tensors[i] = torch.tensor([[argument]] * 2, dtype=torch.float64)
        result = function(*tensors)
        assert result.shape == (2, 1)
        assert result.dtype == torch.float64
        assert result.tolist() == [[pytest.approx(number, rel=1e-12)]] * 2


def test_arguments_broadcast():
    q, c = torch.tensor([[0.3], [0.7]]), torch.tensor([2, 10, 100])
    lower, upper = theory.class_sum_bounds(q, c)
    assert lower.shape == upper.shape == (2, 3)
    assert upper[1, 2] == pytest.approx(99 / 0.7)


NAN = float("nan")
ERRORS = [
    (lambda: theory.class_sum_bounds(1.5, 10), r"q must be in \[0, 1\], got 1.5"),
    (lambda: theory.class_sum_range(-0.1, 10), r"q must be in \[0, 1\], got -0.1"),
    (lambda: theory.noisy_risk_bound(NAN, 10, 0.1), r"q must be in \[0, 1\], got nan"),
    (lambda: theory.class_sum_bounds(0.7, 1), "num_classes must be at least 2, got 1"),
    (lambda: theory.class_sum_bounds(0.7, 10, 1.0), r"k must be in \[0, 1\), got 1"),
    (lambda: theory.class_sum_range(0.7, 10, -0.5), r"k must be in \[0, 1\), got -0.5"),
    (
        lambda: theory.noisy_risk_bound(0.7, 10, 0.95),
        r"noise_rate must be in \[0, 1 - 1/num_classes\], got 0.95",
    ),
    (
        lambda: theory.clean_risk_bound(0.7, torch.tensor([10, 2]), 0.8),
        r"noise_rate must be in \[0, 1 - 1/num_classes\], got 0.8",
    ),
    (lambda: theory.clean_risk_bound(0.7, 10, -0.1), "noise_rate must be .* got -0.1"),
    (
        lambda: theory.class_dependent_risk_bound(0.7, 10, 1.2),
        r"clean_rate must be in \[0, 1\], got 1.2",
    ),
    (
        lambda: theory.truncation_tightens_below(1.0, 10),
        r"k must be in \[0, 1\), got 1",
    ),
    (
        lambda: theory.class_sum_range(torch.tensor([0.5, 2.0, 3.0]), 10),
        r"q must be in \[0, 1\], got 2",
    ),
    (
        lambda: theory.noisy_risk_minimizer([0.5, 0.5], 2),
        r"q must be in \[0, 1\], got 2",
    ),
    (
        lambda: theory.noisy_risk_minimizer([0.5, 0.4], 0.7),
        r"posterior must be distributions .* got \[0.5, 0.4\]",
    ),
    (
        lambda: theory.noisy_risk_minimizer([1.5, -0.5], 0.7),
        r"posterior must be distributions .* got \[1.5, -0.5\]",
    ),
    (lambda: theory.noisy_risk_minimizer([NAN, 1.0], 0.7), "posterior must be distrib"),
    (lambda: theory.noisy_risk_minimizer(1.0, 0.7), "posterior must be distributions"),
    (lambda: theory.noisy_risk_minimizer("p", 0.7), "posterior must be .* got 'p'"),
    (lambda: theory.noisy_risk_minimizer([[1.0], [0, 1]], 0.7), "an array of"),
    (
        lambda: theory.clean_risk_bound("a", 10, 0.4),
        r"q must be a number or a tensor in \[0, 1\], got 'a' \(str\)",
    ),
    (lambda: theory.clean_risk_bound(None, 10, 0.4), "q must be .*, got None"),
    (
        lambda: theory.clean_risk_bound(True, 10, 0.4),
        r"q must be .* True \(bool\)",
    ),
    (lambda: theory.clean_risk_bound([0.5], 10, 0.4), r"q must be .*, got \[0.5\]"),
    (lambda: theory.class_sum_bounds(0.7, "10"), "num_classes must be .* got '10'"),
    (lambda: theory.class_sum_range(0.7, 10, "k"), "k must be .* got 'k'"),
    (lambda: theory.noisy_risk_bound(0.7, 10, {}), "noise_rate must be .*, got {}"),
    (
        lambda: theory.truncation_tightens_below(0.5, None),
        "num_classes .* None",
    ),
]


@pytest.mark.parametrize(("call", "sentence"), ERRORS)
def test_bad_input_is_answered_with_a_sentence(call, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_numbers_of_numpy_are_numbers():
    expected = theory.clean_risk_bound(0.5, 10, 0.25, 0.125)
    got = theory.clean_risk_bound(np.float32(0.5), np.int64(10), np.array(0.25), 0.125)
    assert type(got) is float
    assert got == expected


def test_random_vectors_are_flat_here_and_nearly_one_hot_there():
    largest = random_simplex(generator(0), (1, 2000, 3)).amax(-1)
    assert largest.quantile(0.1) < 0.4
    assert largest.quantile(0.9) > 0.99
