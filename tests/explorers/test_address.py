"""The state of live figures in the page's address: read, written, copied, encoded."""

import pytest
from figures import CASES, every_figure, first, value, values

from tools.browser import open_page, rest, slider


@every_figure
def test_the_address_carries_the_state_until_reset(chromium, pages, name):
    case = CASES[name]
    key = f"{case.address}-{case.slider}"
    with open_page(chromium, pages[name]) as page:
        start = values(page)
    fragment = f"#{key}={case.too_much}&{case.address}-{case.slider}x=1&section"
    with open_page(chromium, pages[name], fragment=fragment) as page:
        assert value(page, case) == case.end  # clamped
        page.wait_for_timeout(400)
        assert page.url.endswith(fragment)  # reading writes nothing
        slider(page, case.slider).press("ArrowLeft")
        page.wait_for_function("key => !location.hash.includes(key)", arg="section")
        assert page.evaluate("location.hash").startswith(f"#{case.address}-")
        first(page).get_by_role("button", name="Reset").click()
        page.wait_for_function("location.hash === ''")
        rest(page)
        assert values(page) == start
        page.wait_for_timeout(400)
        assert "#" not in page.url
        assert page.problems == []


def moved_by(page, fragment, start) -> list[int]:
    """The places of the figures that an address moves away from their start."""
    page.evaluate("fragment => { location.hash = fragment }", fragment)
    rest(page)
    now = values(page)
    return [i for i in range(len(now)) if now[i] != start[i]]


@every_figure
def test_only_the_named_figure_moves(chromium, crowded, crowded_start, name):
    case = CASES[name]
    index = list(CASES).index(name)
    with open_page(chromium, crowded) as page:
        fragment = f"#{case.address}2-{case.slider}={case.text}"
        assert moved_by(page, fragment, crowded_start) == [index + len(CASES)]
        fragment = f"#{case.address}-{case.slider}={case.text}"
        second = index + len(CASES)
        assert moved_by(page, fragment, crowded_start) == [index, second]
        for place in (index, second):
            assert f"{case.slider}: {float(case.text):g}" in values(page)[place]


@pytest.mark.parametrize(
    ("fragment", "moved"),
    [
        ("#q=0.25&k=0.50&p=0.10", "LossExplorer"),
        ("#q=0.25", "LossExplorer"),
        ("#q=0.25&num_classes=3", "BoundExplorer"),
        ("#kind=pair&rate=0.3", "NoiseExplorer"),
        ("#k=0.30&epoch=1", "PruningExplorer"),
        ("#noise=symmetric%3A0.8&epoch=1", "RecordsExplorer"),
        ("#q=0.25&task=differences", "TokenExplorer"),
        ("#play-q=0.25&play-dataset=moons", "Playground"),
    ],
)
def test_a_link_without_a_name_goes_to_one_figure(
    chromium, crowded, crowded_start, fragment, moved
):
    with open_page(chromium, crowded, fragment=fragment) as page:
        now = values(page)
    changed = [i for i in range(len(now)) if now[i] != crowded_start[i]]
    assert [list(CASES)[i] for i in changed] == [moved]


@pytest.mark.parametrize(
    "fragment",
    [
        "#loss-q=0.25&loss-k=0.5",
        "#loss-q%3D0.25%26loss-k%3D0.5",
        "#loss-q%253D0.25%2526loss-k%253D0.5",
        "#loss-q=0.25&amp;loss-k=0.5",
        "#loss-q=0.25%26amp%3Bloss-k=0.5",
        "#loss-q=0,25&loss-k=0,5",
        "#loss-q=0%2C25&loss-k=0%2C5",
        "#q=0,25&amp;k=0,5",
        "#loss-q=3D0.25&loss-k=3D0.5",
        "#loss-q=.25&loss-k=0.5).",
        "#loss-q=0.25&loss-k=0.5&p=%zz",
    ],
)
def test_an_address_that_was_encoded_on_its_way_still_works(chromium, pages, fragment):
    with open_page(chromium, pages["LossExplorer"], fragment=fragment) as page:
        assert [slider(page, trait).input_value() for trait in "qkp"] == [
            "0.25",
            "0.5",
            "0.2",
        ]
        assert page.problems == []


@every_figure
def test_nonsense_in_the_address_is_let_be(chromium, pages, name):
    case = CASES[name]
    with open_page(chromium, pages[name]) as page:
        start = values(page)
    fragment = f"#{case.address}-{case.slider}=oops&{case.slider}=-&%&=&a=b&{name}"
    with open_page(chromium, pages[name], fragment=fragment) as page:
        page.wait_for_timeout(400)
        assert page.url.endswith(fragment)
        assert values(page) == start
        assert page.problems == []


@every_figure
def test_copy_link_gives_the_address_of_this_figure_alone(chromium, pages, name):
    case = CASES[name]
    with open_page(chromium, pages[name]) as page:
        page.evaluate(
            """() => Object.defineProperty(navigator, "clipboard", { value:
                { writeText: async (text) => { window.copied = text; } } })"""
        )
        second = page.locator(".gce-explorer").nth(1)
        second.locator(f"input[name={case.slider}]").press("Home")
        page.wait_for_function("location.hash !== ''")
        slider(page, case.slider).fill(case.text)
        first(page).get_by_role("button", name="Copy link").click()
        page.get_by_text("Link copied").wait_for()
        copied, shown = page.evaluate("() => [window.copied, location.hash]")
        state = values(page)[0]
        assert f"{case.address}2-{case.slider}" in shown  # the address knows both
        assert f"{case.address}2-" not in copied
        page.evaluate("() => { navigator.clipboard.writeText = null; }")
        first(page).get_by_role("button", name="Copy link").click()
        first(page).locator(".gce-status", has_text=copied).wait_for()
    fragment = copied[copied.index("#") :]
    with open_page(chromium, pages[name], fragment=fragment) as page:
        assert values(page)[0] == state
