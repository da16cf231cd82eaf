"""The curves of the theory chapters show the numbers they are given."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from gce_lib import plots

X = np.linspace(0, 1, 5)


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def test_every_panel_has_its_curves_and_exponents_their_style():
    panels = {"left": {0: X, 0.7: X**2}, "right": {0: 1 - X, 0.7: X**3}}
    figure = plots.curves(X, panels, xlabel="x", ylabel="y", ylim=(0, 2))
    for axes, (title, lines) in zip(figure.axes, panels.items(), strict=True):
        assert axes.get_title() == title
        assert axes.get_ylim() == (0, 2)
        for line, (q, values) in zip(axes.lines, lines.items(), strict=True):
            np.testing.assert_array_equal(line.get_data(), (X, values))
            assert line.get_color() == plots.q_style(q)["color"]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["q = 0 (CE)", "q = 0.7"]


def test_named_curves_can_be_told_apart():
    figure = plots.curves(X, {"": {"one": X, "two": 1 - X}}, xlabel="", ylabel="y")
    first, second = figure.axes[0].lines
    assert first.get_color() != second.get_color()
    assert first.get_linestyle() != second.get_linestyle()


def test_problems_that_use_nothing_of_the_purse_are_left_out():
    shares = {"2 classes": ([0.0, 0.5, 0.1], [0.0, 0.2, 0.9])}
    (axes,) = plots.one_purse(shares).axes
    dots = axes.collections[0].get_offsets()
    np.testing.assert_array_equal(dots, [(0.5, 0.2), (0.1, 0.9)])


def test_a_jump_is_drawn_as_two_values_of_one_epoch():
    path, floor = [(1, 3.0), (1, 2.0), (2, 1.5)], [(1, 2.0), (2, 1.0)]
    axes = plots.steps(path, floor, ("E", "least"), "value")
    for line, expected in zip(axes.lines, (path, floor), strict=True):
        assert list(zip(*line.get_data(), strict=True)) == expected
