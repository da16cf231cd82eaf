"""The figures show the numbers they are given."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from gce_lib import plots


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def test_the_styles_of_q_can_be_told_apart():
    styles = [plots.q_style(q) for q in (0, 0.25, 0.5, 0.7, 1)]
    assert len({style["color"] for style in styles}) == 5
    assert [style["linestyle"] for style in styles] == ["--", "-", "-", "-", ":"]
    assert "CE" in styles[0]["label"]
    assert "MAE" in styles[-1]["label"]


def test_family_draws_the_function_for_each_q():
    axes = plots.family(lambda p, q: p**q, qs=(0, 0.5, 1))
    assert len(axes.lines) == 3
    for line, q in zip(axes.lines, (0, 0.5, 1), strict=True):
        p, value = line.get_data()
        np.testing.assert_allclose(value, np.asarray(p) ** q)
        assert 0 < min(p) < 1e-5  # a logarithm stays finite
        assert max(p) == 1


def test_family_draws_where_it_is_told():
    _, axes = plt.subplots()
    assert plots.family(lambda p, q: p * q, axes=axes) is axes
    assert len(plt.get_fignums()) == 1


def test_paths_draws_a_panel_for_each_title_and_leaves_the_start_out():
    curves = {0: [0.1, 0.2, 0.3], 0.7: [0.1, 0.15, 0.4]}
    figure = plots.paths({"few": curves, "many": {0.7: [0.0, 1.0]}}, "height")
    few, many = figure.axes
    assert (few.get_title(), many.get_title()) == ("few", "many")
    assert few.get_ylabel() == "height"
    steps, values = few.lines[1].get_data()
    assert list(steps) == [1, 2]
    assert list(values) == [0.15, 0.4]
    (legend,) = figure.legends
    assert len(legend.get_texts()) == 2


@pytest.mark.parametrize("as_given", [np.asarray, torch.tensor])
def test_pull_by_probability_shares_out_the_whole_pull(as_given):
    p = as_given([0.05, 0.5, 0.95])
    wrong = as_given([True, False, False])
    pull = as_given([3.0, 0.5, 0.5])
    figure = plots.pull_by_probability(p, wrong, {"a": pull, "b": pull}, bins=4)
    first, _ = figure.axes
    heights = [[bar.get_height() for bar in bars] for bars in first.containers]
    np.testing.assert_allclose(heights, [[0.75, 0, 0, 0], [0, 0, 0.125, 0.125]])
    assert first.get_title() == "a\nwrong labels: 75% of the pull"
