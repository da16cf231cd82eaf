"""A Sphinx extension: formulas are MathML, in a font that travels with the page.

They are made when the book is built.  A page shows them at once, in every browser of
these days, without a script, and a screen reader reads them.
"""

from __future__ import annotations

import base64
import re
from html import escape
from importlib.metadata import distribution
from pathlib import Path

from docutils import nodes
from fontTools.ttLib import TTFont
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.util.math import get_node_equation_number

from tools.fonts import only_characters

STYLES = "formulas.css"
CONVERTER = LatexToMathML(fancy_error=False)
FONT = "ziamath/fonts/STIXTwoMath-Regular.ttf"  # SIL Open Font License
SIGNS = "\u00a0¬¯±·×ˆ˜‖…′″ℎℒℕℝ𝔼𝟙⋅⋮⋯⋱⌈⌉⌊⌋⏞⏟⟨⟩⟶⟹⟺\u2061\u2062\u2063"
RANGES = (
    (0x20, 0x7F),
    (0x391, 0x3F6),  # Greek
    (0x2190, 0x21D5),  # arrows
    (0x2200, 0x22A6),  # operators
    (0x1D434, 0x1D468),  # italic letters
    (0x1D6FC, 0x1D71C),  # italic Greek
)
ROW_SPACE = re.compile(r"\\\\\[[\d.]+\w+\]")  # the style sheet spaces rows
FONT_FIRST = 'document.fonts.load("1em Formulas");'  # else the first lines jump
PRIMES = (0x2032, 0x2033)
RULES = """
math { font-family: Formulas, math; font-size: 1.15em; }
span.math { overflow: visible; }
@media (max-width: 36rem) {
  span.math { margin-block: -0.4em; padding-block: 0.4em; overflow: auto hidden; }
}
div.math { flex-direction: row; margin: 1em 0; overflow: auto hidden; }
div.math > math { flex: 1 0 auto; }
div.math > .eqno { order: 1; }
div.math mtd { padding-block: 0.3em; }
"""


def mathml(tex: str, *, display: bool = False) -> str:
    """Return a formula as MathML.

    Parameters
    ----------
    tex : str
        LaTeX as of AMS, without dollars.
    display : bool
        Whether it stands on lines of its own.

    Raises
    ------
    ValueError
        It is no formula that can be read; the message says where.
    """
    try:
        evenly = ROW_SPACE.sub(r"\\\\", tex)
        return CONVERTER.convert_with_local_state(evenly, displaystyle=display)
    except LatexError as error:
        raise ValueError(f"expected a formula, got {tex!r}: {error}") from None


def font() -> bytes:
    """Return the font with the characters of this book's kind, as WOFF2."""
    whole = TTFont(distribution("ziamath").locate_file(FONT))
    lower_primes(whole)
    ranged = (code for start, end in RANGES for code in range(start, end))
    return only_characters(whole, {*ranged, *map(ord, SIGNS)})


def lower_primes(font: TTFont) -> None:
    """Let primes stand on the line: MathML raises them, as any superscript."""
    lowered = {code: f"{font.getBestCmap()[code]}.ssty" for code in PRIMES}
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap |= lowered


def write_styles(folder: Path) -> None:
    """Write the style sheet of formulas, their font in it."""
    data = base64.b64encode(font()).decode()
    source = f'url("data:font/woff2;base64,{data}") format("woff2")'
    face = f"@font-face {{ font-family: Formulas; src: {source}; }}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STYLES).write_text(face + RULES, encoding="utf-8")


def visit_inline(translator, node: nodes.math) -> None:
    opening = translator.starttag(
        node, "span", "", CLASS="math notranslate nohighlight"
    )
    formula = mathml(node.astext())
    if is_whole_link(node):  # not all that ask for the name of a link read MathML
        name = f'<math aria-label="{escape(node.astext())}"'
        formula = formula.replace("<math", name, 1)
    translator.body.append(f"{opening}{formula}</span>")
    raise nodes.SkipNode


def is_whole_link(node: nodes.math) -> bool:
    """Whether a formula is all that a link consists of."""
    link = node.parent
    while link is not None and not isinstance(link, nodes.reference):
        link = link.parent
    return link is not None and link.astext() == node.astext()


def visit_display(translator, node: nodes.math_block) -> None:
    classes = "math notranslate nohighlight"
    translator.body.append(translator.starttag(node, "div", CLASS=classes))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(f"{mathml(node.astext(), display=True)}</div>\n")
    raise nodes.SkipNode


def add_styles(app: Sphinx) -> None:
    if app.builder.format == "html":
        write_styles(Path(app.outdir) / "_static")


def setup(app: Sphinx) -> dict:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
    app.add_css_file(STYLES)
    app.add_js_file(None, body=FONT_FIRST)
    app.connect("builder-inited", add_styles)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
