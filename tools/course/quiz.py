"""A printable quiz of each chapter, and its key."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from string import ascii_uppercase

from jinja2 import Environment, FileSystemLoader

from tools.course.bank import Chapter, Question
from tools.course.render import file_name, to_html


def letters(question: Question) -> str:
    """Return the right order of the items, by the letters that they are shown with."""
    return "".join(
        ascii_uppercase[question.shown.index(item)] for item in question.options
    )


def page(chapter: Chapter, *, key: bool) -> str:
    """Return the quiz of a chapter, or its key, as a page with MathJax beside it."""
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=False, trim_blocks=True)
    environment.filters["html"] = to_html
    template = environment.get_template("quiz.html.j2")
    part, _, name = chapter.name.partition("/")
    title = f"Quiz: {name.replace('-', ' ')} ({part})"
    return template.render(
        title=title, key=key, questions=chapter.questions, letters=letters
    )


def copy_mathjax(folder: Path) -> None:
    package = Path(importlib.util.find_spec("sphinx-mathjax-offline").origin).parent
    source, target = package / "static" / "mathjax", folder / "mathjax"
    for name in ("tex-chtml.js", "output/chtml/fonts"):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, dirs_exist_ok=True)
        else:
            shutil.copy(source / name, target / name)


def write_quizzes(chapters: list[Chapter], folder: Path) -> list[Path]:
    """Write a quiz and a key of each chapter, and return their paths."""
    copy_mathjax(folder)
    written = []
    for chapter in chapters:
        for key in (False, True):
            path = folder / f"{file_name(chapter)}{'-key' if key else ''}.html"
            path.write_text(page(chapter, key=key), encoding="utf-8")
            written.append(path)
    return written


def print_pdfs(pages: list[Path]) -> None:
    """Print each page into a PDF beside it.

    Raises
    ------
    RuntimeError
        If this machine has no browser.
    """
    from tools.browser import launch, open_page

    with launch() as browser:
        for path in pages:
            with open_page(browser, path) as page:
                page.pdf(path=path.with_suffix(".pdf"), prefer_css_page_size=True)
