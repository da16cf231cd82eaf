"""The figures show the numbers they are given."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from gce_lib import plots
from gce_lib.training import History


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


def history(**columns):
    rows = zip(*columns.values(), strict=True)
    return History(dict(zip(columns, row, strict=True)) for row in rows)


@pytest.mark.parametrize("channels", [1, 3])
def test_image_wall_frames_and_crosses_the_marked_images_only(channels):
    images = torch.arange(5 * 4 * channels, dtype=torch.uint8)
    images = images.reshape(5, 2, 2, channels)
    marked = torch.tensor([False, True, False, False, True])
    figure = plots.image_wall(images, list("abcde"), marked=marked, columns=3)
    assert [a.get_xlabel() for a in figure.axes] == ["a", "✗ b", "c", "d", "✗ e"]
    assert [a.get_frame_on() for a in figure.axes] == marked.tolist()
    for axes, image in zip(figure.axes, images, strict=True):
        (shown,) = axes.get_images()
        np.testing.assert_array_equal(shown.get_array(), image.squeeze(-1))


def test_training_curves_draw_each_run_and_name_each_loss_once():
    two = [history(epoch=[1, 2], hits=[0.2, height]) for height in (0.5, 0.6)]
    one = [history(epoch=[1, 2], hits=[0.1, 0.4])]
    figure = plots.training_curves({"CE": two, "MAE": one}, {"hits": "Hits"})
    (axes,) = figure.axes
    assert axes.get_title() == "Hits"
    assert [list(line.get_ydata()) for line in axes.lines] == [
        [0.2, 0.5],
        [0.2, 0.6],
        [0.1, 0.4],
    ]
    assert axes.lines[0].get_color() == axes.lines[1].get_color()
    assert axes.lines[0].get_color() != axes.lines[2].get_color()
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["CE", "MAE"]
    assert axes.yaxis.get_major_formatter()(0.5) == "50%"
    assert all(tick == round(tick) for tick in axes.get_xticks())  # whole epochs


def test_noisy_against_clean_draws_every_epoch_and_what_to_expect():
    runs = [
        history(test_accuracy=[0.4, 0.8], validation_accuracy=[0.25, 0.5]),
        history(test_accuracy=[0.9], validation_accuracy=[0.55]),
    ]
    axes = plots.noisy_against_clean({"CE": runs}, rate=0.4, num_classes=5)
    (points,) = axes.collections
    np.testing.assert_allclose(
        points.get_offsets(), [[0.4, 0.25], [0.8, 0.5], [0.9, 0.55]]
    )
    line = next(line for line in axes.lines if line.get_label() == "expected")
    np.testing.assert_allclose(line.get_xydata(), [[0, 0.1], [1, 0.6]])


def test_right_and_wrong_share_out_each_group():
    values = np.array([0.1, 0.9, 0.9, 0.6])
    wrong = [True, False, False, False]
    figure = plots.right_and_wrong({"a": values, "b": 1 - values}, wrong, "p", bins=2)
    first, second = (
        [[bar.get_height() for bar in bars] for bars in axes.containers]
        for axes in figure.axes
    )
    np.testing.assert_allclose(first, [[1, 0], [0, 1]])
    np.testing.assert_allclose(second, [[0, 1], [1, 0]])


def test_simplex_draws_each_function_over_all_distributions():
    seen = {}

    def first(f):
        seen["f"] = f
        return f[:, 0]

    figure = plots.simplex({"first": first, "half": lambda f: f[:, 1] / 2}, "size")
    f = seen["f"]
    assert f.shape == (81 * 82 // 2, 3)
    assert f.min() == 0
    torch.testing.assert_close(f.sum(1), torch.ones_like(f[:, 0]))
    for corner in torch.eye(3, dtype=torch.float64):
        assert (f == corner).all(1).any()
    left, right, bar = figure.axes
    assert (left.get_title(), right.get_title()) == ("first", "half")
    assert bar.get_ylabel() == "size"
    scales = [axes.collections[0].get_clim() for axes in (left, right)]
    assert scales[0] == scales[1]
    # three corners of a triangle with equal sides
    where = np.array([text.get_position() for text in left.texts])
    sides = np.linalg.norm(where - np.roll(where, 1, axis=0), axis=1)
    np.testing.assert_allclose(sides, 1)


@pytest.mark.parametrize("as_given", [np.asarray, torch.tensor])
def test_transition_matrix_writes_what_does_not_round_to_zero(as_given):
    T = as_given([[0.7, 0.296, 0.004], [0.0, 1.0, 0.0], [0.5, 0.0, 0.5]])
    axes = plots.transition_matrix(T, ["a", "b", "c"], title="noise")
    written = {text.get_position(): text.get_text() for text in axes.texts}
    assert written == {
        (0, 0): "70",
        (1, 0): "30",
        (1, 1): "100",
        (0, 2): "50",
        (2, 2): "50",
    }
    assert axes.get_title() == "noise"
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b", "c"]
    right, wrong = axes.images
    assert right.get_array().mask.sum() == 6  # the diagonal
    assert (right.get_array().mask != wrong.get_array().mask).all()


def test_transition_matrix_draws_where_it_is_told():
    _, axes = plt.subplots()
    assert plots.transition_matrix(np.eye(2), "ab", axes=axes) is axes
    assert len(plt.get_fignums()) == 1
