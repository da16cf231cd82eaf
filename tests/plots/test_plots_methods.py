"""The figure of accuracies over the noise rate: what is drawn is what was given."""

import math

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from gce_lib import plots

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def cells():
    rows = [
        (f"{kind}:{rate}", loss, 80 - 100 * rate + len(loss), 1.5)
        for kind, rates in {"symmetric": (0.8, 0.2), "class-map": (0.1,)}.items()
        for rate in rates
        for loss in ("ce", "gce:0.7")
    ]
    frame = pd.DataFrame(rows, columns=["noise", "loss", "mean", "std"])
    frame.loc[0, "std"] = math.nan
    return frame


def test_a_panel_for_each_kind_and_a_line_for_each_method(cells):
    figure = plots.accuracy_by_noise(cells, ["ce", "gce:0.7"])
    uniform, dependent = figure.axes
    assert uniform.get_title() == "uniform noise"
    assert dependent.get_title() == "class-dependent noise"
    ce, gce = (container.lines[0] for container in uniform.containers)
    np.testing.assert_allclose(ce.get_xydata(), [(0.2, 62), (0.8, 2)])
    np.testing.assert_allclose(gce.get_xydata(), [(0.2, 67), (0.8, 7)])
    assert [text.get_text() for text in figure.legends[0].texts] == [
        "cross entropy",
        "L_q",
    ]


def test_bars_are_one_standard_deviation_and_none_for_one_seed(cells):
    figure = plots.accuracy_by_noise(cells, ["ce"])
    (bars,) = figure.axes[0].containers[0].lines[2]
    low, high = (np.ptp(segment[:, 1]) for segment in bars.get_segments())
    assert (low, high) == (3.0, 0.0)


def test_only_the_methods_asked_for_are_drawn(cells):
    figure = plots.accuracy_by_noise(cells, ["gce:0.7"])
    assert all(len(axes.containers) == 1 for axes in figure.axes)
