"""The student edition: the same book without solutions, masters and exam."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat

from tools.course.bank import ROOT
from tools.made import make_anew
from tools.notebooks import serialise

SOURCES = (
    *("book", "gce_lib", "tools"),
    *("_config.yml", "_toc.yml", "pyproject.toml", "requirements.txt", "LICENSE"),
)
KEPT_BACK = ("book/teach/assignments", "book/teach/exam")
OPENING = re.compile(r"\s*(?P<fence>:{3,})\{(?P<name>[\w:-]+)\}")


class Stripper:
    """Leaves out solutions; what is open at the end of one cell goes on in the next."""

    def __init__(self) -> None:
        self.inside = False  # between solution-start and solution-end
        self.fence = ""  # of the block that is being left out

    def keep(self, line: str) -> bool:
        if self.fence:
            self.fence = "" if line.strip() == self.fence else self.fence
            return False
        opening = OPENING.match(line)
        name = opening["name"] if opening else ""
        if name in ("solution", "solution-start", "solution-end"):
            self.fence = opening["fence"]
            self.inside = name == "solution-start"
            return False
        return not self.inside

    def strip(self, text: str) -> str:
        """Return Markdown without its solutions."""
        kept = "\n".join(line for line in text.split("\n") if self.keep(line))
        return re.sub(r"\n{3,}", "\n\n", kept).strip("\n")


def strip_notebook(nb) -> None:
    """Leave out the solutions of a notebook in place, with the cells in them."""
    stripper, kept = Stripper(), []
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            cell.source = stripper.strip(cell.source)
            if cell.source:
                kept.append(cell)
        elif not stripper.inside:
            kept.append(cell)
    nb.cells = kept


def strip_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        nb = nbformat.reads(text, as_version=4)
        strip_notebook(nb)
        text = serialise(nb)
    else:
        text = Stripper().strip(text) + "\n"
    path.write_text(text, encoding="utf-8")


def write_student_edition(folder: Path, root: Path = ROOT) -> None:
    """Write the sources of the edition into a folder of its own, made anew."""
    make_anew(folder)
    hidden = shutil.ignore_patterns("__pycache__", ".*")
    for name in SOURCES:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=hidden)
        elif source.is_file():
            shutil.copy(source, folder / name)
    for name in KEPT_BACK:
        shutil.rmtree(folder / name)
    for path in (folder / "book").rglob("*"):
        if path.suffix in (".ipynb", ".md"):
            strip_file(path)
