"""The explorer of label noise: traits, its matrix and its wall in a real browser."""

import itertools
import math

import pytest
import torch
from traitlets import TraitError
from traits import check_refused

from gce_lib import data, noise
from gce_lib.explorers import NoiseExplorer
from tools.browser import (
    open_page,
    read_numbers,
    rest,
    slider,
    write_page,
)

KINDS = {
    "uniform": lambda rate: noise.symmetric(10, rate),
    "redrawn": lambda rate: noise.symmetric(10, rate, self_flips=True),
    "pair": lambda rate: noise.pair_flip(10, rate),
    "class-map": lambda rate: noise.class_map(10, noise.FASHION_MNIST_MAP, rate),
}
RATES = (0.0, 0.05, 0.37, 0.5, 0.9, 1.0)
GRID = list(itertools.product(KINDS, RATES))
LABELS = data.load("fashion-mini").train_labels


# --- Python


@pytest.mark.parametrize("rate", [-0.1, 1.01, float("nan"), "0.4", None])
def test_a_rate_outside_its_range_is_refused_in_one_sentence(rate):
    check_refused(NoiseExplorer, "rate", rate, "in [0, 1]")


def test_an_unknown_kind_is_refused_and_the_examples_stay():
    with pytest.raises(TraitError, match="kind"):
        NoiseExplorer(kind="open-set")
    with pytest.raises(TraitError, match="examples"):
        NoiseExplorer().examples = {}


def test_traits_travel_to_the_browser_and_back():
    figure = NoiseExplorer(kind="pair", rate=1)
    state = figure.get_state()
    assert (state["kind"], state["rate"]) == ("pair", 1.0)
    assert state["examples"]["clean"] == LABELS[:36].tolist()
    figure.set_state({"kind": "redrawn", "rate": 0.25})
    assert torch.equal(figure.T, noise.symmetric(10, 0.25, self_flips=True))


@pytest.mark.parametrize("kind", KINDS)
def test_a_higher_rate_only_adds_wrong_labels(kind):
    figure, clean = NoiseExplorer(kind=kind, rate=0), LABELS[:36]
    before = figure.given
    assert torch.equal(before, clean)
    for rate in torch.linspace(0, 1, 51).tolist():
        figure.rate = rate
        now = figure.given
        kept = before != clean
        assert torch.equal(now[kept], before[kept])
        assert (figure.T[clean, now] > 0).all()
        before = now
    can_flip = KINDS[kind](1.0)[clean, clean] < 0.05
    assert (before != clean)[can_flip].all()


def test_the_labels_of_many_such_draws_follow_the_matrix():
    figure = NoiseExplorer(kind="redrawn", rate=0.7)
    count = 100_000
    draws = torch.rand(count, 2, generator=torch.Generator().manual_seed(0))
    figure.examples.update(clean=[3] * count, draws=draws.tolist())
    shares = torch.bincount(figure.given, minlength=10) / count
    torch.testing.assert_close(shares, figure.T[3].float(), rtol=0, atol=0.006)


def test_the_examples_of_one_figure_are_not_those_of_another():
    first, second = NoiseExplorer(), NoiseExplorer()
    first.examples["clean"].clear()
    assert len(second.examples["clean"]) == 36


@pytest.mark.parametrize("kind", KINDS)
def test_the_still_figure_shows_matrix_labels_and_wall(kind):
    figure = NoiseExplorer(kind=kind, rate=0.6)
    matrix, bars, wall = figure.still().axes
    written = {t.get_position(): t.get_text() for t in matrix.texts}
    T = KINDS[kind](0.6)
    assert written[(0, 0)] == f"{100 * T[0, 0]:.0f}"
    prior = torch.bincount(LABELS) / len(LABELS)
    heights = torch.tensor([bar.get_height() for bar in bars.patches]).reshape(2, 10)
    torch.testing.assert_close(
        heights.sum(0).double(), prior.double() @ T, rtol=0, atol=1e-6
    )
    wrong = int((figure.given != LABELS[:36]).sum())
    assert sum(text.get_text().startswith("✗") for text in wall.texts) == wrong
    assert f"{wrong} of them wrong" in figure.alt()
    assert "rate of 0.60" in figure.alt()


# --- in the browser


@pytest.fixture(scope="module")
def static_page(tmp_path_factory):
    figures = [NoiseExplorer(), NoiseExplorer(kind="pair", rate=0.2)]
    return write_page(tmp_path_factory.mktemp("page"), figures)


def first(page):
    return page.locator(".gce-explorer").first


def wall(page) -> list[tuple[str, str]]:
    """The given label and, where that is wrong, the true class of each image."""
    return first(page).evaluate(
        """node => [...node.querySelectorAll(".gce-wall li")].map((item) =>
            [".gce-given", ".gce-truth"].map((part) =>
                item.querySelector(part).textContent))"""
    )


