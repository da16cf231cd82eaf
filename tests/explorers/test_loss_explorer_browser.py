"""The loss explorer in a real browser: its numbers, controls, links and colours."""

import itertools
import re

import pytest
import torch

from gce_lib.explorers import LossExplorer
from gce_lib.losses import gce_loss, truncated_gce_from_nll, truncated_gce_loss
from tools.browser import (
    open_page,
    read_numbers,
    rest,
    slider,
    write_page,
)

GRID = [
    dict(zip("qkp", point, strict=True))
    for point in itertools.product(
        (0.0, 1e-9, 0.01, 0.3, 0.7, 1.0),
        (0.0, 0.1, 0.5, 0.9),
        (0.01, 0.2, 0.37, 0.6, 0.99),
    )
]


@pytest.fixture(scope="module")
def static_page(tmp_path_factory):
    figures = [LossExplorer(), LossExplorer(q=0.2, gradient="weight")]
    return write_page(tmp_path_factory.mktemp("page"), figures)


def expected_numbers(q: float, k: float, p: float) -> dict[str, float]:
    """What gce_lib says about one row of the table, the gradients by autograd."""
    nll = (-torch.tensor(p, dtype=torch.float64).log()).requires_grad_()
    loss = truncated_gce_from_nll(nll, q, k)
    (weight,) = torch.autograd.grad(loss, nll)
    logits = torch.tensor([[p, 1 - p]], dtype=torch.float64).log().requires_grad_()
    label = torch.tensor([0])
    (slope,) = torch.autograd.grad(truncated_gce_loss(logits, label, q, k), logits)
    return {
        "loss": loss.item(),
        "weight": weight.item(),
        "logit": -slope[0, 0].item(),
    }


def test_the_numbers_read_out_are_those_of_the_library(chromium, static_page):
    with open_page(chromium, static_page) as page:
        answers = read_numbers(page, GRID)
        assert not page.problems
    for state, answer in zip(GRID, answers, strict=True):
        rows = {
            "lq": expected_numbers(**state),
            "ce": expected_numbers(0.0, 0.0, state["p"]),
            "mae": expected_numbers(1.0, 0.0, state["p"]),
        }
        for row, numbers in rows.items():
            for column, number in numbers.items():
                assert answer[f"{row}.{column}"] == pytest.approx(
                    number, rel=1e-12, abs=1e-15
                ), (state, row, column)


def test_the_loss_of_one_curve_is_the_loss_of_the_library(chromium, static_page):
    """The path that is drawn, not only the numbers beside it."""
    with open_page(chromium, static_page, fragment="#q=0.7&k=0") as page:
        plot = page.locator(".gce-plot").first
        height = float(plot.get_attribute("height"))
        width = float(plot.get_attribute("width"))
        path = page.locator(".gce-plot .gce-lq").first.get_attribute("d")
    for x, y in re.findall(r"[ML]([\d.]+),(-?[\d.]+)", path):
        p = torch.tensor(float(x) / width, dtype=torch.float64)
        if not 0.05 < p < 1:
            continue
        logits = torch.stack([p, 1 - p]).log().unsqueeze(0)
        expected = gce_loss(logits, torch.tensor([0]), q=0.7).item()
        assert 4 * (1 - float(y) / height) == pytest.approx(expected, abs=0.02)


def curves(page, kind="lq") -> list[str]:
    """The paths of one kind of curve in the two charts of the first figure."""
    figure = page.locator(".gce-explorer").first
    paths = figure.locator(f".gce-plot .gce-curve.gce-{kind}")
    return [path.get_attribute("d") for path in paths.all()]


@pytest.mark.parametrize(("name", "key"), [("q", "ArrowLeft"), ("k", "ArrowRight")])
def test_a_slider_moved_by_keyboard_moves_both_curves(chromium, static_page, name, key):
    with open_page(chromium, static_page) as page:
        before = curves(page)
        value = float(slider(page, name).input_value())
        slider(page, name).focus()
        for _ in range(3):
            page.keyboard.press(key)
        rest(page)
        after = curves(page)
        assert all(old != new for old, new in zip(before, after, strict=True))
        moved = float(slider(page, name).input_value()) - value
        assert abs(moved) == pytest.approx(0.03)


def test_the_gradient_can_be_chosen(chromium, static_page):
    with open_page(chromium, static_page) as page:
        loss, pull = curves(page)
        page.get_by_role("radio").nth(1).check()
        rest(page)
        same_loss, weight = curves(page)
        assert (loss == same_loss, pull == weight) == (True, False)


def test_a_link_to_a_section_changes_nothing(chromium, static_page):
    with open_page(chromium, static_page, fragment="#the-gradient") as page:
        page.wait_for_timeout(500)
        assert page.url.endswith("#the-gradient")
        assert slider(page, "q").input_value() == "0.7"
