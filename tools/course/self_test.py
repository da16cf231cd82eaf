"""A Sphinx directive that puts questions of the bank into a page.

    :::{self-test} theory/lq-loss
    :only: lq-hard lq-doubted
    Readers of the raw source see this text in place of the questions.
    :::

The page holds every question, option and feedback as plain `<details>`, which need no
script; `self-test.js` makes a form of each.
"""

from __future__ import annotations

import hashlib

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from tools.course.bank import Option, Question, read_chapter, source

HERE = "self-test"
KINDS = {
    "single": "Choose one.",
    "multiple": "Choose all that are right.",
    "numeric": "Give a number.",
    "order": "Put these in order.",
}


class html_block(nodes.General, nodes.Element):
    """An HTML element, named by its attribute `tag`, that holds others."""


class html_line(nodes.General, nodes.TextElement):
    """An HTML element, named by its attribute `tag`, that holds text."""


def visit(translator, node) -> None:
    data = {f"data-{key}": str(value) for key, value in node.get("data", {}).items()}
    translator.body.append(translator.starttag(node, node["tag"], "", **data))


def depart(translator, node) -> None:
    translator.body.append(f"</{node['tag']}>\n")


def skip(translator, node) -> None:
    raise nodes.SkipNode


def digest(question: Question) -> str:
    """Name the wording of a question: an answer to an older wording is forgotten."""
    return hashlib.sha256(repr(question).encode()).hexdigest()[:8]


class SelfTest(SphinxDirective):
    """The questions of a chapter, or those named in `only`."""

    required_arguments = 1
    option_spec = {"only": directives.unchanged_required}  # noqa: RUF012
    has_content = True

    def run(self) -> list[nodes.Node]:
        chapter = self.arguments[0]
        path = source(chapter)
        if not path.is_file():
            raise self.error(f"self-test: expected a chapter with questions in {path}")
        self.env.note_dependency(str(path))
        questions = self.chosen({q.id: q for q in read_chapter(path).questions})
        box = html_block(tag="div", classes=[HERE], data={"chapter": chapter})
        for number, question in enumerate(questions, start=1):
            box += self.question(question, f"{number}. ")
        return [box]

    def chosen(self, questions: dict[str, Question]) -> list[Question]:
        names = self.options.get("only", " ".join(questions)).split()
        if unknown := set(names) - set(questions):
            raise self.error(f"self-test: expected ids of its chapter, got {unknown}")
        return [questions[name] for name in names]

    def text(self, tag: str, text: str, *classes: str, before: str = "") -> html_line:
        """Return Markdown of one paragraph as an element with formulas."""
        parsed = nodes.Element()
        lines = StringList([text], source=self.env.docname)
        self.state.nested_parse(lines, self.content_offset, parsed)
        opening = [nodes.strong("", before), nodes.Text(" ")] if before else []
        return html_line(
            "", "", *opening, *parsed[0].children, tag=tag, classes=[*classes]
        )

    def question(self, question: Question, number: str) -> html_block:
        data = {"id": question.id, "type": question.type, "digest": digest(question)}
        if question.type == "numeric":
            data |= {"value": question.value, "within": question.within}
            data |= {"unit": question.unit}
        box = html_block(tag="div", classes=[f"{HERE}-question"], data=data)
        box += self.text("p", question.text, f"{HERE}-text", before=number)
        box += self.text("p", KINDS[question.type], f"{HERE}-kind")
        parts = {"numeric": self.number, "order": self.order}
        return parts.get(question.type, self.choice)(box, question)

    def fold(self, title: str, *inside: nodes.Node, **data) -> html_block:
        summary = self.text("summary", title)
        summary["data"] = {"name": title.replace("$", "")}  # formulas have no name
        return html_block(
            "", summary, *inside, tag="details", classes=["answer"], data=data
        )

    def verdict(self, right: bool, feedback: str) -> html_line:
        before = "Right." if right else "Not so."
        return self.text("p", feedback, f"{HERE}-feedback", before=before)

    def choice(self, box: html_block, question: Question) -> html_block:
        for option in question.shown:
            feedback = self.verdict(option.right, option.feedback)
            box += self.fold(option.text, feedback, right=str(option.right).lower())
        return box

    def number(self, box: html_block, question: Question) -> html_block:
        for trap in question.options:
            feedback = self.verdict(False, trap.feedback)
            title = f"{trap.value:g} {question.unit}"
            box += self.fold(title, feedback, value=trap.value)
        hint = self.text("p", question.hint, f"{HERE}-feedback")
        answer = self.verdict(True, question.feedback)
        box += self.fold("A hint", hint, part="hint")
        value = f"{question.value:g} {question.unit}"
        box += self.fold("The answer", self.text("p", value), answer, part="answer")
        return box

    def order(self, box: html_block, question: Question) -> html_block:
        places = {id(item): i for i, item in enumerate(question.options)}
        shown = html_block(tag="ul", classes=[f"{HERE}-items"])
        for item in question.shown:
            entry = self.text("li", item.text)
            entry["data"] = {"place": places[id(item)]}
            shown += entry
        feedback = self.text("p", question.feedback, f"{HERE}-feedback")
        right = html_block("", *map(self.item, question.options), tag="ol")
        box += [shown, self.fold("The right order", feedback, right, part="answer")]
        return box

    def item(self, item: Option) -> html_line:
        said = self.text("li", item.text)
        said += [nodes.Text(" – "), *self.text("i", item.feedback).children]
        return said


def add_files(app: Sphinx, pagename, templatename, context, doctree) -> None:
    """Load script and style on pages with questions, and on no others."""
    if doctree and any(
        node["classes"] == [HERE] for node in doctree.findall(html_block)
    ):
        app.add_js_file(f"{HERE}.js", loading_method="defer")
        app.add_css_file(f"{HERE}.css")


def setup(app: Sphinx) -> dict:
    for node in (html_block, html_line):
        app.add_node(node, html=(visit, depart), latex=(skip, None), text=(skip, None))
    app.add_directive(HERE, SelfTest)
    app.connect("html-page-context", add_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
