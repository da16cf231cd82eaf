"""From the page of a chapter to its slides.

A slide shows one thing: a theorem, a figure, a table, a list, or up to three formulas.
Above it stands the sentence that leads to it, below a figure the first of what there is
to see. All else that the chapter says there is in the notes of the speaker. Code,
proofs, exercises and what is set small stay in the book.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, NavigableString, Tag

NOT_TOLD = ("Check yourself", "Exercises", "References", "Next")
FORMULAS_A_SLIDE = 3
LISTS, BOXES = ("ul", "ol"), ("tip", "admonition-you-will-learn")
SHOWN = (".gce-static", ".cell_output img", ".cell_output table", "table")


@dataclass
class Slide:
    """Its heading, what it shows, and what the speaker says."""

    heading: str
    kind: str
    body: list[Tag] = field(default_factory=list)
    notes: list[Tag] = field(default_factory=list)


def slides_of(article: Tag) -> list[Slide]:
    """Return the slides of a chapter, the title first.

    Parameters
    ----------
    article : Tag
        The ``<article>`` of the chapter's page. It is taken apart.
    """
    for node in article.select(".headerlink, details"):
        node.decompose()
    for node in article.select("a"):
        node.unwrap()
    chapter = article.find("section")
    lead = chapter.find("p", recursive=False)
    title = Slide(heading_of(chapter), "title", [lead.extract()])
    return [title, *slides_of_section(chapter)]


def heading_of(section: Tag) -> str:
    heading = section.find(["h1", "h2", "h3", "h4"], recursive=False)
    for number in heading.select(".section-number"):
        number.decompose()
    return heading.decode_contents().strip()


def slides_of_section(section: Tag) -> list[Slide]:
    """Return the slides of a section and of those in it; none for what is not told."""
    heading = heading_of(section)
    if heading in NOT_TOLD:
        return []
    slides, waiting = [], []
    for node in section.find_all(True, recursive=False):
        if node.name == "section":
            slides += told(heading, slides, waiting) + slides_of_section(node)
            waiting = []
        elif node.name == "p" and slides and is_what_to_see(node):
            slides[-1].notes.append(node)
            if slides[-1].kind == "figure":
                node.strong.decompose()
                slides[-1].body.append(sentence(node, first=True))
        elif node.name == "p":
            waiting.append(node)
        elif kind := kind_of(node):
            add(slides, heading, kind, node, waiting)
            waiting = []
    return slides + told(heading, slides, waiting)


def kind_of(node: Tag) -> str | None:
    """Say what a block is on a slide, None if it stays in the book."""
    classes = node.get("class", [])
    if node.name in LISTS:
        return "list"
    if "math" in classes:
        return "formulas"
    if "proof" in classes:
        return "box" if len({*classes} - {"proof", "admonition"}) else None
    if any(name in classes for name in BOXES):
        return "box"
    if "exercise" in classes or "solution" in classes:
        return None
    return "figure" if shown(node) else None


def shown(node: Tag) -> list[Tag]:
    """Return the live figure, the pictures or the tables of a cell."""
    for selector in SHOWN:
        if node.select(selector):
            return node.select(selector)
    return []


def add(slides: list[Slide], heading: str, kind: str, node: Tag, waiting: list[Tag]):
    """Put a block on a slide of its own, or a formula below another."""
    last = slides[-1] if slides else None
    full = not last or len(last.body) >= 2 * FORMULAS_A_SLIDE
    if kind != "formulas" or full or (last.kind, last.heading) != (kind, heading):
        slides.append(Slide(heading, kind))
    slide = slides[-1]
    slide.body += [sentence(waiting[-1], first=False)] if waiting else []
    slide.body += shown(node) if kind == "figure" else [node]
    slide.notes += waiting


def told(heading: str, slides: list[Slide], waiting: list[Tag]) -> list[Slide]:
    """Return a slide of words for text that shows nothing; else it becomes notes."""
    if not waiting:
        return []
    if slides and slides[-1].heading == heading:
        slides[-1].notes += waiting
        return []
    words = [sentence(node, first=True) for node in waiting[:3]]
    return [Slide(heading, "words", words, waiting)]


def is_what_to_see(node: Tag) -> bool:
    return node.get_text().startswith("What to see")


def sentence(paragraph: Tag, first: bool) -> Tag:
    """Return the first or the last sentence; in the sources each has a line."""
    part = BeautifulSoup("<p></p>", "html.parser").p
    for node in list(paragraph.children):
        if isinstance(node, NavigableString) and "\n" in node.strip("\n"):
            if first:
                part.append(node.split("\n")[0])
                return part
            part.clear()
            part.append(node.split("\n")[-1])
        else:
            part.append(copy(node))
    return part
