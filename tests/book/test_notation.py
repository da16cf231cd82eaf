"""The notation page is complete: no chapter has a letter that it does not list."""

import re
from collections import Counter

import nbformat
import pytest

from tools import notebooks

PAGE = (notebooks.ROOT / "book" / "notation.md").read_text(encoding="utf-8")
GLOBAL, LOCAL = PAGE.split("## Letters of a single section")
GREEK = re.compile(
    r"\\(?:alpha|beta|[gG]amma|[dD]elta|(?:var)?epsilon|zeta|eta|[tT]heta|[lL]ambda"
    r"|mu|nu|[xX]i|[pP]i|rho|[sS]igma|tau|(?:var)?phi|Phi|chi|[pP]si|[oO]mega)"
    r"(?![A-Za-z])"
)
LATIN = re.compile(r"(?<!\\)\b[A-Za-z]\b")


def formulas(markdown):
    """Return the formulas of a text, without words in them and without code."""
    text = re.sub(r"`[^`\n]*`", "", markdown)
    found = re.findall(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", text, flags=re.DOTALL)
    words = r"\\(?:text|mathrm|mathbb|operatorname)\s*(?:\{[^}]*\}|.)"
    for display, inline in found:
        yield re.sub(words, " ", display or inline).replace("_", " ").replace("^", " ")


def letters(markdown):
    text = " ; ".join(formulas(markdown))
    return {*GREEK.findall(text), *LATIN.findall(text)}


def rows(markdown):
    """Return the first cells of the tables of a text, headings left out."""
    cells = re.findall(r"^\| (.+?) \|", markdown, flags=re.MULTILINE)
    return [cell for cell in cells if cell not in ("symbol", "chapter")]


def local_letters(name):
    lines = [line for line in LOCAL.splitlines() if f"/{name}.ipynb)" in line]
    return letters("\n".join(lines))


LISTED = letters("\n".join(rows(GLOBAL)))
SMALL = letters(LOCAL.split("\n\n")[1])


def test_the_letters_of_a_formula_are_found():
    text = (
        r"`$Z$` and $R^\eta(f) = \text{Word} + \mathbb E_x\, p_y$, $$\frac{A}{\gamma}$$"
    )
    assert letters(text) == {"R", r"\eta", "f", "x", "p", "y", "A", r"\gamma"}


@pytest.mark.parametrize("path", notebooks.chapters(), ids=lambda path: path.stem)
def test_every_letter_of_a_chapter_is_listed(path):
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    unknown = letters(text) - LISTED - SMALL - local_letters(path.stem)
    assert unknown == set(), "say on book/notation.md what they mean"


def test_no_symbol_is_listed_twice():
    symbols = [s for row in rows(GLOBAL) for s in re.findall(r"\$([^$]+)\$", row)]
    assert len(symbols) > 30
    twice = [symbol for symbol, count in Counter(symbols).items() if count > 1]
    assert twice == []


def test_no_small_letter_of_a_section_has_a_meaning_of_its_own():
    assert {"i", "j", "t"} <= SMALL
    for row in rows(GLOBAL):
        for symbol in re.findall(r"\$([^$]+)\$", row):
            assert symbol not in SMALL, f"{symbol} is listed as a letter of a section"


def test_what_the_page_names_in_code_exists():
    import gce_lib as gce

    names = re.findall(r"\| `([a-z_]+)`(?:, `([a-z_]+)`)? \|$", GLOBAL, re.MULTILINE)
    functions = {n for pair in names for n in pair if n.endswith(("_loss", "_bound"))}
    assert len(functions) >= 5
    for name in functions:
        assert hasattr(gce, name) or hasattr(gce.theory, name), name


def test_cross_entropy_has_one_spelling():
    kinds = (("gce_lib", "py"), ("gce_lib", "js"), ("book", "md"), ("book", "ipynb"))
    files = [
        file
        for folder, kind in kinds
        for file in (notebooks.ROOT / folder).rglob(f"*.{kind}")
    ]
    assert len(files) > 100
    hyphenated = [f for f in files if "ross-entropy" in f.read_text(encoding="utf-8")]
    assert not hyphenated
