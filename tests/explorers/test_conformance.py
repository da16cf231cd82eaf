"""What every live figure does alike: keys, drags, fingers, links, themes, paper."""

import re

import pytest
from figures import CASES, every_figure, first, value, values

from gce_lib import explorers
from gce_lib.explorers.bundle import bundle
from tools.browser import (
    MOUNT,
    bring,
    drag_slider,
    open_page,
    rest,
    slider,
    soon,
    swipe,
)

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


@pytest.mark.parametrize(
    ("name", "panel"),
    [(n, i) for n, case in CASES.items() if case.dragged for i in range(case.charts)],
)
def test_the_pointer_drags_in_every_chart(chromium, pages, name, panel):
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
        control = slider(page, case.slider)
        for target in (control, page.locator(".gce-chart svg").first):
            if target.count() == 0:
                continue
            bring(target)
            start = page.evaluate("scrollY")

            def scrolled(start=start):
                return page.evaluate("scrollY") > start + 50

            soon(scrolled, swipe, target, 0.85, (0, -150))
            assert values(page) == before
        soon(lambda: value(page, case) == case.end, swipe, control, 0.5, (1, 3))
        low = float(control.get_attribute("min"))

        def share():
            return (float(value(page, case)) - low) / (float(case.end) - low)

        tapped = pytest.approx(0.5, abs=0.15)
        soon(lambda: share() == tapped, swipe, control, 0.5, (0, 0))


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].dragged])
def test_a_finger_drags_in_a_chart(chromium, pages, name):
    trait = CASES[name].dragged
    with open_page(chromium, pages[name], **PHONE) as page:
        chart = page.locator(".gce-chart svg[role=img]").first
        control = slider(page, trait)
        most = control.get_attribute("max")
        soon(lambda: control.input_value() == most, swipe, chart, 0.5, (1, 3))


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
        assert page.problems == []


CONTRASTS = """() => {
    const light = (colour) => {
        const [red, green, blue] = colour.match(/[\\d.]+/g).slice(0, 3).map(
            (part) => (part /= 255) <= 0.04045 ? part / 12.92
                : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
    };
    const style = (node) => getComputedStyle(node);
    const paper = light(style(document.querySelector(".gce-explorer")).backgroundColor);
    const inks = [...document.querySelectorAll(".gce-explorer .gce-curve")]
        .filter((node) => node.getAttribute("d"))
        .map((node) => style(node).stroke);
    for (const node of document.querySelectorAll(":is(text, label)"))
        inks.push(style(node)[node.tagName === "text" ? "fill" : "color"]);
    const drawn = inks.filter((ink) => ink.startsWith("rgb"));  // not "none"
    return drawn.map(light).map((ink) =>
        Math.max(ink, paper) / Math.min(ink, paper));
}"""


@every_figure
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_leave_lines_and_words_visible(chromium, pages, name, scheme):
    with open_page(chromium, pages[name], color_scheme=scheme) as page:
        page.emulate_media(forced_colors="active", color_scheme=scheme)
        rest(page)
        contrasts = page.evaluate(CONTRASTS)
        assert len(contrasts) > 3
        assert min(contrasts) > 2
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
        labels = (
            first(page)
            .locator("input")
            .evaluate_all("all => all.map(input => input.labels.length)")
        )
        assert set(labels) == {1}
        # A figure around them is not enough: JupyterLab asks what has the focus.
        focusable = first(page).locator(
            "button, input, select, textarea, summary, a[href], [tabindex]"
        )
        keeps = (
            "all => all.map(node => node.matches('[data-lm-suppress-shortcuts=true]'))"
        )
        assert set(focusable.evaluate_all(keeps)) == {True}


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
