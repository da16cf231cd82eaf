"""What every live figure does alike: keys, drags, fingers, links, themes, paper."""

import re

import pytest
from figures import CASES

from gce_lib import explorers
from gce_lib.explorers.bundle import bundle
from tools.browser import (
    MOUNT,
    drag_slider,
    open_page,
    rest,
    slider,
    swipe,
    write_page,
)

every_figure = pytest.mark.parametrize("name", CASES)
PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True}
MINUS_ZERO = re.compile(r"[-−]0(\.0+)?(?![\d.]*[1-9])")
SHOWN = """figure => figure.innerText + [...figure.querySelectorAll("path, circle")]
    .map(node => node.outerHTML) + [...figure.querySelectorAll("canvas")]
    .map(node => node.toDataURL())"""
MOUNT_DETACHED = """async ({ source, css, traits }) => {
    document.head.append(Object.assign(
        document.createElement("style"), { textContent: css }));
    const values = { ...traits };
    const listeners = {};
    const model = {
        get: (name) => values[name],
        set(name, value) {
            values[name] = value;
            for (const listen of listeners[`change:${name}`] ?? []) listen();
        },
        on: (event, listen) => (listeners[event] ??= new Set()).add(listen),
        off: (event, listen) => listeners[event].delete(listen),
        save_changes() {},
    };
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const el = document.createElement("div");
    const stop = (await import(url)).default.render({ model, el });
    await new Promise((done) => setTimeout(done, 100));
    document.body.append(el);
    Object.assign(window, { model, stop, listeners });
}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """For each kind the page of two figures, the first with its defaults."""
    return {
        name: write_page(
            tmp_path_factory.mktemp(name), [case.make(), case.make(**case.others)]
        )
        for name, case in CASES.items()
    }


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """A page with every figure, and one of each kind again."""
    figures = [case.make() for case in CASES.values()]
    again = [case.make(**case.others) for case in CASES.values()]
    return write_page(tmp_path_factory.mktemp("crowd"), figures + again)


def first(page):
    return page.locator(".gce-explorer").first


def value(page, case):
    return slider(page, case.slider).input_value()


def values(page):
    """The state of every input of every figure."""
    return page.locator(".gce-explorer").evaluate_all(
        """all => all.map(figure => [...figure.querySelectorAll("input")]
            .map(input => `${input.name.replace(/-\\d+$/, "")}: ${
                /radio|checkbox/.test(input.type) ? input.checked : input.value}`))"""
    )


def test_every_figure_is_tried_here():
    assert set(CASES) == set(explorers.__all__)


@every_figure
def test_keys_and_the_mouse_move_a_slider_and_the_drawing(chromium, pages, name):
    case = CASES[name]
    with open_page(chromium, pages[name]) as page:
        before, seen = values(page), first(page).evaluate(SHOWN)
        slider(page, case.slider).focus()
        page.keyboard.press("ArrowLeft")
        rest(page)
        stepped = first(page).evaluate(SHOWN)
        assert float(value(page, case)) < getattr(case.make(), case.slider)
        drag_slider(page, case.slider, 0.01)
        assert value(page, case) == slider(page, case.slider).get_attribute("min")
        assert len({seen, stepped, first(page).evaluate(SHOWN)}) == 3
        assert values(page)[1] == before[1]  # the other figure keeps its state
        assert page.problems == []


@pytest.mark.parametrize("panel", [0, 1])
@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].dragged])
def test_the_pointer_drags_in_either_chart(chromium, pages, name, panel):
    trait = CASES[name].dragged
    with open_page(chromium, pages[name]) as page:
        control = slider(page, trait)
        low, high = control.get_attribute("min"), control.get_attribute("max")
        box = page.locator(".gce-chart svg[role=img]").nth(panel).bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 3, box["y"] + 60, steps=3)
        rest(page)
        assert control.input_value() == high
        page.mouse.move(box["x"] - 50, box["y"] + 60, steps=3)
        page.mouse.up()
        rest(page)
        assert control.input_value() == low
        page.mouse.move(box["x"] + 100, box["y"] + 60)
        rest(page)
        assert control.input_value() == low


@every_figure
def test_a_finger_scrolls_over_the_figure_and_drags_sideways(chromium, pages, name):
    case = CASES[name]
    with open_page(chromium, pages[name], **PHONE) as page:
        page.evaluate("document.body.style.paddingBottom = '2000px'")
        before = values(page)
        for target in (slider(page, case.slider), page.locator(".gce-chart svg").first):
            if target.count() == 0:
                continue
            page.evaluate("scrollTo(0, 0)")
            target.evaluate("node => node.scrollIntoView({ block: 'center' })")
            rest(page)
            box, start = target.bounding_box(), page.evaluate("scrollY")
            at = (box["x"] + 0.85 * box["width"], box["y"] + box["height"] / 2)
            swipe(page, at, (0, -150))
            assert page.evaluate("scrollY") > start + 50
            assert values(page) == before
        slider(page, case.slider).evaluate(
            "node => node.scrollIntoView({ block: 'center' })"
        )
        rest(page)
        box = slider(page, case.slider).bounding_box()
        at = (box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2)
        swipe(page, at, (box["width"], 3))
        assert value(page, case) == case.end
        swipe(page, at, (0, 0))
        low = float(slider(page, case.slider).get_attribute("min"))
        share = (float(value(page, case)) - low) / (float(case.end) - low)
        assert share == pytest.approx(0.5, abs=0.15)  # a tap


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].dragged])
def test_a_finger_drags_in_a_chart(chromium, pages, name):
    trait = CASES[name].dragged
    with open_page(chromium, pages[name], **PHONE) as page:
        chart = page.locator(".gce-chart svg[role=img]").first
        chart.scroll_into_view_if_needed()
        rest(page)
        box = chart.bounding_box()
        at = (box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2)
        swipe(page, at, (box["width"], 3))
        control = slider(page, trait)
        assert control.input_value() == control.get_attribute("max")


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


@every_figure
def test_only_the_named_figure_moves(chromium, crowded, name):
    case = CASES[name]
    with open_page(chromium, crowded) as page:
        start = values(page)
    index = list(CASES).index(name)
    for suffix, moved in (("", index), ("2", index + len(CASES))):
        fragment = f"#{case.address}{suffix}-{case.slider}={case.text}"
        with open_page(chromium, crowded, fragment=fragment) as page:
            now = values(page)
            changed = [i for i in range(len(now)) if now[i] != start[i]]
            assert changed == [moved]
            assert f"{case.slider}: {float(case.text):g}" in now[moved]


@pytest.mark.parametrize(
    ("fragment", "moved"),
    [
        ("#q=0.25&k=0.50&p=0.10", "LossExplorer"),
        ("#q=0.25", "LossExplorer"),
        ("#q=0.25&num_classes=3", "BoundExplorer"),
        ("#kind=pair&rate=0.3", "NoiseExplorer"),
        ("#k=0.30&epoch=1", "PruningExplorer"),
        ("#noise=symmetric%3A0.8&epoch=1", "RecordsExplorer"),
        ("#play-q=0.25&play-dataset=moons", "Playground"),
    ],
)
def test_a_link_without_a_name_goes_to_one_figure(chromium, crowded, fragment, moved):
    with open_page(chromium, crowded) as page:
        start = values(page)
    with open_page(chromium, crowded, fragment=fragment) as page:
        now = values(page)
    changed = [i for i in range(len(now)) if now[i] != start[i]]
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


@every_figure
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_figure_fits_its_page_in_both_themes(chromium, pages, name, theme):
    options = {"viewport": {"width": 1280, "height": 800}, "color_scheme": theme}
    with open_page(chromium, pages[name], **options) as page:
        for width in (320, 360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            rest(page)
            inside, box = first(page).evaluate(
                "node => [node.scrollWidth, node.clientWidth]"
            )
            whole = page.evaluate("document.scrollingElement.scrollWidth")
            assert inside <= box, f"{inside} px in a figure of {box} px"
            assert whole <= width, f"{whole} px on a page of {width} px"
        paper = first(page).evaluate("node => getComputedStyle(node).backgroundColor")
        assert (paper != "rgb(255, 255, 255)") == (theme == "dark"), paper


@every_figure
def test_colours_follow_the_page_and_forced_ones_the_reader(chromium, pages, name):
    def ink():
        return first(page).evaluate("node => getComputedStyle(node).color")

    with open_page(chromium, pages[name], color_scheme="dark") as page:
        dark, seen = ink(), first(page).evaluate(SHOWN)
        page.evaluate("document.documentElement.dataset.theme = 'light'")
        light = ink()
        if page.locator("canvas").count():
            shown = (
                f"seen => ({SHOWN})(document.querySelector('.gce-explorer')) !== seen"
            )
            page.wait_for_function(shown, arg=seen)
        page.evaluate("delete document.documentElement.dataset.theme")
        page.evaluate("document.body.dataset.jpThemeLight = 'true'")
        assert ink() == light != dark
        page.evaluate("document.body.dataset.jpThemeLight = 'false'")
        assert ink() == dark
        page.emulate_media(forced_colors="active")
        rest(page)
        assert page.problems == []


@every_figure
def test_print_and_no_script_show_the_still_figure(chromium, pages, name):
    with open_page(chromium, pages[name]) as page:
        still = page.locator(".gce-still").first
        assert not still.is_visible()
        page.emulate_media(media="print")
        assert still.is_visible()
        assert len(still.get_attribute("alt")) > 80
        assert not first(page).is_visible()
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages[name].as_uri())
    assert page.locator(".gce-still").first.is_visible()
    assert page.locator(".gce-still").first.bounding_box()["width"] > 300
    context.close()


@every_figure
def test_a_figure_is_drawn_when_it_comes_into_its_page(chromium, name):
    """JupyterLab renders into an element that is not in the page yet."""
    case = CASES[name]
    widget = case.make()
    state = widget.get_state()
    traits = {key: value for key, value in state.items() if not key.startswith("_")}
    del traits["layout"]
    page = chromium.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    given = {"source": widget._esm, "css": widget._css, "traits": traits}
    page.evaluate(MOUNT_DETACHED, given)
    page.wait_for_function(
        "() => document.querySelector('.gce-sentence').textContent.length > 20"
    )
    rest(page)
    assert all(
        box["width"] > 100
        for box in (node.bounding_box() for node in page.locator("canvas, svg").all())
        if box and box["height"] > 20
    )
    canvases = page.locator("canvas").evaluate_all(
        "all => all.map(node => new Set(node.getContext('2d').getImageData("
        "0, 0, node.width, node.height).data).size)"
    )
    assert all(colours > 10 for colours in canvases)
    seen = first(page).evaluate(SHOWN)
    slider(page, case.slider).press("ArrowLeft")
    rest(page)
    assert first(page).evaluate(SHOWN) != seen
    assert page.get_by_role("button", name="Copy link").count() == 0
    page.evaluate("stop()")
    left = page.evaluate("Object.values(listeners).map(all => all.size)")
    assert set(left) == {0}
    assert problems == []
    page.close()


@every_figure
def test_controls_are_labelled_and_keep_their_keys(chromium, pages, name):
    with open_page(chromium, pages[name]) as page:
        inputs = (
            first(page)
            .locator("input")
            .evaluate_all(
                """all => all.map(input => [input.labels.length,
                input.getAttribute("data-lm-suppress-shortcuts")])"""
            )
        )
        assert inputs
        assert {tuple(one) for one in inputs} == {(1, "true")}
        shielded = (
            first(page)
            .locator("button, input")
            .evaluate_all(
                """all => all.every(node =>
                node.parentElement.closest("[data-lm-suppress-shortcuts=true]"))"""
            )
        )
        assert shielded


@every_figure
def test_the_sentence_is_heard_once_the_figure_rests(chromium, pages, name):
    case = CASES[name]
    with open_page(chromium, pages[name]) as page:
        slider(page, case.slider).fill(case.text)
        rest(page)
        sentence = first(page).locator(".gce-sentence").inner_text()
        heard = first(page).locator("[aria-live=polite]")
        heard.filter(has_text=sentence[:40]).wait_for(state="attached")


def test_no_two_figures_share_an_id_or_a_group(chromium, crowded):
    with open_page(chromium, crowded) as page:
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(n => n.id)")
        assert len(ids) > 20
        assert len(set(ids)) == len(ids)
        groups = page.locator(".gce-choice").evaluate_all(
            "all => all.map(group => group.querySelector('input').name)"
        )
        assert len(groups) > 6
        assert len(set(groups)) == len(groups)
        assert page.problems == []


@every_figure
def test_no_number_is_a_minus_zero(chromium, pages, name):
    with open_page(chromium, pages[name]) as page:
        for control in first(page).locator("input[type=range]").all():
            low, high = (float(control.get_attribute(end)) for end in ("min", "max"))
            for share in range(0, 101, 5):
                control.fill(f"{low + (high - low) * share / 100:.2f}")
                rest(page)
                text = first(page).inner_text()
                assert not MINUS_ZERO.search(text), (share, text)
            control.fill(str(low))


@pytest.mark.parametrize(
    ("value", "written"),
    [(-1e-17, "0.000"), (-0.0004, "0.000"), (-0.3, "-0.300"), (0.0005, "0.001")],
)
def test_a_number_that_rounds_to_zero_has_no_sign(chromium, value, written):
    page = chromium.new_page()
    found = page.evaluate(
        """async ([source, value]) => {
            const url = URL.createObjectURL(
                new Blob([source], { type: "text/javascript" }));
            return (await import(url)).threeDecimals(value);
        }""",
        [bundle("numbers.js"), value],
    )
    page.close()
    assert found == written


def test_a_sandboxed_frame_has_live_figures(chromium, pages, tmp_path):
    source = pages["LossExplorer"].read_text(encoding="utf-8")
    script = re.search(r'<script defer src="([^"]+)"></script>', source)
    inline = f"<script>{MOUNT.read_text(encoding='utf-8')}</script></html>"
    source = source.replace(script[0], "").replace("</html>", inline)
    frame = source.replace("&", "&amp;").replace('"', "&quot;")
    path = tmp_path / "frame.html"
    path.write_text(
        '<!doctype html><title>Frame</title><meta charset="utf-8">'
        f'<iframe sandbox="allow-scripts" width="900" height="900" srcdoc="{frame}">',
        encoding="utf-8",
    )
    with open_page(chromium, path) as page:
        inside = page.frame_locator("iframe")
        control = inside.locator("input[name=q]").first
        control.press("ArrowLeft")
        inside.locator("output", has_text="0.69").wait_for()
        page.wait_for_timeout(500)  # longer than it takes to write the address
        assert page.problems == []
