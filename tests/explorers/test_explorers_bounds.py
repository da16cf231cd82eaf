"""The explorer of the bounds: traits, and its numbers and problems in a browser."""

import itertools
import math
import re

import pytest
import torch
from traits import check_refused

from gce_lib import theory
from gce_lib.explorers import BoundExplorer
from gce_lib.explorers.bundle import bundle
from gce_lib.theory import FiniteProblem, check_theorem_1, uniform_noise
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
    dict(zip(("q", "k", "num_classes", "noise_rate"), point, strict=True))
    for point in itertools.product(
        (0.01, 0.3, 0.7, 1.0), (0.0, 0.02, 0.5, 0.9), (2, 3, 10), (0.0, 0.3, 0.5, 0.8)
    )
]
GRID += [
    {"q": 0.7, "k": 0.0, "num_classes": 100, "noise_rate": 0.98},
    {"q": 0.7, "k": 0.5, "num_classes": 100, "noise_rate": 0.99},
]


# --- Python


@pytest.mark.parametrize(
    ("trait", "value", "expected"),
    [
        ("q", 0, "in (0, 1]"),
        ("q", 1.01, "in (0, 1]"),
        ("k", 1, "in [0, 1)"),
        ("noise_rate", 1.0, "in [0, 1)"),
        ("noise_rate", -0.1, "in [0, 1)"),
        ("num_classes", 1, "an integer in [2, 100]"),
        ("num_classes", 101, "an integer in [2, 100]"),
        ("num_classes", 2.5, "an integer in [2, 100]"),
        ("num_classes", "ten", "an integer in [2, 100]"),
    ],
)
def test_a_value_outside_its_range_is_refused_in_one_sentence(trait, value, expected):
    check_refused(BoundExplorer, trait, value, expected)


def test_traits_travel_to_the_browser_and_back():
    figure = BoundExplorer(q=1, num_classes=100)
    state = {"q": 1.0, "k": 0.0, "num_classes": 100, "noise_rate": 0.4}
    assert state.items() <= figure.get_state().items()
    figure.set_state({"num_classes": 2, "noise_rate": 0.25})
    assert (figure.num_classes, figure.noise_rate) == (2, 0.25)
    assert type(figure.num_classes) is int


@pytest.mark.parametrize(("k", "curves"), [(0.0, 2), (0.5, 1)])
def test_the_still_figure_draws_the_bounds_over_the_problems(k, curves):
    figure = BoundExplorer(q=0.5, k=k, num_classes=3, noise_rate=0.3)
    largest = (1 - k**0.5) / 0.5
    left, right = figure.still().axes
    assert len(left.get_legend().get_texts()) == curves
    for axes, bound in (
        (left, theory.noisy_risk_bound),
        (right, lambda *a: -theory.clean_risk_bound(*a)),
    ):
        (dots,) = axes.collections
        eta, gap = torch.tensor(dots.get_offsets().data).T
        assert len(eta) > 40
        assert (gap * largest <= bound(0.5, 3, eta, k) * (1 + 1e-9)).all()
        drawn = axes.lines[curves - 1 if axes is left else 0]
        eta, share = map(torch.tensor, drawn.get_data())
        torch.testing.assert_close(share * largest, bound(0.5, 3, eta, k))
    assert "q = 0.50" in figure.alt()
    assert "3 classes" in figure.alt()
    assert ("k = 0.50" in figure.alt()) == (k > 0)


# --- in the browser


@pytest.fixture(scope="module")
def static_page(tmp_path_factory):
    figures = [BoundExplorer(), BoundExplorer(q=0.3, num_classes=3)]
    return write_page(tmp_path_factory.mktemp("page"), figures)


def expected_bounds(q, k, num_classes, noise_rate):
    """What gce_lib says at one state; NaN where a theorem does not apply."""
    reach = noise_rate <= 1 - 1 / num_classes
    arguments = (q, num_classes, noise_rate, k)
    by_class = theory.class_dependent_risk_bound(q, num_classes, 1 - noise_rate)
    return {
        "noisy": theory.noisy_risk_bound(*arguments) if reach else math.nan,
        "clean": -theory.clean_risk_bound(*arguments) if reach else math.nan,
        "byClass": by_class if k == 0 else math.nan,
    }


