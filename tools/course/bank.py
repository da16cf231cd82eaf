"""The question bank: one YAML file a chapter in `book/teach/questions`."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "book" / "teach" / "questions"


@dataclass(frozen=True)
class Option:
    """An option of a choice, an item of an order or a trap of a number."""

    text: str
    feedback: str
    right: bool = False
    check: str | None = None
    key: str | None = None
    value: float | None = None
    by: str | None = None


@dataclass(frozen=True)
class Question:
    """One question; `options` are in the order of the source, items in the right one.

    Attributes
    ----------
    type : {"single", "multiple", "numeric", "order"}
    chapter : str
        Page below ``book/``, such as ``"theory/bounds"``.
    difficulty : {1, 2, 3}
    value, within, by, hint, unit
        Of a number only: the answer, its tolerance, the expression that computes it,
        feedback for an unexpected answer, and what it is measured in.
    """

    id: str
    type: str
    chapter: str
    goal: str
    difficulty: int
    text: str
    options: tuple[Option, ...]
    feedback: str = ""
    value: float | None = None
    within: float | None = None
    by: str | None = None
    hint: str = ""
    unit: str = ""

    @cached_property
    def shown(self) -> tuple[Option, ...]:
        """The options as readers see them: shuffled, everywhere in the same way."""
        options = list(self.options)
        shuffle = random.Random(f"gce {self.id}").shuffle
        shuffle(options)
        while self.type == "order" and tuple(options) == self.options:
            shuffle(options)
        return tuple(options)


@dataclass(frozen=True)
class Chapter:
    """The goals and questions of one chapter."""

    name: str
    goals: dict[str, str]
    questions: tuple[Question, ...]


def read_question(raw: dict, chapter: str) -> Question:
    raw = dict(raw)
    parts = (raw.pop(key, ()) for key in ("options", "items", "traps"))
    options = tuple(Option(**{"text": "", **part}) for some in parts for part in some)
    return Question(chapter=chapter, options=options, **raw)


def read_valid(path: Path, schema: Path) -> dict:
    """Read a YAML file that follows a JSON schema.

    Raises
    ------
    jsonschema.ValidationError
        If it does not.
    """
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    jsonschema.validate(raw, json.loads(schema.read_text(encoding="utf-8")))
    return raw


def read_chapter(path: Path) -> Chapter:
    """Read one file of the bank.

    Raises
    ------
    jsonschema.ValidationError
        If the file does not follow ``schema.json``.
    """
    raw = read_valid(path, FOLDER / "schema.json")
    name = raw["chapter"]
    questions = tuple(read_question(each, name) for each in raw["questions"])
    return Chapter(name, raw["goals"], questions)


def source(chapter: str) -> Path:
    """Return the file with the questions of a chapter."""
    return FOLDER / f"{chapter.rpartition('/')[2]}.yml"


def read_bank() -> list[Chapter]:
    """Read all files of the bank, in the order of the book."""
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    chapters = [read_chapter(path) for path in FOLDER.glob("*.yml")]
    return sorted(chapters, key=lambda chapter: toc.find(f"book/{chapter.name}"))
