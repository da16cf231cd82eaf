"""The pages' icons: only those in use, drawn, and waited for by nothing."""

from pathlib import Path

import pytest

from tools.browser import open_page
from tools.icons import SCRIPT, TAG, named_in, only

SITE = Path(__file__).parents[2] / "_build" / "html"
ALL = (
    'var i={house:[576,512,[127968,"home"],"f015","M1"],'
    '"arrow-up":[384,512,[8593],"f062",["M2","M3"]],moon:[512,512,[],"f186","M4"]};'
)


def test_icons_are_kept_by_name_and_by_their_other_names():
    assert only(ALL, {"moon", "other"}) == 'var i={moon:[512,512,[],"f186","M4"]};'
    assert "house:" in only(ALL, {"home"})
    assert '"arrow-up":' in only(ALL, {"arrow-up"})


def test_another_form_of_the_script_is_noticed():
    with pytest.raises(ValueError, match="expected the icons of Font Awesome 6"):
        only("var icons = {};", {"moon"})


def test_no_page_waits_for_its_icons():
    pages = [page.read_text(encoding="utf-8") for page in SITE.rglob("*.html")]
    assert sum("fontawesome.js" in page for page in pages) > 20
    assert not any(TAG.search(page) for page in pages)


def test_the_script_of_icons_is_small_and_holds_those_in_use():
    assert (SITE / SCRIPT).stat().st_size < 150_000
    assert {"moon", "bars", "magnifying-glass"} <= named_in(SITE)


def test_all_icons_of_a_page_are_drawn(chromium):
    with open_page(chromium, SITE / "book" / "theory" / "lq-loss.html") as page:
        page.wait_for_function(
            "() => !document.querySelector('i.fa-solid, span.fa-solid, i.fa-brands')"
        )
        icons = page.locator("svg.svg-inline--fa")
        drawn = icons.evaluate_all("all => all.map(svg => svg.dataset.icon)")
        shapes = icons.locator("path").count()
    assert "magnifying-glass" in drawn
    assert shapes >= len(drawn)
    assert "circle-question" not in drawn  # what stands for an icon that is missing