def test_the_numbers_read_out_are_those_of_the_library(chromium, static_page):
    with open_page(chromium, static_page) as page:
        answers = read_numbers(page, GRID)
        assert not page.problems
    for state, answer in zip(GRID, answers, strict=True):
        largest = (1 - state["k"] ** state["q"]) / state["q"]
        for row, bound in expected_bounds(**state).items():
            near = {"rel": 1e-9, "abs": 1e-13, "nan_ok": True}
            assert answer[f"{row}.bound"] == pytest.approx(bound, **near), state
            assert answer[f"{row}.share"] == pytest.approx(bound / largest, **near)
        for row in ("noisy", "clean"):
            assert 0 <= answer[f"{row}.used"] <= 1 + 1e-9, state


def solved_in_javascript(page, q, k, c):
    """The random problems of the module that the page runs, and what it says of them.

    The module is imported again, by itself.
    """
    return page.evaluate(
        """async ([source, parameters]) => {
            const blob = new Blob([source], { type: "text/javascript" });
            const module = await import(URL.createObjectURL(blob));
            return module.drawProblems(parameters.c).slice(0, 150).map((problem) => {
                const { clean, noisy } = module.risks(problem, parameters);
                return {
                    noise: problem.noise,
                    posterior: [...problem.posterior],
                    nll: [...problem.nll],
                    clean: [...clean],
                    noisy: [...noisy],
                    gaps: module.gaps(problem, parameters),
                };
            });
        }""",
        [bundle("bounds/cloud.js"), {"q": q, "k": k, "c": c}],
    )


@pytest.mark.parametrize(
    ("q", "k", "c"), [(0.7, 0.0, 10), (0.2, 0.0, 2), (0.7, 0.5, 3), (1.0, 0.3, 5)]
)
def test_the_random_problems_are_solved_as_the_library_solves_them(
    chromium, static_page, q, k, c
):
    with open_page(chromium, static_page) as page:
        solved = solved_in_javascript(page, q, k, c)
        assert solved == solved_in_javascript(page, q, k, c)  # one seed, one cloud

    def column(name):
        return torch.tensor([one[name] for one in solved], dtype=torch.float64)

    n, noise = len(solved), column("noise")
    problems = FiniteProblem(
        weights=torch.full((n, 2), 0.5, dtype=torch.float64),
        posterior=column("posterior").reshape(n, 2, c),
        hypotheses=column("nll").neg().exp().reshape(n, 8, 2, c),
        T=uniform_noise(noise, c),
        q=torch.full_like(noise, q),
        k=torch.full_like(noise, k),
    )
    near = {"rtol": 1e-9, "atol": 1e-11}
    torch.testing.assert_close(column("clean"), problems.clean_risks, **near)
    torch.testing.assert_close(column("noisy"), problems.noisy_risks, **near)
    check = check_theorem_1(problems)
    gaps = {name: [one["gaps"][name] for one in solved] for name in ("noisy", "clean")}
    noisy, clean = (torch.tensor(gap, dtype=torch.float64) for gap in gaps.values())
    torch.testing.assert_close(noisy, check.noisy_gap, **near)
    torch.testing.assert_close(clean, -check.clean_gap, **near)
    assert (noisy > 0).sum() > 10


def test_no_noise_rate_reaches_a_choice_at_q_1(chromium, static_page):
    with open_page(chromium, static_page, fragment="#q=1&k=0") as page:
        assert cloud(page, 0) == cloud(page, 1) == []
        sentence = page.locator(".gce-sentence").first.inner_text()
        assert "changes the choice in 0." in sentence
    with open_page(chromium, static_page, fragment="#q=0.5&k=0") as page:
        assert len(cloud(page, 0)) > 50


def plot(page, panel):
    return page.locator(".gce-explorer").first.locator(".gce-plot").nth(panel)


def drawn(page, panel, kind):
    """The points of a path in the plane of noise rate and share."""
    box = plot(page, panel)
    width, height = (float(box.get_attribute(name)) for name in ("width", "height"))
    path = box.locator(f".gce-{kind}").get_attribute("d")
    numbers = re.findall(r"[ML](-?[\d.]+),(-?[\d.]+)", path)
    return [(float(x) / width, 10 ** (1 - 4 * float(y) / height)) for x, y in numbers]


