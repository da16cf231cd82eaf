"""The explorer of records: traits, and its numbers in a browser against the records."""

import re

import numpy as np
import pandas as pd
import pytest
from figures import LOSSES, NOISES, records
from figures import RECORDED_EPOCHS as LAST
from traitlets import TraitError

from gce_lib.experiments import loss_name
from gce_lib.explorers import RecordsExplorer
from tools.browser import (
    open_page,
    read_numbers,
    rest,
    write_page,
)

RECORDS = records()


def expected(noise, epoch):
    """What the table of the figure shows: means over the seeds."""
    part = RECORDS[RECORDS["noise"] == noise]
    shown = {}
    for loss in LOSSES:
        runs = part[part["loss"] == loss]
        tests = np.array(
            [h["test_accuracy"] for h in runs["history"]] or [[np.nan] * 6]
        )
        shown[f"{loss}.now"] = tests[:, epoch - 1].mean()
        shown[f"{loss}.chosen"] = runs["test_accuracy_best"].mean()
        shown[f"{loss}.peek"] = tests.max(axis=1).mean()
    return shown


def test_it_begins_with_the_first_noise_at_the_last_epoch():
    figure = RecordsExplorer(RECORDS)
    assert (figure.noise, figure.epoch) == ("symmetric:0.2", LAST)
    assert figure.recorded["noises"]["symmetric:0.8"]["ce"]["seeds"] == 2


@pytest.mark.parametrize(
    ("traits", "message"),
    [
        ({"epoch": 0}, r"integer in \[1, 6\], got 0"),
        ({"epoch": 7}, r"integer in \[1, 6\], got 7"),
        ({"noise": "symmetric:0.3"}, "one of symmetric:0.2, .*, got 'symmetric:0.3'"),
    ],
)
def test_what_is_not_recorded_is_refused(traits, message):
    with pytest.raises(TraitError, match=message):
        RecordsExplorer(RECORDS, **traits)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (RECORDS[:0], "got no run"),
        (pd.concat([RECORDS, records(epochs=4)]), r"got \[4, 6\]"),
    ],
)
def test_records_that_do_not_fit_are_told(given, message):
    with pytest.raises(ValueError, match=message):
        RecordsExplorer(given)


def test_the_still_figure_shows_the_means():
    figure = RecordsExplorer(RECORDS, noise="symmetric:0.8", epoch=2)
    accuracy, memorised = figure.still().axes
    curves = {line.get_label(): line.get_ydata() for line in accuracy.lines[:-1]}
    assert set(curves) == {loss_name(loss) for loss in LOSSES}
    for loss in LOSSES:
        curve = curves[loss_name(loss)]
        assert curve[1] == pytest.approx(expected("symmetric:0.8", 2)[f"{loss}.now"])
    assert memorised.get_title() == "wrong labels learned"
    assert "After epoch 2" in figure.alt()


# --- in the browser


@pytest.fixture(scope="module")
def static_page(tmp_path_factory):
    return write_page(tmp_path_factory.mktemp("page"), [RecordsExplorer(RECORDS)])


def test_the_numbers_read_out_are_those_of_the_records(chromium, static_page):
    states = [
        {"noise": noise, "epoch": epoch}
        for noise in NOISES
        for epoch in range(1, LAST + 1)
    ]
    states.reverse()  # the page opens at the last epoch: every state is a change
    with open_page(chromium, static_page) as page:
        answers = read_numbers(page, states)
        assert not page.problems
    for state, answer in zip(states, answers, strict=True):
        for cell, number in expected(**state).items():
            assert answer[cell] == pytest.approx(number, rel=1e-9, nan_ok=True)


def test_the_curves_are_drawn_where_the_numbers_are(chromium, static_page):
    with open_page(chromium, static_page, fragment="#noise=symmetric:0.8") as page:
        plot = page.locator(".gce-plot").first
        height = float(plot.get_attribute("height"))
        tests = np.array([history["test_accuracy"] for history in RECORDS["history"]])
        means = tests.reshape(-1, 2, LAST).mean(axis=1)  # two seeds a cell
        low, high = np.floor(10 * means.min()) / 10, np.ceil(10 * means.max()) / 10
        for loss in LOSSES:
            kind = loss.split(":")[0]
            path = plot.locator(f".gce-m-{kind}").get_attribute("d")
            ys = [float(y) for y in re.findall(r"[ML]-?[\d.]+,(-?[\d.]+)", path)]
            for epoch, y in enumerate(ys, start=1):
                number = expected("symmetric:0.8", epoch)[f"{loss}.now"]
                shown = low + (1 - y / height) * (high - low)
                assert shown == pytest.approx(number, abs=0.001)


def test_the_sentence_names_the_leader(chromium, static_page):
    with open_page(chromium, static_page, fragment="#epoch=3") as page:
        found = page.locator(".gce-sentence").inner_text()
        numbers = expected("symmetric:0.2", 3)
        now = {loss: numbers[f"{loss}.now"] for loss in LOSSES}
        leader = max(now, key=now.get)
        words = (
            f"With uniform 0.2 noise, after epoch 3, {loss_name(leader)} leads: "
            f"{now[leader]:.1%}"
        )
        assert words in found.replace("\N{NO-BREAK SPACE}%", "%")


def test_a_noise_is_chosen_and_the_address_carries_it(chromium, static_page):
    with open_page(chromium, static_page) as page:
        page.get_by_label("class-dependent 0.4").check()
        page.wait_for_function("location.hash.includes('class-map')")
        assert page.locator("[data-row=mae][data-column=now]").inner_text() == "–"
        page.get_by_role("button", name="Reset").click()
        rest(page)
        assert page.get_by_label("uniform 0.2").is_checked()
        assert not page.problems
