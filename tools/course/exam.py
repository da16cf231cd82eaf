"""The exam of `book/teach/exam`, with and without its solutions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.course.bank import ROOT, read_valid
from tools.course.keys import wrong_value
from tools.course.paper import render
from tools.formulas import write_styles

FOLDER = ROOT / "book" / "teach" / "exam"


@dataclass(frozen=True)
class Answer:
    """A number of a solution, and the expression that computes it."""

    value: float
    within: float
    by: str


@dataclass(frozen=True)
class Part:
    """What is asked for, and worth some points."""

    points: int
    text: str
    solution: str
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Parts that belong together."""

    title: str
    text: str
    parts: tuple[Part, ...]

    @property
    def points(self) -> int:
        return sum(part.points for part in self.parts)


@dataclass(frozen=True)
class Exam:
    """All of it."""

    title: str
    minutes: int
    aids: str
    problems: tuple[Problem, ...]

    @property
    def points(self) -> int:
        return sum(problem.points for problem in self.problems)


def read_part(raw: dict) -> Part:
    answers = tuple(Answer(**answer) for answer in raw.get("answers", ()))
    return Part(**{**raw, "answers": answers})


def read_exam(path: Path = FOLDER / "exam.yml") -> Exam:
    """Read an exam.

    Raises
    ------
    jsonschema.ValidationError
        If the file does not follow ``schema.json``.
    """
    raw = read_valid(path, FOLDER / "schema.json")
    problems = tuple(
        Problem(**{**problem, "parts": tuple(map(read_part, problem["parts"]))})
        for problem in raw["problems"]
    )
    return Exam(**{**raw, "problems": problems})


def wrong_answers(exam: Exam) -> Iterator[str]:
    """Yield a sentence for each number that its expression refutes."""
    for problem in exam.problems:
        for answer in (each for part in problem.parts for each in part.answers):
            yield from wrong_value(
                problem.title, answer.value, answer.within, answer.by
            )


def write_exam(exam: Exam, folder: Path) -> list[Path]:
    """Write the exam and its solutions, and return their paths."""
    write_styles(folder)
    written = []
    for key, name in ((False, "exam"), (True, "exam-key")):
        page = render("exam.html.j2", title=exam.title, key=key, exam=exam)
        written.append(folder / f"{name}.html")
        written[-1].write_text(page, encoding="utf-8")
    return written
