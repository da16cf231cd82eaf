"""The figures of single chapters show the numbers they are given."""

import matplotlib

matplotlib.use("agg")

import math
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from gce_lib import plots, theory
from gce_lib.noise import NoisyLabels


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def test_label_wall_frames_the_wrong_labels_and_tells_the_truth():
    images = torch.zeros(4, 8, 8, 1, dtype=torch.uint8)
    labels = NoisyLabels(torch.tensor([0, 1, 0, 1]), torch.tensor([0, 0, 1, 1]), 2, 0)
    shown = plots.label_wall(images, labels, ("cat", "dog"), which=(0, 1, 2))
    captions = [axes.get_xlabel() for axes in shown.axes]
    assert captions == ["cat", "✗ dog\n(cat)", "✗ cat\n(dog)"]
    hidden = plots.label_wall(images, labels, ("cat", "dog"), (1,), reveal=False)
    assert [axes.get_xlabel() for axes in hidden.axes] == ["dog"]


def test_realised_rates_has_the_binomial_density():
    rates = np.random.default_rng(0).normal(0.4, 0.005, 100)
    axes = plots.realised_rates(rates, 0.4, 9600)
    x, density = axes.lines[0].get_data()
    scatter = math.sqrt(0.4 * 0.6 / 9600)
    assert max(density) == pytest.approx(1 / scatter / math.sqrt(2 * math.pi), rel=1e-3)
    assert density.sum() * (x[1] - x[0]) == pytest.approx(1, abs=1e-3)
    assert sum(p.get_height() * p.get_width() for p in axes.patches) == pytest.approx(1)


def test_pulls_are_minus_the_gradients():
    gradients = [[-0.9, 0.5, 0.4], [-0.09, 0.05, 0.04]]
    figure = plots.pulls({"absurd": gradients, "likely": gradients})
    left, right = figure.axes
    assert (left.get_title(), right.get_title()) == ("absurd", "likely")
    heights = [bar.get_height() for bar in left.patches]
    assert heights == pytest.approx([-v for g in gradients for v in g])
    assert [t.get_text() for t in left.get_xticklabels()] == ["label", "2", "3"]


def test_weights_has_cross_entropy_at_one():
    p = np.linspace(0, 1, 11)
    figure = plots.weights({"a": p, "b": p**2}, p)
    for axes, weight in zip(figure.axes, (p, p**2), strict=True):
        ce, own = axes.lines
        assert set(ce.get_ydata()) == {1}
        np.testing.assert_allclose(own.get_ydata(), weight)


def test_weight_by_gap_ends_in_a_cross_where_a_weight_is_lost():
    weights = {"nan": [1, 0.5, math.nan], "zero": [1, 0.0, 0.0], "good": [1, 0.5, 0.2]}
    axes = plots.weight_by_gap([0, 1, 2], weights)
    crosses = [line for line in axes.lines if line.get_marker() == "x"]
    assert [list(cross.get_xdata()) for cross in crosses] == [[1], [0]]
    assert axes.get_yscale() == "log"


def test_class_sums_run_from_uniform_to_certain():
    def of(f, q):
        return f.square().sum(1) + q

    axes = plots.class_sums(of, 5)
    for line, q in zip(axes.lines, (0, 1), strict=True):
        x, y = line.get_data()
        assert (x[0], y[0]) == pytest.approx((0.2, 0.2 + q))
        assert (x[-1], y[-1]) == pytest.approx((1, 1 + q), abs=1e-5)


def test_the_best_hypotheses_are_marked():
    problem = SimpleNamespace(
        clean_risks=torch.tensor([0.1, 0.2, 0.3, 0.9]),
        noisy_risks=torch.tensor([0.5, 0.4, 0.6, 0.9]),
    )
    figure = plots.clean_and_noisy_risks({"CE": problem})
    dots, clean, noisy = figure.axes[0].collections
    assert len(dots.get_offsets()) == 3
    np.testing.assert_allclose(clean.get_offsets(), [[0.1, 0.5]])
    np.testing.assert_allclose(noisy.get_offsets(), [[0.2, 0.4]])


def test_the_band_of_the_risks_is_as_high_and_as_wide_as_the_bounds():
    problem = theory.random_finite_problem(seed=27, num_classes=3, num_hypotheses=150)
    axes = plots.risk_band(problem)
    check = theory.check_theorem_1(problem)
    corners = [text.xyann for text in axes.texts if text.get_text() == ""]
    (right, low), (also_right, also_low) = corners
    assert (right, low) == (also_right, also_low)
    (top_x, top), (left, bottom) = (
        text.xy for text in axes.texts if text.get_text() == ""
    )
    assert (top_x, bottom) == (right, low)
    assert top - low == pytest.approx(check.noisy_bound.item())
    assert right - left == pytest.approx(-check.clean_bound.item())
    band, dots, clean, noisy = axes.collections
    (outline,) = band.get_paths()
    for x, y in dots.get_offsets().tolist():
        assert outline.contains_point((x, y), radius=1e-9)
    assert clean.get_offsets()[0][0] == dots.get_offsets()[:, 0].min()
    assert noisy.get_offsets()[0][1] == dots.get_offsets()[:, 1].min()


def test_two_phases_meet_at_the_peak():
    accuracy = [0.5, 0.8, 0.7, 0.6]
    history = {"epoch": [1, 2, 3, 4], "test_accuracy": accuracy}
    axes = plots.two_phases(history | {"memorised": [0, 0, 0.2, 0.5]})
    first, second = axes.patches
    assert first.get_x() + first.get_width() == second.get_x() == 2
    assert [list(line.get_ydata()) for line in axes.lines] == [
        accuracy,
        [0, 0, 0.2, 0.5],
    ]


def test_distances_has_a_bar_for_each_epoch():
    axes = plots.distances({"one": [1.0, 0.0], "other": [2.0, 3.0]})
    assert [bar.get_height() for bar in axes.patches] == [1, 0, 2, 3]


def test_epoch_choices_marks_what_each_rule_reports():
    accuracy = {"CE": [0.5, 0.9, 0.7], "L_q": [0.4, 0.6, 0.8]}
    rules = ("best", "by validation", "last")
    chosen = {name: dict(zip(rules, (1, 0, 2), strict=True)) for name in accuracy}
    flattery = {name: [0.0, 1.0, 2.0] for name in accuracy}
    left, right = plots.epoch_choices(accuracy, chosen, flattery).axes
    marks = [line for line in left.lines if line.get_marker() in "*o^"]
    points = [(m.get_xdata()[0], round(m.get_ydata()[0])) for m in marks]
    assert points == [(2, 90), (1, 50), (3, 70), (2, 60), (1, 40), (3, 80)]
    assert len(right.get_legend().get_texts()) == 2


def test_the_way_of_a_label_never_leads_from_the_truth_to_the_loss():
    (axes,) = plots.label_way().axes
    words = " ".join(text.get_text() for text in axes.texts)
    for part in ("true class", "noise", "given label", "image", "network", "loss"):
        assert part in words
    arrows = [text for text in axes.texts if text.get_text() == ""]
    assert len(arrows) == 5


def test_pruning_is_a_cycle_with_one_entrance():
    (axes,) = plots.pruning_cycle().axes
    boxes = [text for text in axes.texts if text.get_bbox_patch()]
    start, learn, prune = (text.get_position() for text in boxes)
    ways = [(text.xyann, text.xy) for text in axes.texts if text.get_text() == ""]
    assert ways == [(start, learn), (learn, prune), (prune, learn)]
    for box, word in zip(boxes, ("keep everything", "train", "prune"), strict=True):
        assert word in box.get_text()