def test_the_numbers_read_out_are_those_of_the_library(chromium, static_page):
    states = [{"kind": kind, "rate": rate} for kind, rate in GRID]
    prior = torch.bincount(LABELS).double() / len(LABELS)
    with open_page(chromium, static_page) as page:
        answers = read_numbers(page, [{"kind": "pair", "rate": 0.123}, *states])[1:]
        assert not page.problems
    for (kind, rate), answer in zip(GRID, answers, strict=True):
        T = KINDS[kind](rate)
        drawn = [[answer[f"T{i}.{j}"] for j in range(10)] for i in range(10)]
        shown = torch.tensor(drawn, dtype=torch.float64)
        torch.testing.assert_close(shown, T, rtol=1e-14, atol=1e-15)
        right = torch.tensor([answer[f"right.{j}"] for j in range(10)]).double()
        wrong = torch.tensor([answer[f"wrong.{j}"] for j in range(10)]).double()
        near = {"rtol": 1e-6, "atol": 1e-7}
        torch.testing.assert_close(right, prior * T.diagonal(), **near)
        torch.testing.assert_close(right + wrong, prior @ T, **near)
        off_diagonal = T.clone().fill_diagonal_(-math.inf).amax(dim=1)
        expected = {
            "rate": 1 - (prior * T.diagonal()).sum().item(),
            "worst": 1 - T.diagonal().min().item(),
            "margin": (T.diagonal() - off_diagonal).min().item(),
        }
        for column, value in expected.items():
            assert answer[f"noise.{column}"] == pytest.approx(value, abs=1e-7)


def go(page, kind, rate):
    """Change the address, and wait until the figure has followed."""
    page.evaluate("hash => { location.hash = hash; }", f"kind={kind}&rate={rate}")
    first(page).locator("output", has_text=f"{rate:.2f}").wait_for()
    rest(page)


def test_the_wall_carries_the_labels_of_python(chromium, static_page):
    with open_page(chromium, static_page) as page:
        for kind, rate in GRID:
            figure = NoiseExplorer(kind=kind, rate=rate)
            names, clean = figure.examples["names"], figure.examples["clean"]
            go(page, kind, rate)
            assert wall(page) == [
                [names[label], f"({names[truth]})" if label != truth else ""]
                for label, truth in zip(figure.given.tolist(), clean, strict=True)
            ]
            flipped = sum(figure.given != torch.tensor(clean))
            assert first(page).locator(".gce-flipped").count() == flipped


def test_the_pictures_are_the_images_of_the_data_set(chromium, static_page):
    sprite = NoiseExplorer().examples["sprite"]
    images = data.load("fashion-mini").train_images
    with open_page(chromium, static_page) as page:
        opacity = page.evaluate(
            """async (source) => {
                const image = new Image();
                image.src = source;
                await image.decode();
                const canvas = document.createElement("canvas");
                [canvas.width, canvas.height] = [image.width, image.height];
                const context = canvas.getContext("2d");
                context.drawImage(image, 0, 0);
                const { data } = context.getImageData(0, 0, image.width, image.height);
                return [...data].filter((_, i) => i % 4 === 3);
            }""",
            sprite,
        )
        shown = first(page).locator(".gce-picture").nth(8)
        style = shown.evaluate("node => getComputedStyle(node).maskPosition")
    mosaic = torch.tensor(opacity, dtype=torch.uint8).reshape(168, 168)
    assert torch.equal(mosaic[28:56, 56:84], images[8, :, :, 0])
    assert style == "40% 20%"


def test_keys_move_the_rate_and_choose_the_kind(chromium, static_page):
    with open_page(chromium, static_page) as page:
        before = wall(page)
        slider(page, "rate").focus()
        page.keyboard.press("End")
        rest(page)
        assert slider(page, "rate").input_value() == "1"
        assert all(truth for _, truth in wall(page))
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        rest(page)
        assert first(page).locator("input[value=pair]").is_checked()
        assert wall(page) != before
        cell = first(page).locator("[data-row=T0][data-column='1']")
        assert cell.inner_text() == "100"
        assert slider(page, "rate").evaluate("node => node.labels.length") == 1


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        ("#rate=0.4", "Of 100 labels 40 are wrong"),
        ("#rate=0.4", "still the most frequent one, by 55.6 points or more"),
        ("#kind=redrawn&rate=0.5", "Of 100 labels 50 are redrawn, and 45 are wrong"),
        ("#rate=0.9", "has lost its lead in every class"),
        ("#kind=pair&rate=0.5", "has lost its lead in every class"),
        (
            "#kind=class-map&rate=0.5",
            "lost its lead in T-shirt, Pullover, Dress, Sneaker and Ankle boot:",
        ),
    ],
)
def test_the_sentence_says_what_the_noise_does(chromium, static_page, fragment, words):
    with open_page(chromium, static_page, fragment=fragment) as page:
        assert words in first(page).locator(".gce-sentence").inner_text()
        heard = first(page).locator("[aria-live=polite]")
        heard.filter(has_text="are wrong").wait_for(state="attached")


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_jumps_when_labels_change(chromium, static_page, width):
    viewport = {"width": width, "height": 800}
    with open_page(chromium, static_page, viewport=viewport) as page:
        heights = set()
        for rate in ("0", "0.3", "1"):
            slider(page, "rate").fill(rate)
            rest(page)
            heights.add(first(page).locator(".gce-wall").bounding_box()["height"])
        assert len(heights) == 1
