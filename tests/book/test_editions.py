"""The editions to take along: every link leads somewhere, and no network is needed."""

import re
import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from bs4 import BeautifulSoup
from pypdf import PdfReader

from tools.browser import open_page
from tools.editions.offline import pack_site
from tools.editions.pdf import print_book
from tools.editions.whole import Pages, whole_book

ROOT = Path(__file__).parents[2]
TWO = ["book/theory/lq-loss", "book/theory/neighbours"]


@pytest.fixture(scope="module")
def book():
    return BeautifulSoup(whole_book(ROOT), "html.parser")


@pytest.fixture(scope="module")
def two_chapters(tmp_path_factory):
    """A book of two chapters with the built pages of the whole one."""
    root = tmp_path_factory.mktemp("book")
    part = {"caption": "The theory", "chapters": [{"file": name} for name in TWO[1:]]}
    toc = {"format": "jb-book", "root": TWO[0], "parts": [part]}
    (root / "_toc.yml").write_text(yaml.safe_dump(toc), encoding="utf-8")
    shutil.copy(ROOT / "_config.yml", root)
    site = root / "_build" / "html"
    shutil.copytree(ROOT / "_build" / "html" / "_static", site / "_static")
    shutil.copytree(ROOT / "_build" / "html" / "_images", site / "_images")
    for name in TWO:
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "_build" / "html" / f"{name}.html", site / f"{name}.html")
    return root


def test_every_page_is_in_the_whole_book_under_its_own_name(book):
    articles = [node["id"] for node in book.select("article")]
    assert articles == Pages(ROOT).names
    names = [node["id"] for node in book.select("[id]")]
    assert len(names) == len(set(names))


def test_every_link_of_the_whole_book_leads_somewhere(book):
    names = {node["id"] for node in book.select("[id]")}
    links = [node["href"] for node in book.select("a[href]")]
    inner = [link[1:] for link in links if link.startswith("#")]
    assert len(inner) > 500
    assert set(inner) <= names
    assert all(re.match("https://|mailto:|#", link) for link in links)


def test_every_picture_and_style_of_the_whole_book_is_there(book):
    nodes = book.select("img[src], script[src], link[href]")
    paths = {node.get("src", node.get("href")).split("?")[0] for node in nodes}
    files = [path for path in paths if not path.startswith("data:")]
    assert len(files) > 50
    assert [f for f in files if not (ROOT / "_build" / "html" / f).is_file()] == []


def test_live_figures_of_the_whole_book_say_where_they_live(book):
    figures = book.select(".live-figure")
    assert len(figures) >= 10
    for figure in figures:
        assert figure.select_one("img")["alt"]
        assert figure.select_one("a[href^='https://'] svg")


def test_links_between_pages_become_places_of_one_page():
    pages = Pages(ROOT)
    page = "book/theory/bounds"
    assert pages.target(page, "#summary") == "#book/theory/bounds--summary"
    assert pages.target(page, "lq-loss.html") == "#book/theory/lq-loss"
    assert pages.target(page, "../notation.html#a") == "#book/notation--a"
    assert pages.target(page, "https://a.org/b#c") == "https://a.org/b#c"
    assert pages.target(page, "../../genindex.html") == f"{pages.site}genindex.html"


def test_the_pdf_has_an_outline_page_numbers_and_inner_links(two_chapters, tmp_path):
    print_book(two_chapters, tmp_path / "book.pdf")
    pdf = PdfReader(tmp_path / "book.pdf")
    assert pdf.metadata.title == "Noisy labels and the Generalized Cross Entropy loss"
    titles = [entry.title for entry in pdf.outline if not isinstance(entry, list)]
    assert titles[1:] == ["The theory"]
    links = [note.get_object() for page in pdf.pages for note in page.annotations or []]
    assert sum("/Dest" in link for link in links) > 10
    for number, page in enumerate(pdf.pages, start=1):
        assert page.extract_text().split()[-1] == str(number)
    assert not (two_chapters / "_build" / "html" / "whole-book.html").exists()


def test_the_offline_site_works_from_where_it_was_unpacked(chromium, tmp_path):
    pack_site(ROOT, tmp_path / "site.zip")
    with ZipFile(tmp_path / "site.zip") as archive:
        archive.extractall(tmp_path)
    site = tmp_path / "site"
    assert (site / "index.html").is_file()
    with open_page(chromium, site / "book" / "theory" / "lq-loss.html") as page:
        assert page.locator(".gce-mounted input[type=range]").count()
        assert page.locator("math").count() > 100
        assert page.problems == []
