"""A printable quiz of each chapter, and its key."""

from __future__ import annotations

from pathlib import Path
from string import ascii_uppercase

from tools.course.bank import Chapter, Question
from tools.course.paper import render
from tools.course.render import file_name
from tools.formulas import write_styles


def letters(question: Question) -> str:
    """Return the right order of the items, by the letters that they are shown with."""
    return "".join(
        ascii_uppercase[question.shown.index(item)] for item in question.options
    )


def page(chapter: Chapter, *, key: bool) -> str:
    """Return the quiz of a chapter, or its key, as a page."""
    part, _, name = chapter.name.partition("/")
    title = f"Quiz: {name.replace('-', ' ')} ({part})"
    content = {"questions": chapter.questions, "letters": letters}
    return render("quiz.html.j2", title=title, key=key, **content)


def write_quizzes(chapters: list[Chapter], folder: Path) -> list[Path]:
    """Write a quiz and a key of each chapter, and return their paths."""
    write_styles(folder)
    written = []
    for chapter in chapters:
        for key in (False, True):
            path = folder / f"{file_name(chapter)}{'-key' if key else ''}.html"
            path.write_text(page(chapter, key=key), encoding="utf-8")
            written.append(path)
    return written
