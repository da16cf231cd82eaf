"""The question bank as QTI for Canvas, through text2qti, a quiz a chapter.

Canvas has no questions to put in order, and one feedback for all wrong numbers.  So an
order becomes a choice among four, and the feedback of expected wrong numbers is left
out; both stay in the Moodle file.
"""

from __future__ import annotations

import random
from string import ascii_lowercase

from text2qti.config import Config
from text2qti.qti import QTI
from text2qti.quiz import Quiz

from tools.course.bank import Chapter, Option, Question


def as_choice(question: Question) -> list[Option]:
    """Return the right order of the items and three others, shuffled."""
    items = question.options
    randomly = random.Random(question.id)
    orders = [items]
    while len(orders) < 4:
        other = tuple(randomly.sample(items, len(items)))
        if other not in orders:
            orders.append(other)
    shown = [
        Option(
            text=" → ".join(item.text for item in order),
            feedback=question.feedback if order == items else "Look once more.",
            right=order == items,
        )
        for order in orders
    ]
    return randomly.sample(shown, len(shown))


def choices(question: Question) -> list[str]:
    options = as_choice(question) if question.type == "order" else question.shown
    lines = []
    for letter, option in zip(ascii_lowercase, options, strict=False):
        if question.type == "multiple":
            mark = "[*]" if option.right else "[ ]"
        else:
            mark = f"*{letter})" if option.right else f"{letter})"
        lines += [f"{mark} {option.text}", f"... {option.feedback}"]
    return lines


def number(question: Question) -> list[str]:
    answer = f"= {question.value:g} +- {question.within:g}"
    return [f"+ {question.feedback}", f"- {question.hint}", answer]


def quiz_text(chapter: Chapter) -> str:
    """Return the questions of a chapter in the language of text2qti."""
    lines = [f"Quiz title: {chapter.name}", ""]
    for i, question in enumerate(chapter.questions, start=1):
        unit = f" (in {question.unit})" if question.unit else ""
        lines += [f"Title: {question.id}", f"{i}. {question.text}{unit}"]
        lines += number(question) if question.type == "numeric" else choices(question)
        lines.append("")
    return "\n".join(lines)


def qti_zip(chapter: Chapter) -> bytes:
    """Return the QTI package of a chapter, for Canvas to import."""
    quiz = Quiz(quiz_text(chapter), config=Config(), source_name=chapter.name)
    return QTI(quiz).zip_bytes()
