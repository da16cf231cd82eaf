"""Markdown of the bank as HTML, with formulas for MathJax."""

from __future__ import annotations

from html import escape

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from tools.course.bank import Chapter


def formula(renderer, tokens, i, options, env) -> str:
    return f"\\({escape(tokens[i].content)}\\)"


MARKDOWN = MarkdownIt().use(dollarmath_plugin)
MARKDOWN.add_render_rule("math_inline", formula)


def to_html(text: str) -> str:
    r"""Return one paragraph of Markdown as HTML, formulas between \\( and \\)."""
    return MARKDOWN.renderInline(text)


def to_blocks(text: str) -> str:
    """Return Markdown of several paragraphs as HTML."""
    return MARKDOWN.render(text)


def file_name(chapter: Chapter) -> str:
    return chapter.name.replace("/", "-")
