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


def test_a_tensor_is_no_list_and_no_array():
    for value in ([1.0], np.ones(1), None):
        with pytest.raises(TypeError, match="logits must be a tensor, got"):
            checks.tensor("logits", value)


def test_an_object_of_the_kind_is_returned_and_another_refused():
    assert checks.instance("x", 3, int, "an int") == 3
    with pytest.raises(TypeError, match=r"x must be an int, got 'a' \(str\)"):
        checks.instance("x", "a", int, "an int")


def test_a_number_that_wants_a_gradient_is_refused():
    with pytest.raises(TypeError, match="that requires a gradient"):
        checks.number("q", torch.tensor(0.5, requires_grad=True), 0, 1)


@pytest.mark.parametrize(
    ("range_", "words"),
    [({"high": 0}, "of at most 0"), ({"high": 0, "below": True}, "below 0")],
)
def test_an_open_start_is_said(range_, words):
    with pytest.raises(ValueError, match=f"must be a number {words}, got 1"):
        checks.number("log_zero", 1, **range_)


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        (checks.number, "x must be a number, got 'a' (str)"),
        (checks.integer, "x must be an integer, got 'a' (str)"),
    ],
)
def test_no_range_is_said_where_there_is_none(check, sentence):
    with pytest.raises(TypeError) as caught:
        check("x", "a")
    assert str(caught.value) == sentence


def test_the_ends_of_a_range_are_in_it_unless_said_otherwise():
    assert checks.number("x", 0, 0, 1) == 0
    assert checks.number("x", 1, 0, 1, above=True) == 1
    assert checks.number("x", 0, 0, 1, below=True) == 0
    assert checks.integer("x", 1, 1, 3) == 1
    assert checks.integer("x", 3, 1, 3) == 3
    with pytest.raises(ValueError, match=r"x must be a number in \(0, 1\], got 0"):
        checks.number("x", 0, 0, 1, above=True)


@pytest.mark.parametrize(
    ("text", "told"), [("a" * 58, repr("a" * 58)), ("a" * 59, "one")]
)
def test_what_came_is_told_if_it_is_at_most_60_characters_long(text, told):
    assert checks.told(text) == f"{told} (str)"


def test_checked_numbers_do_not_break_a_compiled_graph():
    def scaled(x, q, n):
        checks.choice("reduction", "sum", ("mean", "sum"))
        return x * checks.number("q", q, 0, 1) * checks.integer("n", n, 1)

    compiled = torch.compile(scaled, dynamic=True, fullgraph=True, backend="eager")
    for q, n in ((0.5, 2), (0.25, 3)):
        assert compiled(torch.ones(2), q, n).tolist() == [q * n, q * n]
