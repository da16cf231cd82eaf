"""The loss explorer in a real browser: its numbers, controls, links and colours."""

import itertools
import re

import pytest
import torch

from gce_lib.explorers import LossExplorer
from gce_lib.losses import gce_loss, truncated_gce_from_nll, truncated_gce_loss
from tools.browser import (
    WIDTHS_AND_THEMES,
    check_fit,
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


def drag_slider(page, name, share: float) -> None:
    """Drag the thumb of a slider to a share of its length with the mouse."""
    box = slider(page, name).bounding_box()
    middle = box["y"] + box["height"] / 2
    value, low, high = (
        float(slider(page, name).evaluate(f"node => node.{field}"))
        for field in ("value", "min", "max")
    )
    thumb = 8 + (box["width"] - 16) * (value - low) / (high - low)
    page.mouse.move(box["x"] + thumb, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + share * box["width"], middle, steps=5)
    page.mouse.up()
    rest(page)


@pytest.mark.parametrize("name", ["q", "k"])
def test_a_slider_dragged_by_mouse_moves_both_curves(chromium, static_page, name):
    with open_page(chromium, static_page) as page:
        before, ghosts = curves(page), [curves(page, kind) for kind in ("ce", "mae")]
        drag_slider(page, name, 0.4)
        after = curves(page)
        assert all(old != new for old, new in zip(before, after, strict=True))
        assert ghosts == [curves(page, kind) for kind in ("ce", "mae")]
        assert float(slider(page, name).input_value()) == pytest.approx(0.4, abs=0.05)


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


@pytest.mark.parametrize("panel", [0, 1])
def test_the_probe_follows_the_pointer_in_either_chart(chromium, static_page, panel):
    with open_page(chromium, static_page) as page:
        box = page.locator(".gce-plot").nth(panel).bounding_box()
        plot = page.locator(".gce-chart svg[role=img]").nth(panel).bounding_box()
        assert box["x"] >= plot["x"]
        page.mouse.move(plot["x"] + plot["width"] / 2, plot["y"] + 60)
        page.mouse.down()
        page.mouse.move(plot["x"] + plot["width"] * 3, plot["y"] + 60, steps=4)
        rest(page)
        assert slider(page, "p").input_value() == "0.99"
        page.mouse.move(plot["x"] - 50, plot["y"] + 60, steps=4)
        page.mouse.up()
        rest(page)
        assert slider(page, "p").input_value() == "0.01"
        page.mouse.move(plot["x"] + 100, plot["y"] + 60)
        assert slider(page, "p").input_value() == "0.01"


def test_the_gradient_can_be_chosen(chromium, static_page):
    with open_page(chromium, static_page) as page:
        loss, pull = curves(page)
        page.get_by_role("radio").nth(1).check()
        rest(page)
        same_loss, weight = curves(page)
        assert (loss == same_loss, pull == weight) == (True, False)


def test_the_address_carries_the_state(chromium, static_page):
    fragment = "#q=0.25&k=7&p=oops&section"
    with open_page(chromium, static_page, fragment=fragment) as page:
        values = [slider(page, name).input_value() for name in "qkp"]
        assert values == ["0.25", "0.99", "0.2"]  # clamped, and left alone
        assert page.url.endswith(fragment)  # reading writes nothing
        slider(page, "k").fill("0.5")
        page.wait_for_function("location.hash.includes('k=0.50&p=0.20')")
        page.get_by_role("button", name="Reset").first.click()
        rest(page)
        assert slider(page, "q").input_value() == "0.7"
        page.wait_for_function("location.hash.includes('q=0.70')")
        assert not page.problems


def test_a_link_to_a_section_changes_nothing(chromium, static_page):
    with open_page(chromium, static_page, fragment="#the-gradient") as page:
        page.wait_for_timeout(500)
        assert page.url.endswith("#the-gradient")
        assert slider(page, "q").input_value() == "0.7"


def test_copy_link_gives_the_address_of_this_state(chromium, static_page):
    with open_page(chromium, static_page) as page:
        page.evaluate(
            """() => Object.defineProperty(navigator, "clipboard", { value:
                { writeText: async (text) => { window.copied = text; } } })"""
        )
        slider(page, "q").fill("0.33")
        page.get_by_role("button", name="Copy link").first.click()
        page.get_by_text("Link copied").wait_for()
        assert "q=0.33" in page.evaluate("() => window.copied")
        page.evaluate("() => { navigator.clipboard.writeText = null; }")
        page.get_by_role("button", name="Copy link").first.click()
        page.locator(".gce-status", has_text="q=0.33").first.wait_for()


def test_a_screen_reader_hears_the_state_once_it_rests(chromium, static_page):
    with open_page(chromium, static_page) as page:
        slider(page, "k").fill("0.5")
        heard = page.locator("[aria-live=polite]").first
        heard.filter(has_text="At p = 0.20 the label is cut off").wait_for(
            state="attached"
        )
        assert slider(page, "q").evaluate("node => node.labels.length") == 1


def test_each_figure_keeps_its_own_state(chromium, static_page):
    with open_page(chromium, static_page) as page:
        slider(page, "q").fill("0.9")
        values = page.locator("input[name=q]").evaluate_all(
            "all => all.map(n => n.value)"
        )
        assert values == ["0.9", "0.2"]


@pytest.mark.parametrize(("width", "theme"), WIDTHS_AND_THEMES)
def test_the_figure_fits_its_page_in_both_themes(chromium, static_page, width, theme):
    check_fit(chromium, static_page, width, theme)


def test_colours_follow_the_page(chromium, static_page):
    def ink(page):
        return page.locator(".gce-explorer").first.evaluate(
            "node => getComputedStyle(node).color"
        )

    with open_page(chromium, static_page, color_scheme="dark") as page:
        dark = ink(page)
        page.evaluate("document.documentElement.dataset.theme = 'light'")
        light = ink(page)
        page.evaluate("delete document.documentElement.dataset.theme")
        page.evaluate("document.documentElement.setAttribute('theme', 'light')")
        assert ink(page) == light != dark
        page.evaluate("document.documentElement.removeAttribute('theme')")
        page.evaluate("document.body.dataset.jpThemeLight = 'true'")
        assert ink(page) == light
        page.evaluate("document.body.dataset.jpThemeLight = 'false'")
        assert ink(page) == dark


def test_print_and_no_script_show_the_still_figure(chromium, static_page):
    with open_page(chromium, static_page) as page:
        assert not page.locator(".gce-still").first.is_visible()
        page.emulate_media(media="print")
        assert page.locator(".gce-still").first.is_visible()
        assert not page.locator(".gce-explorer").first.is_visible()
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(static_page.as_uri())
    assert page.locator(".gce-still").first.is_visible()
    width = page.locator(".gce-still").first.bounding_box()["width"]
    assert width > 300
    context.close()
