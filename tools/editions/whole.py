"""All pages of the built site as one page: the text that becomes the PDF."""

from __future__ import annotations

import posixpath
from pathlib import Path

import segno
import yaml
from bs4 import BeautifulSoup, Tag

from tools.address import site
from tools.build_book import toc_files

TWICE = ("book/teach/self-tests",)  # its questions stand in the chapters
SCREEN_ONLY = ".headerlink, script, noscript, style"


class Pages:
    """The built pages in their order, and one name for each place in them.

    Parameters
    ----------
    root : Path
        The book; its site is below ``_build/html``.
    """

    def __init__(self, root: Path):
        self.html = root / "_build" / "html"
        self.toc = read(root / "_toc.yml")
        config = read(root / "_config.yml")
        self.site = site(config["repository"]["url"])
        self.title, self.author = config["title"], config["author"]
        self.names = [name for name in toc_files(self.toc) if name not in TWICE]

    def soup(self, name: str) -> BeautifulSoup:
        text = (self.html / f"{name}.html").read_text(encoding="utf-8")
        return BeautifulSoup(text, "html.parser")

    def target(self, page: str, link: str) -> str:
        """Where a link of a page leads in the one page of all."""
        if ":" in link.split("/")[0]:
            return link
        file, _, place = link.partition("#")
        path = from_the_top(page, file)
        name = path.removesuffix(".html") if file else page
        if name in self.names:
            return f"#{identity(name, place)}"
        return f"{self.site}{path}" + (f"#{place}" if place else "")


def read(path: Path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def from_the_top(page: str, path: str) -> str:
    """Return a path that a page names, from the first folder of the site."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path))


def identity(name: str, place: str = "") -> str:
    """One name for a place of a page, among those of all pages."""
    return f"{name}--{place}" if place else name


def whole_book(root: Path) -> str:
    """Return the HTML of the whole book, to stand beside ``index.html``."""
    pages = Pages(root)
    whole = pages.soup(pages.names[0])
    whole.html["data-theme"] = whole.html["data-mode"] = "light"
    keep_styles(whole.head, pages.names[0])
    whole.title.string = pages.title
    body = whole.new_tag("body", attrs={"class": "whole-book bd-content"})
    captions = part_captions(pages.toc)
    chapters = {name: chapter(pages, name) for name in pages.names}
    body.append(cover(pages, chapters, captions))
    for name, article in chapters.items():
        if name in captions:
            body.append(heading("h1", captions[name], "part"))
        body.append(article)
    whole.body.replace_with(body)
    return str(whole)


def part_captions(toc: dict) -> dict[str, str]:
    """Return the caption of each part, by the page with which it begins."""
    return {
        part["chapters"][0]["file"]: part["caption"]
        for part in toc["parts"]
        if "caption" in part
    }


def keep_styles(head: Tag, page: str) -> None:
    """Leave the style sheets, with paths from the site's first folder."""
    for script in head.select("script"):
        script.decompose()
    for link in head.select("link"):
        if "stylesheet" not in link.get("rel", []):
            link.decompose()
    for node in head.select("[href], [src]"):
        field = "href" if "href" in node.attrs else "src"
        node[field] = from_the_top(page, node[field])


def chapter(pages: Pages, name: str) -> Tag:
    """Return the article of one page, with all its links and names made unique."""
    article = pages.soup(name).select_one("article.bd-article")
    for node in article.select(SCREEN_ONLY):
        node.decompose()
    for node in article.select("details"):
        node["open"] = ""
    for figure in article.select(".gce-static"):
        figure["class"] = "live-figure"
        figure.append(live_address(f"{pages.site}{name}.html", figure))
    for node in article.select("section[id$=-content], #proof"):
        del node["id"]  # all exercises of a page have one and the same
    for node in article.select("[id]"):
        node["id"] = identity(name, node["id"])
    for node in article.select("a[href]"):
        node["href"] = pages.target(name, node["href"])
    for node in article.select("img[src]"):
        if not node["src"].startswith("data:"):
            node["src"] = from_the_top(name, node["src"])
    for level in range(5, 0, -1):  # parts stand above chapters
        for node in article.select(f"h{level}"):
            node.name = f"h{level + 1}"
    article["id"] = name
    return article


def live_address(page: str, figure: Tag) -> Tag:
    """Return the address of a live figure, as a link and as a code for phones."""
    place = figure.find_parent("section")
    address = f"{page}#{place['id']}" if place else page
    code = segno.make(address, error="m").svg_inline(scale=1.5, border=0)
    text = f'<p class="live"><a href="{address}">{code} Move it: {address}</a></p>'
    return BeautifulSoup(text, "html.parser").p


def heading(level: str, text: str, kind: str) -> Tag:
    return BeautifulSoup(f'<{level} class="{kind}">{text}</{level}>', "html.parser")


def cover(pages: Pages, chapters: dict[str, Tag], captions: dict[str, str]) -> Tag:
    """Return the first leaf: title, authors, address and what the book contains."""
    lines = []
    for name, article in chapters.items():
        if name in captions:
            lines.append(f'<li class="part">{captions[name]}</li>')
        lines.append(f'<li><a href="#{name}">{article.h2.get_text()}</a></li>')
    return BeautifulSoup(
        f'<header class="cover"><p class="title">{pages.title}</p>'
        f"<p>{pages.author}</p>"
        f'<p><a href="{pages.site}">{pages.site}</a></p>'
        f"<ol>{''.join(lines)}</ol></header>",
        "html.parser",
    )
