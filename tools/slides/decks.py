"""The files of the decks: one page a chapter, and all that it loads beside it."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from bs4 import Tag
from jinja2 import Environment, FileSystemLoader

from tools.browser import launch, open_page
from tools.editions.whole import Pages
from tools.formulas import STYLES
from tools.slides.deck import slides_of

HERE = Path(__file__).parent
CHAPTERS = (
    "problem/label-noise",
    "problem/noise-models",
    "theory/ce-and-mae",
    "theory/lq-loss",
    "theory/bounds",
    "theory/truncated-loss",
    "theory/neighbours",
    "practice/reproduction",
    "practice/since-2018",
)
REVEAL = (
    "dist/reset.css",
    "dist/reveal.css",
    "dist/reveal.js",
    "plugin/notes/notes.js",
    "plugin/notes/speaker-view.html",
)
STATE = 'script[type="application/vnd.jupyter.widget-state+json"]'


def write_decks(root: Path, folder: Path) -> list[Path]:
    """Write a deck for each chapter of the built book, and return their pages."""
    folder.mkdir(parents=True, exist_ok=True)
    copy_what_decks_load(root, folder)
    book = Pages(root)
    decks = [write_deck(book, name, folder) for name in CHAPTERS]
    links = "".join(
        f'<li><a href="{deck.name}">{title}</a></li>' for deck, title in decks
    )
    index = template("index.html.j2").render(links=links, title=book.title)
    (folder / "index.html").write_text(index, encoding="utf-8")
    return [deck for deck, _ in decks]


def copy_what_decks_load(root: Path, folder: Path) -> None:
    static = root / "_build" / "html" / "_static"
    (folder / "reveal").mkdir(exist_ok=True)
    with as_file(files("sphinx_revealjs") / "_static" / "revealjs") as reveal:
        for name in REVEAL:
            shutil.copy(reveal / name, folder / "reveal")
    for name in ("mount.js", STYLES):
        shutil.copy(static / name, folder)
    for name in ("slides.css", "start.js"):
        shutil.copy(HERE / name, folder)


def write_deck(book: Pages, name: str, folder: Path) -> tuple[Path, str]:
    """Write the deck of one chapter; return its page and its title."""
    page = f"book/{name}"
    soup = book.soup(page)
    slides = slides_of(soup.select_one("article.bd-article"))
    for slide in slides:
        for node in slide.body:
            prepare(node, book.html / page, folder)
    state = soup.select_one(STATE)
    text = template("page.html.j2").render(
        slides=slides,
        title=slides[0].heading,
        address=f"{book.site}{page}.html",
        state=state or "",
    )
    deck = folder / f"{Path(name).name}.html"
    deck.write_text(text, encoding="utf-8")
    return deck, slides[0].heading


def prepare(node: Tag, page: Path, folder: Path) -> None:
    """Copy a block's pictures, and leave no section: reveal takes it for a slide."""
    for image in [node, *node.select("img")]:
        source = image.get("src", "data:")
        if not source.startswith("data:"):
            (folder / "images").mkdir(exist_ok=True)
            path = page.parent / source
            shutil.copy(path, folder / "images")
            image["src"] = f"images/{path.name}"
    for section in node.select("section"):
        section.name = "div"
    for each in [node, *node.select("[id]")]:
        each.attrs.pop("id", None)


def template(name: str):
    return Environment(loader=FileSystemLoader(HERE)).get_template(name)


def print_decks(decks: list[Path]) -> None:
    """Write the PDF of each deck beside its page, a leaf a slide."""
    with launch() as browser:
        for deck in decks:
            with open_page(browser, deck, fragment="?print-pdf") as page:
                page.wait_for_selector("html[data-ready]", state="attached")
                page.pdf(
                    path=deck.with_suffix(".pdf"),
                    prefer_css_page_size=True,
                    print_background=True,
                )
