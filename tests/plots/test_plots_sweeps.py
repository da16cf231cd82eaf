"""The figures of sweeps show means, spreads and every seed."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from gce_lib import plots


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def test_a_curve_goes_through_the_means_in_the_order_of_x():
    curves = {"one": {1.0: [0.5, 0.7], 0.0: [0.2, 0.4]}}
    figure = plots.means_over_seeds({"title": curves}, "q", "accuracy")
    (axes,) = figure.axes
    line, _, _ = axes.containers[0].lines
    np.testing.assert_allclose(line.get_xydata(), [[0, 0.3], [1, 0.6]])
    assert (axes.get_title(), axes.get_xlabel()) == ("title", "q")
    assert axes.get_ylabel() == "accuracy"


def test_an_error_bar_is_the_standard_deviation_and_one_seed_has_none():
    values = [0.1, 0.2, 0.6]
    figure = plots.means_over_seeds({"": {"a": {0: values, 1: [0.5]}}}, "q", "A")
    _, _, (bars,) = figure.axes[0].containers[0].lines
    several, single = bars.get_segments()
    spread = np.std(values, ddof=1)
    np.testing.assert_allclose(several[:, 1], [0.3 - spread, 0.3 + spread])
    np.testing.assert_allclose(single[:, 1], [0.5, 0.5])


def test_every_seed_is_drawn_where_its_curve_is():
    curves = {"a": {0.0: [0.1, 0.3], 2.0: [0.4]}, "b": {0.0: [0.2], 2.0: [0.9]}}
    axes = plots.means_over_seeds({"": curves}, "q", "A").axes[0]
    first, second = (dots.get_offsets() for dots in axes.collections[1::2])
    np.testing.assert_allclose(first[:, 1], [0.1, 0.3, 0.4])
    np.testing.assert_allclose(second[:, 1], [0.2, 0.9])
    assert first[0, 0] < 0 < second[0, 0]  # side by side


def test_panels_share_one_legend_and_may_share_a_scale():
    curves = {"best": {0: [0.1], 1: [0.2]}, "last": {0: [0.3], 1: [0.4]}}
    panels = {"few": curves, "many": {"best": {0: [10.0], 1: [20.0]}}}
    figure = plots.means_over_seeds(panels, "q", "A", percent=False, sharey=True)
    few, many = figure.axes
    assert few.get_ylim() == many.get_ylim()
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["best", "last"]


def test_a_panel_of_rows_has_a_value_a_seed_at_each_x():
    rows = pd.DataFrame({"q": [0.7, 0, 0.7], "best": [3, 1, 4], "last": [5, 6, 7]})
    got = plots.by_seed(rows, "q", {"stopped": "best", "at the end": "last"})
    assert got == {
        "stopped": {0: [1], 0.7: [3, 4]},
        "at the end": {0: [6], 0.7: [5, 7]},
    }
