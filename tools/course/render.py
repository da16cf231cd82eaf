"""Markdown of the bank as HTML, with formulas as MathML or for others to typeset."""

from __future__ import annotations

from html import escape

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from tools.course.bank import Chapter
from tools.formulas import mathml


def source(renderer, tokens, i, options, env) -> str:
    return f"\\({escape(tokens[i].content)}\\)"


def inline(renderer, tokens, i, options, env) -> str:
    return mathml(tokens[i].content)


def display(renderer, tokens, i, options, env) -> str:
    return mathml(tokens[i].content, display=True)


FOR_MOODLE = MarkdownIt().use(dollarmath_plugin)
FOR_MOODLE.add_render_rule("math_inline", source)
FOR_PAPER = MarkdownIt().use(dollarmath_plugin)
FOR_PAPER.add_render_rule("math_inline", inline)
FOR_PAPER.add_render_rule("math_block", display)


def to_html(text: str) -> str:
    r"""Return one paragraph of Markdown as HTML, formulas between \\( and \\)."""
    return FOR_MOODLE.renderInline(text)


def to_paper(text: str) -> str:
    """Return one paragraph of Markdown as HTML, formulas as MathML."""
    return FOR_PAPER.renderInline(text)


def to_blocks(text: str) -> str:
    """Return Markdown of several paragraphs as HTML, formulas as MathML."""
    return FOR_PAPER.render(text)


def file_name(chapter: Chapter) -> str:
    return chapter.name.replace("/", "-")
