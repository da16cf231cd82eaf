"""The explorer of pruning: traits, and its numbers in a browser against the library."""

import math
import re

import pytest
import torch
from figures import PRUNING_EPOCHS as LAST
from figures import pruning_recording
from traits import check_refused

from gce_lib.explorers import PruningExplorer
from gce_lib.training.pruning import assess
from tools.browser import (
    open_page,
    read_numbers,
    rest,
    slider,
    write_page,
)

THRESHOLDS = (0.0, 0.01, 0.1, 0.29, 0.3, 0.5, 0.57, 0.9, 0.99)


PROBABILITIES, FLIPPED = pruning_recording()


def explorer(**traits):
    return PruningExplorer(PROBABILITIES, FLIPPED, **traits)


def expected(epoch, k):
    """What the library says of pruning at k after so many epochs."""
    keep = (PROBABILITIES[epoch] >= k).float()  # Pruning(k).keep, without the softmax
    found = assess(keep, FLIPPED)
    kept = FLIPPED[keep == 1]
    return {
        "dropped": 1 - found["kept"],
        "precision": found["pruning_precision"],
        "recall": found["pruning_recall"],
        "noise": kept.float().mean().item() if len(kept) else math.nan,
    }


# --- Python


@pytest.mark.parametrize(
    ("trait", "value", "interval"),
    [
        ("k", 1.0, "in [0, 0.99]"),
        ("k", -0.01, "in [0, 0.99]"),
        ("k", "half", "in [0, 0.99]"),
        ("epoch", LAST + 1, f"an integer in [0, {LAST}]"),
        ("epoch", -1, f"an integer in [0, {LAST}]"),
    ],
)
def test_a_value_outside_its_range_is_refused_in_one_sentence(trait, value, interval):
    check_refused(explorer, trait, value, interval)


@pytest.mark.parametrize(
    ("probabilities", "flipped"),
    [
        ([], FLIPPED),
        ([torch.zeros(3)], torch.zeros(4, dtype=torch.bool)),
        ([torch.zeros(3), torch.zeros(2)], torch.zeros(3, dtype=torch.bool)),
        ([torch.zeros(3, 2)], torch.zeros(3, 2, dtype=torch.bool)),
    ],
)
def test_shapes_that_do_not_fit_are_told(probabilities, flipped):
    with pytest.raises(ValueError, match=r"shape of flipped, \(N,\), one an epoch"):
        PruningExplorer(probabilities, flipped)


def test_traits_travel_to_the_browser_and_back():
    figure = explorer(k=0.123, epoch=2)
    assert {"k": 0.12, "epoch": 2}.items() <= figure.get_state().items()
    figure.set_state({"k": 0.7, "epoch": 1})
    assert (figure.k, figure.epoch) == (0.7, 1)


def test_the_counts_are_those_of_the_labels_below_each_threshold():
    below = explorer().below
    for kind, group in (("right", ~FLIPPED), ("wrong", FLIPPED)):
        for p, counts in zip(PROBABILITIES, below[kind], strict=True):
            p = p[group]
            assert counts == [*((p < i / 100).sum() for i in range(100)), len(p)]


def test_the_still_figure_shows_the_recording():
    figure = explorer(k=0.3, epoch=2)
    left, right = figure.still().axes
    labels = [text.get_text() for text in left.get_legend().get_texts()]
    for label, patch in zip(labels, left.patches, strict=False):
        counts, edges, _ = patch.get_data()
        group = FLIPPED if label == "wrong labels" else ~FLIPPED
        p = PROBABILITIES[2][group]
        assert len(edges) == 51
        assert counts.sum() == len(p)
        assert counts[:15].sum() == (p < 0.3).sum()
    lines = {line.get_label(): line.get_ydata()[30] for line in right.lines[:3]}
    numbers = expected(2, 0.3)
    assert lines["precision"] == pytest.approx(numbers["precision"])
    assert lines["recall"] == pytest.approx(numbers["recall"])
    assert lines["noise left"] == pytest.approx(numbers["noise"])
    assert f"precision {numbers['precision']:.3f}" in figure.alt()
    assert "k = 0.30" in figure.alt()


