"""References as words, and links as full addresses."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pybtex.database import BibliographyData, Entry

from .blocks import Block, parts

EQUATION = re.compile(r"^\$\$ \((?P<label>[\w-]+)\)$", re.MULTILINE)
TARGET = re.compile(r"^\((?P<label>[\w-]+)\)=\n", re.MULTILINE)
ROLE = re.compile(r"\{(?P<role>cite:t|cite|eq|prf:ref)\}`(?P<label>[^`]+)`")
LINK = re.compile(r"\]\((?!https?:|mailto:)(?P<to>[^)\s]+)\)")


@dataclass(frozen=True)
class Place:
    """Where a label stands and how it is called."""

    page: str
    label: str
    name: str


def places(page: str, texts: Iterable[str]) -> dict[str, Place]:
    """Return every label of a page; its equations are numbered in their order."""
    found: dict[str, Place] = {}
    equations = 0

    def add(label: str | None, name: str) -> None:
        if label:
            found[label] = Place(page, label, name)

    for text in texts:
        for target in TARGET.finditer(text):
            add(target["label"], "")
        for block in (part for part in parts(text) if isinstance(part, Block)):
            kind = block.name.removeprefix("prf:").capitalize()
            name = f"{kind} “{block.title}”" if block.title else kind
            add(block.options.get("label") or block.options.get("name"), name)
        for equation in EQUATION.finditer(text):
            equations += 1
            add(equation["label"], str(equations))
    return found


class References:
    """Turns the roles and links of one page into text that needs no other page.

    Parameters
    ----------
    page : str
        The page on which they stand, such as ``"book/theory/bounds"``.
    site : str
        The address of the published book.
    labels : dict of str to Place
        Of the whole book.
    works : BibliographyData
    """

    def __init__(
        self, page: str, site: str, labels: dict[str, Place], works: BibliographyData
    ) -> None:
        self.page, self.site = page, site
        self.labels, self.works = labels, works

    def resolve(self, text: str) -> str:
        """Return a text without roles, labels and relative links.

        Raises
        ------
        KeyError
            A label or a work does not exist.
        """
        text = TARGET.sub("", text)
        text = EQUATION.sub(lambda m: f"\\tag{{{self._name(m['label'])}}}\n$$", text)
        text = LINK.sub(lambda m: f"]({self._address(m['to'])})", text)
        return ROLE.sub(self._role, text)

    def _name(self, label: str) -> str:
        return self.labels[label].name

    def _role(self, found: re.Match) -> str:
        role, label = found["role"], found["label"]
        if role.startswith("cite"):
            told = [self._cited(key.strip(), role) for key in label.split(",")]
            return ", ".join(told) if role == "cite:t" else f"({'; '.join(told)})"
        place = self.labels[label]
        name = f"({place.name})" if role == "eq" else place.name
        return name if place.page == self.page else f"[{name}]({self._address(label)})"

    def _cited(self, key: str, role: str) -> str:
        work = self.works.entries[key]
        year = work.fields["year"]
        told = f"{authors(work)} ({year})" if role == "cite:t" else authors(work, year)
        return f"[{told}]({self.site}book/bibliography.html)"

    def _address(self, to: str) -> str:
        path, _, anchor = to.partition("#")
        if path in self.labels:
            place = self.labels[path]
            return f"{self.site}{place.page}.html#{place.label}"
        folder = posixpath.dirname(self.page)
        page = posixpath.normpath(posixpath.join(folder, path)) if path else self.page
        page = re.sub(r"\.(ipynb|md)$", "", page)
        return f"{self.site}{page}.html" + (f"#{anchor}" if anchor else "")


def authors(work: Entry, *more: str) -> str:
    """Return the last names of those who wrote a work, as they are cited."""
    persons = work.persons["author"]
    names = [" ".join([*p.prelast_names, *p.last_names]).strip("{}") for p in persons]
    if len(names) > 2:
        names = [f"{names[0]} et al."]
    return ", ".join([" and ".join(names), *more])
