"""The built book in a real browser: file://, no network, every page of the contents."""

import itertools
import re
from pathlib import Path

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from sphinx_external_toc.parsing import parse_toc_yaml

from gce_lib.losses import truncated_gce_from_nll
from tools.browser import layout_shift, open_page, read_numbers, weight

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
PAGES = sorted(parse_toc_yaml(ROOT / "_toc.yml"))
WITH_EXPLORER = ["book/index", "book/theory/lq-loss"]
FOREIGN = ".citation-list"  # docutils gives this list a role that its markup belies
PHONE = {"width": 360, "height": 740}
FILE_NAME = re.compile(r"\.(png|svg|jpe?g|gif|webp)$|^_images", re.IGNORECASE)
UNFOLD = """() => {
    document.querySelectorAll("details").forEach((node) => (node.open = true));
    document.querySelectorAll("button.toggle-button-hidden").forEach((b) => b.click());
}"""


@pytest.fixture(scope="module")
def visit(chromium):
    """Open a page of the book by its name in the table of contents."""

    def visit(name, **options):
        path = HTML / f"{name}.html"
        assert path.is_file(), f"no {path.relative_to(ROOT)}: run `make book` first"
        return open_page(chromium, path, **options)

    return visit


every_page = pytest.mark.parametrize("name", PAGES)


WIDE_TABLES = """() => [...document.querySelectorAll("article table")]
    .filter((table) => table.scrollWidth > table.parentElement.clientWidth + 1)
    .map((table) => table.textContent.trim().slice(0, 80))"""


@every_page
def test_a_page_opens_with_no_network_and_no_error(visit, name):
    with visit(name) as page:
        assert layout_shift(page) < 0.1
        assert 0.5 < weight(page) < 1.5
        assert page.evaluate(WIDE_TABLES) == []
        page.mouse.wheel(0, 3000)
        page.wait_for_timeout(300)
        assert page.problems == []


@every_page
def test_formulas_stand_where_no_script_runs(chromium, name):
    with chromium.new_context(offline=True, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto((HTML / f"{name}.html").as_uri())
        formulas = page.locator("span.math, div.math").count()
        assert page.locator(":is(span.math, div.math) > math").count() == formulas
        assert "\\(" not in page.locator("article").inner_text()


@every_page
def test_every_picture_says_what_it_shows(visit, name):
    with visit(name) as page:
        images = page.locator("main img").evaluate_all(
            "all => all.map(image => [image.alt.trim(), image.src.slice(0, 80)])"
        )
    for alt, source in images:
        assert len(alt) > 3, source
        assert not FILE_NAME.search(alt), alt


@every_page
def test_every_widget_is_shown(visit, name):
    with visit(name) as page:
        views = page.locator('script[type$="widget-view+json"]')
        shown = page.locator(".gce-explorer, .gce-frozen")
        assert shown.count() == views.count()
        for frozen in page.locator(".gce-frozen").all():
            cell = frozen.locator("xpath=..")
            assert "moves only with a running kernel" in cell.inner_text()
            assert cell.locator("img").count() > 0
            assert cell.locator("input:enabled, select:enabled").count() == 0


OUT_OF_REACH = """() => {
    const scrolls = (node) => node.scrollWidth > node.clientWidth + 1 &&
        getComputedStyle(node).overflowX === "auto";
    const reach = (node) =>
        node.tagName === "ARTICLE" ? false : scrolls(node) || reach(node.parentElement);
    return [...document.querySelectorAll("article math")]
        .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
        .filter((node) => !reach(node.parentElement))
        .map((node) => node.textContent);
}"""


@every_page
def test_a_page_fits_a_phone(visit, name):
    with visit(name, viewport=PHONE) as page:
        width = page.evaluate("document.scrollingElement.scrollWidth")
        assert width <= PHONE["width"] + 1
        assert layout_shift(page) < 0.1
        assert page.evaluate(OUT_OF_REACH) == []


@every_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_accessible(visit, name, scheme):
    """No serious or critical finding of axe-core, with every answer unfolded."""
    with visit(name, color_scheme=scheme) as page:
        page.evaluate(UNFOLD)
        page.wait_for_timeout(500)  # the theme waits, too, before it looks again
        answer = Axe().run(page, context={"include": ["main"], "exclude": [FOREIGN]})
    found = [
        (violation["id"], node["html"][:200], node["failureSummary"])
        for violation in answer.response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    assert found == []


@pytest.mark.parametrize("name", WITH_EXPLORER)
def test_the_slider_reads_out_the_numbers_of_the_library(visit, name):
    grid = [
        {"q": q, "k": k, "p": p}
        for q, k, p in itertools.product((0, 0.35, 0.7, 1), (0, 0.5), (0.05, 0.3, 0.9))
    ]
    with visit(name) as page:
        answers = read_numbers(page, grid)
    for state, answer in zip(grid, answers, strict=True):
        q, k, p = state["q"], state["k"], state["p"]
        nll = (-torch.tensor(p, dtype=torch.float64).log()).requires_grad_()
        loss = truncated_gce_from_nll(nll, q, k)
        (weight,) = torch.autograd.grad(loss, nll)
        assert answer["lq.loss"] == pytest.approx(loss.item(), rel=1e-12)
        assert answer["lq.weight"] == pytest.approx(weight.item(), rel=1e-12)
        assert answer["lq.logit"] == pytest.approx(weight.item() * (1 - p), rel=1e-12)


def curves(page):
    """The paths of L_q in the two charts of the page's first live figure."""
    figure = page.locator(".gce-explorer").first
    paths = figure.locator(".gce-plot .gce-curve.gce-lq").all()
    return [path.get_attribute("d") for path in paths]


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, PHONE])
@pytest.mark.parametrize("name", WITH_EXPLORER)
def test_moving_q_by_mouse_and_by_keyboard_moves_both_curves(visit, name, viewport):
    with visit(name, viewport=viewport) as page:
        slider = page.locator(".gce-explorer input[name=q]").first
        slider.scroll_into_view_if_needed()
        first = curves(page)
        box = slider.bounding_box()
        share = float(slider.input_value())
        y = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + 8 + (box["width"] - 16) * share, y)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 4, y, steps=6)
        page.mouse.up()
        page.wait_for_timeout(100)
        second = curves(page)
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(100)
        third = curves(page)
    for paths in zip(first, second, third, strict=True):
        assert len(set(paths)) == 3


