"""Slides: one thing on each, nothing cut off, the rest in the speaker's notes."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from tools.browser import open_page, slider
from tools.slides.deck import slides_of
from tools.slides.decks import CHAPTERS, print_decks, write_decks

ROOT = Path(__file__).parents[2]
PAGE = """<article><section>
<h1><span class="section-number">4. </span>A loss<a class="headerlink">#</a></h1>
<p><strong>Why one reads this.</strong></p>
<section><h2>A rule</h2>
<p>First some <a href="x">history</a>.
Then the rule:</p>
<div class="math">\\[ a \\]</div>
<p>and with it</p>
<div class="math">\\[ b \\]</div>
<div class="proof admonition">why</div>
<div class="proof theorem admonition">so it is</div>
<div class="cell"><div class="cell_input">code</div>
<div class="cell_output"><img src="a.png" alt="A curve"></div></div>
<p><strong>What to see.</strong> It falls.
And rises.</p>
</section>
<section><h2>Only words</h2><p>One thing.
Another thing.</p></section>
<section><h2>Exercises</h2><ul><li>none of them</li></ul></section>
</section></article>"""


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    return write_decks(ROOT, tmp_path_factory.mktemp("slides"))


def small_deck():
    return slides_of(BeautifulSoup(PAGE, "html.parser").article)


def test_a_slide_shows_one_thing_and_the_sentence_that_leads_to_it():
    title, formulas, theorem, figure, words = small_deck()
    assert (title.heading, title.kind) == ("A loss", "title")
    assert [node.get_text().strip() for node in formulas.body] == [
        "Then the rule:",
        "\\[ a \\]",
        "and with it",
        "\\[ b \\]",
    ]
    assert theorem.body[0].get_text() == "so it is"
    assert figure.body[0]["alt"] == "A curve"
    assert figure.body[1].get_text().strip() == "It falls."
    assert (words.heading, words.body[0].get_text()) == ("Only words", "One thing.")


def test_what_a_slide_does_not_show_is_in_the_notes():
    slides = small_deck()
    notes = "".join(str(note) for slide in slides for note in slide.notes)
    assert "First some history." in notes
    assert "And rises." in notes
    assert "Another thing." in notes
    text = "".join(str(node) for slide in slides for node in slide.body)
    assert not any(word in text + notes for word in ("code", "why", "none of them"))


def test_every_chapter_of_problem_theory_and_tables_has_a_deck(decks):
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    parts = ("book/problem/", "book/theory/")
    chapters = {line.split()[-1] for line in toc.splitlines() if "file: " in line}
    taught = {c.removeprefix("book/") for c in chapters if c.startswith(parts)}
    assert taught - {"theory/playground"} <= set(CHAPTERS)
    index = (decks[0].parent / "index.html").read_text(encoding="utf-8")
    assert all(deck.name in index for deck in decks)


def test_the_pdf_has_a_leaf_a_slide(decks):
    deck = decks[CHAPTERS.index("theory/lq-loss")]
    print_decks([deck])
    source = BeautifulSoup(deck.read_text(encoding="utf-8"), "html.parser")
    assert source.select(".notes math")  # the speaker's window draws them, too
    leaves = PdfReader(deck.with_suffix(".pdf")).pages
    assert len(leaves) == len(source.select(".slides > section"))


LOOK = """() => [...document.querySelectorAll(".slides > section")].map((slide) => {
    const { clientWidth, scrollWidth, scrollHeight, style } =
        slide.querySelector(".fit");
    return {
        height: scrollHeight * (style.zoom || 1),
        wide: scrollWidth - clientWidth,
        words: slide.innerText.trim().length,
        zoom: Number(style.zoom || 1),
    };
})"""


@pytest.mark.parametrize("name", CHAPTERS)
def test_nothing_is_cut_off_and_formulas_stand(chromium, decks, name):
    deck = decks[CHAPTERS.index(name)]
    size = {"width": 1280, "height": 720}
    with open_page(chromium, deck, viewport=size) as page:
        page.wait_for_selector("html[data-ready]", state="attached")
        slides = page.evaluate(LOOK)
        formulas = page.locator(".fit .math").count()
        assert page.locator(".fit .math > math").count() == formulas
        assert page.locator(".notes p").count() > len(slides) / 2
        assert page.problems == []
    assert 8 <= len(slides) <= 45
    assert all(slide["words"] > 10 for slide in slides)
    assert max(slide["height"] for slide in slides) <= 720
    assert max(slide["wide"] for slide in slides) <= 1
    assert min(slide["zoom"] for slide in slides) > 0.4


def test_a_live_figure_lives_on_its_slide(chromium, decks):
    deck = decks[CHAPTERS.index("theory/lq-loss")]
    with open_page(chromium, deck) as page:
        page.wait_for_selector("html[data-ready]", state="attached")
        figure = page.locator(".gce-explorer").first
        at = figure.evaluate(
            "node => [...document.querySelectorAll('.slides > section')]"
            ".indexOf(node.closest('.slides > section'))"
        )
        page.evaluate("at => Reveal.slide(at)", at)
        before = figure.inner_text()
        slider(page, "q").press("ArrowRight")
        page.wait_for_function(
            "([node, text]) => node.innerText !== text",
            arg=[figure.element_handle(), before],
        )
        assert page.evaluate("Reveal.getIndices().h") == at
        assert not page.locator(".gce-mounted .gce-still").first.is_visible()


def test_on_paper_the_still_stands_in_for_a_live_figure(chromium, decks):
    deck = decks[CHAPTERS.index("theory/lq-loss")]
    with open_page(chromium, deck, fragment="?print-pdf") as page:
        page.wait_for_selector("html[data-ready]", state="attached")
        page.emulate_media(media="print")
        assert page.locator(".gce-still").first.is_visible()
        assert not page.locator(".gce-explorer").first.is_visible()
