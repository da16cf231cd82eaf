"""One place says what an argument may be."""

import numpy as np
import pytest
import torch

from gce_lib import checks


@pytest.mark.parametrize(
    "half", [0.5, np.float32(0.5), np.float64(0.5), torch.tensor(0.5), np.array(0.5)]
)
def test_numbers_of_numpy_and_tensors_without_dimensions_are_numbers(half):
    got = checks.number("q", half, 0, 1)
    assert type(got) is float
    assert got == 0.5


@pytest.mark.parametrize("three", [3, np.int64(3), np.uint8(3), torch.tensor(3)])
def test_integers_of_every_kind_are_integers(three):
    got = checks.integer("epochs", three, 1)
    assert type(got) is int
    assert got == 3


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("a", TypeError, r"q must be a number in \[0, 1\), got 'a' \(str\)"),
        (None, TypeError, r"q must be a number in \[0, 1\), got None \(NoneType\)"),
        (True, TypeError, r"q must be a number in \[0, 1\), got True \(bool\)"),
        (torch.ones(2), TypeError, r"got a tensor torch.float32 of shape \(2,\)"),
        ([0.5] * 99, TypeError, r"got one \(list\)"),
        (1.0, ValueError, r"q must be a number in \[0, 1\), got 1"),
        (-0.5, ValueError, r"q must be a number in \[0, 1\), got -0.5"),
        (float("nan"), ValueError, r"q must be a number in \[0, 1\), got nan"),
    ],
)
def test_a_wrong_number_is_answered_in_a_sentence(value, error, message):
    with pytest.raises(error, match=message):
        checks.number("q", value, 0, 1, below=True)


def test_an_open_end_on_the_left_is_said():
    with pytest.raises(ValueError, match="lr must be a number above 0, got 0"):
        checks.number("lr", 0, 0, above=True)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("3", TypeError, r"epochs must be an integer of at least 1, got '3' \(str\)"),
        (12.5, TypeError, r"epochs must be an integer of at least 1, got 12.5"),
        (False, TypeError, r"epochs must be an integer of at least 1, got False"),
        (0, ValueError, "epochs must be an integer of at least 1, got 0"),
    ],
)
def test_a_wrong_integer_is_answered_in_a_sentence(value, error, message):
    with pytest.raises(error, match=message):
        checks.integer("epochs", value, 1)


def test_a_wrong_choice_is_answered_in_a_sentence():
    with pytest.raises(ValueError, match="at must be one of best, last, got 'first'"):
        checks.choice("at", "first", ("best", "last"))
    with pytest.raises(TypeError, match="at must be one of best, last, got 1"):
        checks.choice("at", 1, ("best", "last"))