def cloud(page, panel):
    return drawn(page, panel, "cloud")[::2]


def test_curves_and_dots_are_drawn_where_the_numbers_are(chromium, static_page):
    fragment = "#q=0.7&k=0&num_classes=10"
    bounds = {
        (0, "lq"): theory.noisy_risk_bound,
        (0, "ce"): lambda q, c, eta: theory.class_dependent_risk_bound(q, c, 1 - eta),
        (1, "lq"): lambda q, c, eta: -theory.clean_risk_bound(q, c, eta),
    }
    with open_page(chromium, static_page, fragment=fragment) as page:
        for (panel, kind), bound in bounds.items():
            points = drawn(page, panel, kind)
            assert len(points) > 300
            for eta, share in points:
                if 0.05 < eta < 0.85:
                    expected = 0.7 * bound(0.7, 10, eta)
                    assert share == pytest.approx(expected, rel=0.03), (kind, eta)
            if kind == "lq":
                for eta, share in cloud(page, panel):
                    eta = min(eta, 0.8999)
                    assert share <= 0.7 * bound(0.7, 10, eta) * 1.05


@pytest.mark.parametrize("name", ["q", "num_classes", "k"])
def test_a_key_moves_a_slider_the_bounds_and_the_cloud(chromium, static_page, name):
    with open_page(chromium, static_page) as page:
        before = [drawn(page, panel, "lq") for panel in (0, 1)]
        dots = cloud(page, 1)
        slider(page, name).focus()
        page.keyboard.press("PageUp")
        rest(page)
        after = [drawn(page, panel, "lq") for panel in (0, 1)]
        assert all(old != new for old, new in zip(before, after, strict=True))
        assert cloud(page, 1) != dots
        assert slider(page, name).evaluate("node => node.labels.length") == 1


def test_the_noise_rate_follows_the_pointer_and_leaves_the_cloud(chromium, static_page):
    with open_page(chromium, static_page) as page:
        dots = cloud(page, 1)
        chart = page.locator(".gce-chart svg[role=img]").nth(1).bounding_box()
        page.mouse.move(chart["x"] + chart["width"] / 2, chart["y"] + 60)
        page.mouse.down()
        page.mouse.move(chart["x"] + 3 * chart["width"], chart["y"] + 60, steps=3)
        page.mouse.up()
        rest(page)
        assert slider(page, "noise_rate").input_value() == "0.99"
        assert cloud(page, 1) == dots
        row = page.locator("[data-row=clean]").first
        assert row.inner_text() == "–"


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        ("#noise_rate=0.4", "costs at most 0.114, 8 % of the range"),
        ("#noise_rate=0.85", "more than the range of the loss: the bound is empty"),
        ("#noise_rate=0.9", "is not below 1 − 1/c = 0.90: nothing is bounded"),
        ("#q=1", "At q = 1 the loss is symmetric"),
    ],
)
def test_the_sentence_says_what_the_bound_is_worth(
    chromium, static_page, fragment, words
):
    with open_page(chromium, static_page, fragment=fragment) as page:
        seen = page.locator(".gce-sentence").first.inner_text()
        assert words in seen.replace("\N{NO-BREAK SPACE}", " ")
        heard = page.locator("[aria-live=polite]").first
        heard.filter(has_text=re.compile(r"random problems")).wait_for(state="attached")


def test_the_address_carries_the_state(chromium, static_page):
    fragment = "#q=0&num_classes=400&noise_rate=0.25&k=oops"
    with open_page(chromium, static_page, fragment=fragment) as page:
        names = ("q", "k", "num_classes", "noise_rate")
        values = [slider(page, name).input_value() for name in names]
        assert values == ["0.01", "0", "100", "0.25"]  # clamped, and left alone
        slider(page, "num_classes").fill("7")
        page.wait_for_function("location.hash.includes('num_classes=7&')")
        page.get_by_role("button", name="Reset").first.click()
        rest(page)
        assert slider(page, "num_classes").input_value() == "10"
        assert not page.problems


@pytest.mark.parametrize(("width", "theme"), WIDTHS_AND_THEMES)
def test_the_figure_fits_its_page_in_both_themes(chromium, static_page, width, theme):
    check_fit(chromium, static_page, width, theme)
