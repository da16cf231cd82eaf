"""Who moves by keyboard or listens meets what there is to do and to hear, no more."""

from pathlib import Path

from tools.browser import open_page

PAGES = Path(__file__).parents[2] / "_build" / "html" / "book"
FORMULAS = """() => {
    const all = [...document.querySelectorAll(".math")];
    return [all.length, all.filter(node => node.querySelector("[tabindex]")).length,
        all.filter(node => node.querySelector("math")).length];
}"""


def test_a_formula_is_read_aloud_but_is_no_tab_stop(chromium):
    with open_page(chromium, PAGES / "theory" / "lq-loss.html") as page:
        formulas, stops, spoken = page.evaluate(FORMULAS)
    assert formulas > 100
    assert (stops, spoken) == (0, formulas)
