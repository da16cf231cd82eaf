"""The map of the chapters on the landing page agrees with the book."""

import re

import pytest
import yaml
from bs4 import BeautifulSoup

from tools import notebooks

PAGE = (notebooks.ROOT / "book" / "index.md").read_text(encoding="utf-8")
MAP = BeautifulSoup(PAGE, "html.parser").svg
CONTENTS = yaml.safe_load((notebooks.ROOT / "_toc.yml").read_text(encoding="utf-8"))
CHAPTERS = [
    chapter["file"].removeprefix("book/")
    for part in CONTENTS["parts"]
    if part.get("numbered")
    for chapter in part["chapters"]
]
NODES = MAP.select("a")


def test_it_has_every_chapter_once_with_its_number():
    assert not MAP.select("[id]")  # the PDF gives every id another name
    assert [node["href"] for node in NODES] == [f"{name}.html" for name in CHAPTERS]
    for number, node in enumerate(NODES, start=1):
        assert node["aria-label"].startswith(f"{number}. ")
        assert node.get_text().split()[0] == str(number)


def test_the_titles_it_says_are_those_of_the_chapters():
    for name, node in zip(CHAPTERS, NODES, strict=True):
        nb = notebooks.nbformat.read(
            notebooks.ROOT / "book" / f"{name}.ipynb", as_version=4
        )
        title = nb.cells[0].source.splitlines()[0].removeprefix("# ")
        said = re.match(r"\d+\. (.*): needs", node["aria-label"])[1]
        assert title.replace("'", "’").startswith(said)


def test_thick_frames_are_the_short_path():
    section = PAGE.split("## The short path")[1].split("```")[0]
    listed = re.findall(r"\]\(([a-z]+/[a-z0-9-]+)\.ipynb\)", section)
    thick = [
        node["href"].removesuffix(".html")
        for node in NODES
        if node.rect.get("stroke-width") == "3"
    ]
    assert len(listed) == 5
    assert thick == sorted(listed, key=CHAPTERS.index)
    for node in NODES:
        on_path = node["href"].removesuffix(".html") in listed
        assert ("short path" in node["aria-label"]) == on_path


def test_what_a_chapter_needs_comes_before_it_and_is_said_in_words_too():
    for number, node in enumerate(NODES, start=1):
        needs = re.findall(r"\d+", node["aria-label"].split(": needs")[1])
        assert all(int(need) < number for need in needs)


@pytest.mark.parametrize("node", NODES, ids=lambda node: node["href"])
def test_names_fit_their_frames(node):
    assert len(node.get_text()) <= 24  # at 12.5 units a letter takes about 6 of 152
    x, wide = (float(node.rect[name]) for name in ("x", "width"))
    assert x + wide <= float(MAP["viewbox"].split()[2])
