"""The symmetry defect of any loss, found by searching the simplex."""

import math

import pytest
import torch

from gce_lib import losses, theory


def pointwise(loss, *options):
    return lambda f, y: loss(f.log(), y, *options, reduction="none")


def brier(f, y):
    return (f - torch.nn.functional.one_hot(y, f.shape[1])).square().sum(dim=1)


@pytest.mark.parametrize("c", [2, 3, 10])
@pytest.mark.parametrize(("q", "k"), [(0.3, 0.0), (0.7, 0.0), (0.7, 0.5), (0.3, 0.6)])
def test_the_search_finds_the_bounds_of_the_lemma_where_they_are_attained(c, q, k):
    found = theory.symmetry_defect(pointwise(losses.truncated_gce_loss, q, k), c)
    lower, upper = theory.class_sum_bounds(q, c, k)
    assert found.minimum == pytest.approx(lower)
    assert found.maximum == pytest.approx(upper)
    assert found.defect == pytest.approx(theory.class_sum_range(q, c, k))
    if k == 0:
        assert found.at_minimum.tolist() == pytest.approx([1 / c] * c)
        assert found.at_maximum.max() == 1.0


def test_the_mean_absolute_error_is_symmetric():
    found = theory.symmetry_defect(pointwise(losses.mae_loss), 10)
    assert found.defect == pytest.approx(0, abs=1e-12)
    assert found.minimum == pytest.approx(2 * 9)


def test_cross_entropy_is_not_symmetric_at_all():
    found = theory.symmetry_defect(pointwise(torch.nn.functional.cross_entropy), 10)
    assert found.minimum == pytest.approx(10 * math.log(10))
    assert found.defect == math.inf


def test_the_brier_score_has_the_defect_c_minus_1():
    found = theory.symmetry_defect(brier, 10)
    assert (found.minimum, found.maximum) == (pytest.approx(9), pytest.approx(18))


def test_an_extreme_anywhere_inside_the_simplex_is_found():
    target = torch.tensor([0.47, 0.23, 0.17, 0.08, 0.05], dtype=torch.float64)
    found = theory.symmetry_defect(lambda f, y: (f - target).square().sum(dim=1), 5)
    assert found.minimum == pytest.approx(0, abs=1e-8)
    torch.testing.assert_close(found.at_minimum, target, rtol=0, atol=1e-4)


def test_the_values_found_are_those_at_the_points_found():
    def uneven(f, y):
        return (1 + y) * (1 - f.gather(1, y[:, None])[:, 0] ** 0.4)

    found = theory.symmetry_defect(uneven, 4)
    for point, value in (
        (found.at_minimum, found.minimum),
        (found.at_maximum, found.maximum),
    ):
        assert point.sum().item() == pytest.approx(1)
        weights = torch.arange(1, 5)
        assert (weights * (1 - point**0.4)).sum().item() == pytest.approx(value)
    assert found.at_maximum.argmax() == 0  # the class whose loss weighs least


def test_the_search_is_reproducible():
    first, again = (theory.symmetry_defect(brier, 5, seed=3) for _ in range(2))
    assert torch.equal(first.at_minimum, again.at_minimum)


ERRORS = [
    (
        lambda: theory.symmetry_defect(brier, 1),
        "num_classes must be .*, got 1",
    ),
    (lambda: theory.symmetry_defect(brier, 3, seed=-1), "seed must be an integer"),
    (
        lambda: theory.symmetry_defect(brier, "3"),
        "num_classes must be .* '3'",
    ),
    (lambda: theory.symmetry_defect(brier, 3, points=0), "points must be .* got 0"),
    (lambda: theory.symmetry_defect("brier", 3), "loss must be a function .* 'brier'"),
    (lambda: theory.symmetry_defect(lambda f, y: 0.5, 3), "loss must return a tensor"),
    (
        lambda: theory.symmetry_defect(lambda f, y: brier(f, y).mean(), 3),
        r"loss must return a tensor of shape \(\d+,\) for \d+ predictions, got \(\)",
    ),
    (
        lambda: theory.symmetry_defect(lambda f, y: (f * f.log()).sum(dim=1), 3),
        r"loss must return numbers, got NaN for f = \[1.0, 0.0, 0.0\]",
    ),
]


@pytest.mark.parametrize(("call", "sentence"), ERRORS)
def test_bad_input_is_answered_with_a_sentence(call, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence):
        call()