@pytest.mark.parametrize("name", WITH_EXPLORER)
def test_a_link_opens_the_page_in_its_state(visit, name):
    with visit(name, fragment="#q=0.25&k=0.50&p=0.80") as page:
        figure = page.locator(".gce-explorer").first
        values = [
            figure.locator(f"input[name={trait}]").input_value() for trait in "qkp"
        ]
        assert values == ["0.25", "0.5", "0.8"]
        assert figure.is_visible()
        assert page.problems == []


PALE = """() => [...document.querySelectorAll("main *")].filter((node) => {
    const text = [...node.childNodes].some((child) =>
        child.nodeType === Node.TEXT_NODE && child.data.trim());
    if (!text || !node.offsetParent) return false;
    const [red, green, blue] = getComputedStyle(node).color.match(/[\\d.]+/g);
    return 0.3 * red + 0.6 * green + 0.1 * blue > 158;
}).map((node) => node.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize(
    "name", ["book/theory/truncated-loss", "book/reference/use-it"]
)
def test_paper_is_light_in_the_dark_theme_and_code_wraps(visit, name):
    viewport = {"width": 700, "height": 900}
    with visit(name, viewport=viewport, color_scheme="dark") as page:
        assert page.evaluate(PALE) != []
        page.emulate_media(media="print", color_scheme="dark")
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == "rgb(255, 255, 255)"
        assert page.evaluate(PALE) == []
        cut = page.locator("main pre").evaluate_all(
            "all => all.filter(node => node.scrollWidth > node.clientWidth + 1).length"
        )
        assert cut == 0


def test_pictures_are_dark_in_the_dark_and_light_on_paper(visit):
    look = (
        "node => [getComputedStyle(node).filter, getComputedStyle(node).mixBlendMode]"
    )
    with visit("book/theory/lq-loss", color_scheme="dark") as page:
        picture = page.locator(".cell_output img:not(.gce-still)").first
        assert picture.evaluate(look) == ["invert(1) hue-rotate(180deg)", "screen"]
        page.emulate_media(media="print", color_scheme="dark")
        assert picture.evaluate(look) == ["none", "normal"]


def test_the_search_works_with_no_network_and_its_results_lead_to_the_word(visit):
    with visit("search", fragment="?q=superclass") as page:
        results = page.locator("#search-results li a")
        results.first.wait_for()
        results.first.click()
        marked = page.locator("main .highlighted").first
        marked.wait_for(state="attached")
        assert "superclass" in marked.inner_text().lower()
        # On file:// the words around a result cannot be fetched: its title will do.
        assert not any("another host" in problem for problem in page.problems)


@pytest.mark.parametrize(
    ("name", "fragment"),
    [
        ("book/theory/truncated-loss", "#pruning-epoch=1"),
        ("book/theory/truncated-loss", "#bounds-num_classes=3"),
        ("book/practice/training", "#play-q=0.30"),
        ("book/practice/training", None),
        ("book/theory/truncated-loss", None),
    ],
)
def test_links_to_figures_and_sections_land_below_the_header(visit, name, fragment):
    target = ".gce-explorer[data-linked]"
    if fragment is None:
        with visit(name) as page:
            section = page.locator("main section[id]").last.get_attribute("id")
        fragment, target = f"#{section}", f"[id='{section}']"
    with visit(name, fragment=fragment) as page:
        top = page.locator(target).first.bounding_box()["y"]
        below = page.evaluate(
            "document.scrollingElement.scrollHeight - innerHeight - scrollY"
        )
        assert 40 < top < 200 or (top > 0 and below < 5)  # or the page ends here