# --- in the browser


@pytest.fixture(scope="module")
def static_page(tmp_path_factory):
    figures = [explorer(epoch=LAST), explorer(k=0.2)]
    return write_page(tmp_path_factory.mktemp("page"), figures)


def test_the_numbers_read_out_are_those_of_the_library(chromium, static_page):
    states = [{"k": k, "epoch": epoch} for epoch in range(LAST + 1) for k in THRESHOLDS]
    with open_page(chromium, static_page) as page:
        answers = read_numbers(page, states)
        assert not page.problems
    for state, answer in zip(states, answers, strict=True):
        for row, number in expected(**state).items():
            got = answer[f"{row}.share"]
            assert got == pytest.approx(number, rel=1e-6, nan_ok=True), (state, row)


def drawn(page, panel, kind):
    """The path of one curve in the first figure, and the size of its chart."""
    plot = page.locator(".gce-explorer").first.locator(".gce-plot").nth(panel)
    size = [float(plot.get_attribute(name)) for name in ("width", "height")]
    path = plot.locator(f".gce-{kind}").first.get_attribute("d")
    points = re.findall(r"[ML](-?[\d.]+),(-?[\d.]+)", path)
    return [(float(x), float(y)) for x, y in points], size


def test_the_bars_are_as_high_as_the_counts(chromium, static_page):
    with open_page(chromium, static_page, fragment=f"#epoch={LAST}") as page:
        for kind, group in (("wrong", FLIPPED), ("right", ~FLIPPED)):
            points, (_, height) = drawn(page, 0, kind)
            counts = torch.histc(PROBABILITIES[LAST][group].clamp(max=0.999), 50, 0, 1)
            low, high = -0.25, math.log10(len(FLIPPED))
            for i in (0, 1, 10, 49):
                share = 1 - points[2 * i + 1][1] / height
                if counts[i] > 0:
                    top = low + share * (high - low)
                    assert 10**top == pytest.approx(counts[i].item(), rel=0.02)
                else:
                    assert share < 0


def test_the_curves_are_drawn_where_the_numbers_are(chromium, static_page):
    with open_page(chromium, static_page, fragment="#epoch=2") as page:
        for kind in ("precision", "recall", "noise"):
            points, (width, height) = drawn(page, 1, kind)
            assert len(points) > 90
            for x, y in points:
                k = round(x / width, 2)
                share = 1.05 * (1 - y / height)
                assert share == pytest.approx(expected(2, k)[kind], abs=0.005)


def test_keys_move_the_epoch_and_the_threshold(chromium, static_page):
    with open_page(chromium, static_page) as page:
        before = drawn(page, 0, "wrong")
        slider(page, "epoch").focus()
        page.keyboard.press("ArrowLeft")
        rest(page)
        assert slider(page, "epoch").input_value() == str(LAST - 1)
        assert drawn(page, 0, "wrong") != before
        slider(page, "k").focus()
        page.keyboard.press("Home")
        rest(page)
        assert page.locator("[data-row=dropped]").first.inner_text() == "0.000"
        for name in ("k", "epoch"):
            assert slider(page, name).evaluate("node => node.labels.length") == 1


RECALL = 100 * expected(epoch=3, k=0.5)["recall"]


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        (
            "#k=0.5&epoch=0",
            "Before training, k = 0.50 drops 400 of 400 labels: nothing",
        ),
        ("#k=0.05&epoch=0", "Before training, k = 0.05 drops 0 of 400 labels: all are"),
        ("#k=0.5&epoch=3", f"{RECALL:.1f} % are dropped (recall)"),
    ],
)
def test_the_sentence_says_what_is_dropped(chromium, static_page, fragment, words):
    with open_page(chromium, static_page, fragment=fragment) as page:
        seen = page.locator(".gce-sentence").first.inner_text()
        assert words in seen.replace("\N{NO-BREAK SPACE}", " ")
        heard = page.locator("[aria-live=polite]").first
        heard.filter(has_text=re.compile("drops")).wait_for(state="attached")
