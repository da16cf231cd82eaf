"""Where a page opens: at its section or its figure, or where the reader had been."""

from pathlib import Path

import pytest
from figures import CASES, every_figure

from gce_lib.explorers import BoundExplorer, LossExplorer
from tools.browser import STATIC, open_page, rest, write_page

BOOK_STYLE = Path(__file__).parents[2] / "book/_static/book.css"
HEADER = 64  # pixels that the book's header covers
TEXT = "<p style='height: 500px'>Text</p>"
SHIFTS = """() => new Promise((done) => {
    new PerformanceObserver((list) => done(list.getEntries()
        .reduce((sum, entry) => sum + entry.value, 0)))
        .observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(0), 500);
})"""


def book_page(folder, figures):
    """A page of figures between texts and sections, below a header that stays."""
    path = write_page(folder, figures)
    source = path.read_text(encoding="utf-8")
    head = (
        f'<script defer src="{(STATIC / "place.js").as_uri()}"></script>'
        f'<link rel="stylesheet" href="{BOOK_STYLE.as_uri()}">'
        f"<style>html {{ scroll-padding-top: {HEADER}px; scroll-behavior: smooth }}"
        f"</style><main>{TEXT}"
    )
    source = source.replace("<main>", head)
    section = f"</div><section id='after'><h2>After</h2>{TEXT * 3}</section>"
    figure = '<div class="gce-static"'
    source = source.replace("</main>", section.removeprefix("</div>") + "</main>")
    source = source.replace(figure, TEXT + figure)
    path.write_text(source, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    figures = [LossExplorer(), BoundExplorer(), LossExplorer(q=0.2)]
    return book_page(tmp_path_factory.mktemp("book"), figures)


def top(page, selector):
    """How far an element is below the header."""
    box = page.locator(selector).first.bounding_box()
    return box["y"] - HEADER


def wait_for_rest(page):
    """Until the page has not scrolled for half a second: its place is kept then."""
    page.evaluate(
        """async () => {
            for (let last, same = 0; same < 5; last = scrollY) {
                await new Promise((done) => setTimeout(done, 100));
                same = scrollY === last ? same + 1 : 0;
            }
        }"""
    )


@pytest.mark.parametrize("width", [1280, 320])
def test_a_link_to_a_section_lands_there_though_figures_grow(chromium, book, width):
    viewport = {"width": width, "height": 700}
    with open_page(chromium, book, fragment="#after", viewport=viewport) as page:
        assert top(page, "#after") == pytest.approx(0, abs=2)
        # Something above grows later, as formulas do.
        page.evaluate("document.querySelector('p').style.height = '900px'")
        rest(page)
        assert top(page, "#after") == pytest.approx(0, abs=2)


def test_a_reader_who_has_moved_on_is_left_alone(chromium, book):
    with open_page(chromium, book, fragment="#after") as page:
        page.mouse.wheel(0, -700)
        page.wait_for_function("() => document.querySelector('#after')"
                               ".getBoundingClientRect().top > 300")  # fmt: skip
        wait_for_rest(page)
        before = page.evaluate("scrollY")
        page.evaluate("document.querySelector('#after p').style.height = '900px'")
        rest(page)
        assert page.evaluate("scrollY") == before


@pytest.mark.parametrize(("name", "place"), [("loss", 0), ("bounds", 1), ("loss2", 2)])
def test_a_link_to_a_figure_opens_at_it_below_the_header(chromium, book, name, place):
    with open_page(chromium, book, fragment=f"#{name}-q=0.25") as page:
        figure = page.locator(".gce-explorer").nth(place)
        assert 0 <= figure.bounding_box()["y"] - HEADER < 100
        assert figure.locator("input[name=q]").input_value() == "0.25"


def test_after_reload_and_back_the_reader_is_where_they_were(chromium, book):
    with open_page(chromium, book, fragment="#bounds-q=0.25") as page:
        page.evaluate("scrollBy({ top: 150, behavior: 'instant' })")
        wait_for_rest(page)
        before = page.evaluate("scrollY")
        page.reload()
        page.wait_for_selector(".gce-mounted")
        wait_for_rest(page)
        assert page.evaluate("scrollY") == pytest.approx(before, abs=2)
        page.evaluate("location.hash = 'after'")
        page.wait_for_function("() => Math.abs(document.querySelector('#after')"
                               ".getBoundingClientRect().top - 64) < 2")  # fmt: skip
        wait_for_rest(page)
        page.go_back()
        wait_for_rest(page)
        assert page.evaluate("scrollY") == pytest.approx(before, abs=2)
        page.goto("about:blank")
        page.go_back()
        page.wait_for_selector(".gce-mounted")
        wait_for_rest(page)
        assert page.evaluate("scrollY") == pytest.approx(before, abs=2)
        assert page.problems == []


@every_figure
@pytest.mark.parametrize("width", [690, 330])
def test_the_place_that_is_kept_for_a_figure_has_its_height(
    chromium, tmp_path, name, width
):
    case = CASES[name]
    path = book_page(tmp_path, [case.make()])
    viewport = {"width": width, "height": 900}
    with open_page(chromium, path, viewport=viewport) as page:
        live = page.locator(".gce-explorer").bounding_box()["height"]
        assert page.evaluate(SHIFTS) < 0.05
    kept = case.make()._heights[0 if width > 600 else 1]
    assert kept == pytest.approx(live, rel=0.1)
