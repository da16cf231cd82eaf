"""The projects: rubrics that add up, and starters that are clean."""

import re

import nbformat
import pytest

from tools import notebooks
from tools.course import bank

PAGE = (bank.ROOT / "book" / "teach" / "assess.md").read_text(encoding="utf-8")
STARTERS = sorted((bank.ROOT / "book" / "teach" / "projects").glob("*.ipynb"))
SECTIONS = re.findall(r"^### (.*?)\n(.*?)(?=^##)", PAGE, re.M | re.S)


@pytest.mark.parametrize(("title", "text"), SECTIONS)
def test_a_rubric_adds_up(title, text):
    assert "Each is worth 20 points." in PAGE
    rows = re.findall(r"^\| (\d+) \|(.*)\|$", text, re.M)
    assert sum(int(points) for points, _ in rows) == 20
    assert all(len(row.split("|")) == 3 for _, row in rows)


def test_each_project_has_a_starter():
    linked = re.findall(r"\{download\}`the starter <projects/(.*?)>`", PAGE)
    assert linked == [path.name for path in STARTERS]
    assert len(linked) == len(SECTIONS) == 2


@pytest.mark.parametrize("path", STARTERS, ids=lambda path: path.stem)
def test_a_starter_is_clean(path):
    text = path.read_text(encoding="utf-8")
    nb = nbformat.reads(text, as_version=4)
    assert text == notebooks.serialise(notebooks.clean(nb))
    assert not any(cell.get("outputs") for cell in nb.cells)
    assert text.count("*Write:*") >= 3
    assert text.count("*Change") + text.count("*change*") >= 3
