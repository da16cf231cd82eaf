"""Directives as plain Markdown: quotations, and folds for what waits to be opened."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.course.bank import read_chapter, source

from .boxes import fold, quote
from .questions import ask

FENCE = re.compile(r"(?P<fence>:{3,})\{(?P<name>[\w:-]+)\}\s*(?P<title>.*)")
OPTION = re.compile(r":(?P<key>[\w-]+):\s*(?P<value>.*)")


@dataclass(frozen=True)
class Block:
    """A directive: what stands behind its name, its options, and what it holds."""

    name: str
    title: str
    options: dict[str, str]
    body: str


def parts(text: str) -> list[str | Block]:
    """Return a text as stretches of Markdown and the directives between them.

    Raises
    ------
    ValueError
        A directive has no end.
    """
    found: list[str | Block] = []
    lines = iter(text.split("\n"))
    plain: list[str] = []
    for line in lines:
        if opening := FENCE.fullmatch(line):
            found += ["\n".join(plain), _block(opening, lines)]
            plain = []
        else:
            plain.append(line)
    return [part for part in [*found, "\n".join(plain)] if part]


def _block(opening: re.Match, lines) -> Block:
    held = []
    for line in lines:
        if line == opening["fence"]:
            break
        held.append(line)
    else:
        raise ValueError(f"expected an end of {opening[0]!r}, got the end of the cell")
    options = {}
    while held and (option := OPTION.fullmatch(held[0])):
        options[option["key"]] = option["value"]
        held.pop(0)
    return Block(opening["name"], opening["title"], options, "\n".join(held).strip())


class Plain:
    """Writes directives as Markdown; a solution may go on in the cells that follow."""

    def __init__(self) -> None:
        self.inside_solution = False

    def markdown(self, text: str) -> str:
        """Return a text with all its directives in plain Markdown.

        Raises
        ------
        ValueError
            There is a directive that is not known here.
        """
        written = [self._part(part) for part in parts(text)]
        return "\n\n".join(text.strip("\n") for text in written if text.strip())

    def _part(self, part: str | Block) -> str:
        if isinstance(part, Block):
            return self._written(part)
        hidden = self.inside_solution and part.strip()
        return fold("Solution", part.strip()) if hidden else part

    def _written(self, block: Block) -> str:
        if block.name in ("solution-start", "solution-end"):
            self.inside_solution = block.name == "solution-start"
            return ""
        if block.name == "self-test":
            return self_test(block)
        body, kind = self.markdown(block.body), block.name.removeprefix("prf:")
        if block.name == "admonition":
            folded = block.options.get("class") == "dropdown"
            return (fold if folded else quote)(block.title, body)
        if kind in ("proof", "solution"):
            return fold(kind.capitalize(), body)
        if block.name == "exercise" or block.name != kind:
            name = f"{kind.capitalize()}: {block.title}" if block.title else "Exercise"
            return quote(name, body)
        raise ValueError(f"expected a directive of the chapters, got {block.name!r}")


def self_test(block: Block) -> str:
    """Return the questions of a chapter, their answers folded."""
    questions = {q.id: q for q in read_chapter(source(block.title)).questions}
    names = block.options.get("only", " ".join(questions)).split()
    return "\n\n".join(ask(questions[name], i) for i, name in enumerate(names, 1))
