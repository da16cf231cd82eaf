"""A question of the bank on paper: its options, and its answers folded away."""

from __future__ import annotations

from tools.course.bank import Option, Question

from .boxes import fold


def ask(question: Question, number: int) -> str:
    """Return a question in Markdown."""
    options = [option.text for option in question.shown if option.text]
    asked = [f"**{number}.** {question.text}", "\n".join(f"- {o}" for o in options)]
    answers = "\n".join(f"- {answer}" for answer in _answers(question))
    return "\n\n".join(text for text in [*asked, fold("Answers", answers)] if text)


def _answers(question: Question) -> list[str]:
    if question.type == "numeric":
        value = f"{question.value:g} {question.unit}".rstrip()
        return [f"**{value}.** {question.feedback}"]
    if question.type == "order":
        order = ", then ".join(item.text for item in question.options)
        return [f"**{order}.** {question.feedback}"]
    return [_verdict(option) for option in question.shown]


def _verdict(option: Option) -> str:
    verdict = "right" if option.right else "not so"
    return f"*{option.text}* – {verdict}. {option.feedback}"
