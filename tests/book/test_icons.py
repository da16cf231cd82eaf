"""The pages' icons: only those in use, drawn, and waited for by nothing."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tools.browser import open_page
from tools.icons import FONTS, SCRIPT, STYLES, TAG, named_in, only, only_rules, signs_in

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


RULES = (
    '.fa-house:before,.fa-home:before{content:"\\f015"}.fa-moon::before{content:"x"}a{}'
)


def test_rules_are_kept_by_name():
    assert only_rules(RULES, {"moon"}) == '.fa-moon::before{content:"x"}a{}'
    assert "f015" in only_rules(RULES, {"home"})
    with pytest.raises(ValueError, match="expected the rules of Font Awesome 6"):
        only_rules("a{}", {"moon"})


def test_fonts_hold_the_signs_in_use():
    signs = signs_in(SITE)
    solid = TTFont(SITE / FONTS / "fa-solid-900.woff2").getBestCmap()
    assert {0xF0F3, 0xF00C} & signs
    assert signs & set(solid)
    assert sum(font.stat().st_size for font in (SITE / FONTS).glob("*.woff2")) < 40_000
    assert (SITE / STYLES).stat().st_size < 330_000


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
