"""Formulas are MathML in a font that has all their characters."""

import base64
import io
import re
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase

import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from sphinx_external_toc.parsing import parse_toc_yaml

from tools.formulas import STYLES, mathml, write_styles

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
PAGES = sorted(parse_toc_yaml(ROOT / "_toc.yml"))
ITALIC = {
    letter: chr(first + place)
    for first, letters in (
        (0x1D434, ascii_uppercase + ascii_lowercase),
        (0x1D6FC, "αβγδεζηθικλμνξοπρςστυφχψω∂ϵϑϰϕϱϖ"),
    )
    for place, letter in enumerate(letters)
} | {"h": "ℎ"}


def drawn(formula) -> set[str]:
    """The characters that a browser draws for a formula."""
    found = set()
    for node in formula.find_all(["mi", "mn", "mo", "mtext"]):
        text = node.get_text()
        alone = node.name == "mi" and len(text) == 1
        upright = node.get("mathvariant") == "normal"
        found |= {ITALIC.get(text, text)} if alone and not upright else set(text)
    return found


def test_a_letter_alone_is_drawn_in_italics():
    formula = BeautifulSoup(mathml(r"L_q + h \sin \eta"), "html.parser")
    assert drawn(formula) == set("𝐿𝑞+ℎsin𝜂\u2061")


def test_the_space_between_rows_is_no_text():
    spaced = r"\begin{aligned} a &= b \\[1ex] &= c \end{aligned}"
    plain = r"\begin{aligned} a &= b \\ &= c \end{aligned}"
    assert mathml(spaced, display=True) == mathml(plain, display=True)


@pytest.mark.parametrize("tex", [r"\frac{1}", r"a \\ b \end{aligned}", r"\nothing"])
def test_what_is_no_formula_is_named(tex):
    with pytest.raises(
        ValueError, match=f"expected a formula, got {re.escape(repr(tex))}"
    ):
        mathml(tex)


def test_the_font_has_all_that_the_book_writes(tmp_path):
    write_styles(tmp_path)
    data = re.search('base64,([^"]*)', (tmp_path / STYLES).read_text())[1]
    font = TTFont(io.BytesIO(base64.b64decode(data)))
    assert "MATH" in font  # where bars, signs and indices stand
    used = set()
    for name in PAGES:
        page = (HTML / f"{name}.html").read_text(encoding="utf-8")
        used |= drawn(BeautifulSoup(page, "html.parser").article)
    assert len(used) > 100
    assert not {f"{ord(c):x} {c}" for c in used if ord(c) not in font.getBestCmap()}
