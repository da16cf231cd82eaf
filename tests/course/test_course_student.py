"""The student edition holds no solution, and can do without them."""

import ast
import re

import nbformat
import pytest

from tools.course import bank
from tools.course.student import (
    KEPT_BACK,
    Stripper,
    strip_notebook,
    write_student_edition,
)

SOURCES = sorted((bank.ROOT / "book").glob("*/*.ipynb"))
PAGE = """Before.

:::{exercise}
:label: ex
How much?
:::

::::{solution} ex
:class: dropdown
Much.

:::{note}
Still the answer.
:::
::::

:::{solution-start} ex
:::
The answer again.
:::{solution-end}
:::

After.
"""


def read(path):
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def stripped(path):
    nb = read(path)
    strip_notebook(nb)
    return nb


def names(cells, kind):
    """The names that code cells store (or load)."""
    sources = [c.source for c in cells if c.cell_type == "code"]
    code = "\n".join(s for s in sources if "%pip" not in s)
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, kind):
            found.add(node.id)
        elif kind is ast.Store and isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif kind is ast.Store and isinstance(node, ast.arg):
            found.add(node.arg)
        elif kind is ast.Store and isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
    return found


def test_blocks_and_pairs_are_left_out_and_nothing_else():
    kept = Stripper().strip(PAGE)
    assert kept == "Before.\n\n:::{exercise}\n:label: ex\nHow much?\n:::\n\nAfter."


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_solution_is_left(path):
    before, after = read(path), stripped(path)
    text = "\n".join(cell.source for cell in after.cells)
    everything = "\n".join(cell.source for cell in before.cells)
    assert "{solution" not in text
    assert text.count("{exercise") == everything.count("{exercise")
    if "{solution" in everything:
        assert len(text) < 0.95 * len(everything)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_what_is_left_needs_nothing_that_was_left_out(path):
    before, after = read(path), stripped(path)
    ids = {cell.id for cell in after.cells}
    removed = [cell for cell in before.cells if cell.id not in ids]
    gone = names(removed, ast.Store) - names(after.cells, ast.Store)
    loaded = names(after.cells, ast.Load)
    assert gone & loaded == set()


def test_no_label_is_referred_to_that_was_left_out():
    labels = r"\(eq-[\w-]+\)|:label: ([\w:-]+)"
    for path in SOURCES:
        everything = "\n".join(cell.source for cell in read(path).cells)
        text = "\n".join(cell.source for cell in stripped(path).cells)
        found = {m[0] for m in re.finditer(labels, everything)}
        gone = {m.split()[-1].strip("()") for m in found if m not in text}
        for label in gone:
            assert not re.search(rf"`{label}`|\({label}\)", text), (path, label)


def test_the_edition_is_written_with_one_command(tmp_path):
    folder = tmp_path / "student"
    write_student_edition(folder)
    (folder / "old.txt").write_text("from last time")
    write_student_edition(folder)
    assert not (folder / "old.txt").exists()
    pages = [p for p in folder.rglob("*") if p.suffix in (".md", ".ipynb")]
    assert len(pages) >= len(SOURCES)
    for page in pages:
        assert "{solution" not in page.read_text(encoding="utf-8"), page
    for name in KEPT_BACK:
        assert not (folder / name).exists()
    assert (folder / "_config.yml").is_file()
    assert (folder / "book" / "theory" / "lq-loss.ipynb").is_file()
