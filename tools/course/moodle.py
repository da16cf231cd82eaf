"""The question bank as Moodle XML, a category a chapter.

No kept tool writes questions to put in order and feedback for every option, and the
format is small and documented, so it is written here.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from tools.course.bank import Chapter, Question
from tools.course.render import to_html

TYPES = {
    "single": "multichoice",
    "multiple": "multichoice",
    "numeric": "numerical",
    "order": "ordering",
}


def texts(parent: Element, tag: str, content: str, **attributes: str) -> Element:
    element = SubElement(parent, tag, **attributes)
    SubElement(element, "text").text = content
    return element


def answer(parent: Element, text: str, fraction: float, feedback: str) -> Element:
    element = texts(parent, "answer", text, fraction=f"{fraction:.5f}", format="html")
    texts(element, "feedback", to_html(feedback), format="html")
    return element


def add_choice(element: Element, question: Question) -> None:
    single = question.type == "single"
    SubElement(element, "single").text = str(single).lower()
    SubElement(element, "shuffleanswers").text = "true"
    SubElement(element, "answernumbering").text = "abc"
    right = sum(option.right for option in question.options)
    wrong = len(question.options) - right
    for option in question.options:
        fraction = 100 / right if option.right else 0 if single else -100 / wrong
        answer(element, to_html(option.text), fraction, option.feedback)


def add_number(element: Element, question: Question) -> None:
    keyed = [(question.value, 100, question.feedback)]
    keyed += [(trap.value, 0, trap.feedback) for trap in question.options]
    for value, fraction, feedback in keyed:
        given = answer(element, f"{value:g}", fraction, feedback)
        SubElement(given, "tolerance").text = f"{question.within:g}"
    answer(element, "*", 0, question.hint)


def add_order(element: Element, question: Question) -> None:
    settings = {
        "layouttype": "VERTICAL",
        "selecttype": "ALL",
        "selectcount": "0",
        "gradingtype": "ABSOLUTE_POSITION",
        "showgrading": "SHOW",
        "numberingstyle": "none",
    }
    for tag, value in settings.items():
        SubElement(element, tag).text = value
    for place, item in enumerate(question.options, start=1):
        answer(element, to_html(item.text), place, item.feedback)


def add_question(quiz: Element, question: Question) -> None:
    element = SubElement(quiz, "question", type=TYPES[question.type])
    texts(element, "name", question.id)
    unit = f" (in {question.unit})" if question.unit else ""
    texts(element, "questiontext", to_html(question.text) + unit, format="html")
    general = to_html(question.feedback) if question.type == "order" else ""
    texts(element, "generalfeedback", general, format="html")
    SubElement(element, "defaultgrade").text = "1"
    parts = {"numeric": add_number, "order": add_order}
    parts.get(question.type, add_choice)(element, question)
    tags = SubElement(element, "tags")
    for tag in (question.chapter, question.goal, f"difficulty {question.difficulty}"):
        texts(tags, "tag", tag)


def moodle_xml(chapters: list[Chapter]) -> ElementTree:
    """Return the questions of the chapters as a tree that Moodle imports."""
    quiz = Element("quiz")
    for chapter in chapters:
        category = SubElement(quiz, "question", type="category")
        texts(category, "category", f"$course$/top/GCE/{chapter.name}")
        for question in chapter.questions:
            add_question(quiz, question)
    indent(quiz)
    return ElementTree(quiz)
