"""Find a Chromium, start it, and open pages of the book in it without a network."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ipywidgets.embed import embed_data
from playwright.sync_api import Browser, Locator, Page, sync_playwright

NAMES = (
    "chromium",
    "google-chrome",
    "google-chrome-stable",
    "chromium-browser",
    "microsoft-edge",
)
USUAL_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
STATIC = Path(__file__).parent.parent / "gce_lib/explorers/static"
MOUNT = STATIC / "mount.js"
STATE = "application/vnd.jupyter.widget-state+json"
PATIENCE = 60_000  # ms, for a busy machine
PICTURE = re.compile(rb"data:image/[^\"]*")
LOCAL = ("file:", "blob:", "data:")


def find() -> str | None:
    """The path of a browser that starts: the system's, else Playwright's own."""
    candidates = [*filter(None, map(shutil.which, NAMES)), *USUAL_PLACES]
    with sync_playwright() as playwright:
        candidates.append(playwright.chromium.executable_path)
    return next(filter(starts, candidates), None)


def starts(path: str) -> bool:
    """Whether `path` is a browser that runs (some systems ship an empty shell)."""
    if not Path(path).is_file():
        return False
    if os.name == "nt":  # there, --version opens a window
        return True
    answer = subprocess.run([path, "--version"], capture_output=True, timeout=60)
    return answer.returncode == 0


@contextmanager
def launch():
    """A running Chromium.

    Raises
    ------
    RuntimeError
        If this machine has none.
    """
    path = find()
    if path is None:
        raise RuntimeError(
            "the tests need Chromium or Chrome, found none: "
            "run `python -m tools.install_browser`"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_page(browser: Browser, path: Path, *, fragment: str = "", **options):
    """The page at `path`, settled, on file:// with every network request refused.

    `page.asked` lists what it loads, `page.problems` what a reader's console would show
    as an error and each request that left the machine. `options` go to Playwright's
    ``new_context``.
    """
    context = browser.new_context(offline=True, **options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.problems, page.asked = [], []

    def answer(route):
        page.asked.append(route.request.url)
        if route.request.url.startswith(LOCAL):
            route.continue_()
        else:
            page.problems.append(f"asked another host: {route.request.url}")
            route.abort()

    def listen(message):
        if message.type == "error":
            page.problems.append(f"console: {message.text}")

    context.route("**/*", answer)
    page.on("console", listen)
    page.on("pageerror", lambda error: page.problems.append(f"error: {error}"))
    try:
        page.goto(path.resolve().as_uri() + fragment)
        settle(page)
        yield page
    finally:
        context.close()


def write_page(folder: Path, figures: list) -> Path:
    """A static page in `folder` as the book makes it: state, views, mount script."""
    state = embed_data(figures, drop_defaults=False)["manager_state"]
    views = "".join(figure._repr_mimebundle_()[0]["text/html"] for figure in figures)
    path = folder / "index.html"
    path.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Test</title>'
        f'<script type="{STATE}">{json.dumps(state)}</script>'
        f'<script defer src="{MOUNT.as_uri()}"></script>'
        f"<main>{views}</main></html>",
        encoding="utf-8",
    )
    return path


def settle(page: Page) -> None:
    """Wait until the fonts are there and the live figures drawn."""
    page.evaluate("() => document.fonts.ready.then(() => null)")
    page.wait_for_function(
        """() => [...document.querySelectorAll(".gce-static")].every(
            (box) => box.matches(".gce-mounted"))"""
    )
    page.evaluate(
        """() => new Promise(done =>
            requestAnimationFrame(() => requestAnimationFrame(done)))"""
    )


def layout_shift(page: Page) -> float:
    """How much the page has jumped since it opened; below 0.1 counts as good."""
    return page.evaluate(
        """() => new Promise((done) => {
            let sum = 0;
            const add = (list) => list.getEntries().forEach((e) => (sum += e.value));
            new PerformanceObserver(add).observe(
                { type: "layout-shift", buffered: true });
            setTimeout(() => done(sum), 300);
        })"""
    )


def rest(page: Page) -> None:
    """Wait for the frame that draws the last change."""
    page.evaluate("() => new Promise(f => requestAnimationFrame(() => setTimeout(f)))")


def slider(page: Page, name: str):
    """The slider of one trait in the first live figure."""
    return page.locator(f"input[type=range][name={name}]").first


def drag_slider(page: Page, name: str, share: float) -> None:
    """Drag the thumb of a slider to a share of its length with the mouse."""
    box = slider(page, name).bounding_box()
    middle = box["y"] + box["height"] / 2
    value, low, high = (
        float(slider(page, name).evaluate(f"node => node.{field}"))
        for field in ("value", "min", "max")
    )
    thumb = 8 + (box["width"] - 16) * (value - low) / (high - low)
    page.mouse.move(box["x"] + thumb, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + share * box["width"], middle, steps=5)
    page.mouse.up()
    rest(page)


def bring(target: Locator) -> None:
    """Scroll `target` to the middle and wait until the page, flung or not, is still."""
    target.evaluate(
        """async (node) => {
            const frame = () => new Promise(requestAnimationFrame);
            node.scrollIntoView({ block: "center" });
            for (let place, calm = 0; calm < 10; await frame()) {
                const now = node.getBoundingClientRect().top;
                calm = now === place ? calm + 1 : 0;
                place = now;
            }
        }"""
    )


def swipe(target: Locator, share: float, by: tuple[float, float]) -> None:
    """Move a finger from a share of `target`'s width, by its width and by pixels.

    As a phone would; needs ``has_touch=True``.
    """
    bring(target)
    box, page = target.bounding_box(), target.page
    session = page.context.new_cdp_session(page)

    def send(kind, *points):
        touches = [{"x": x, "y": y} for x, y in points]
        event = {"type": kind, "touchPoints": touches}
        session.send("Input.dispatchTouchEvent", event)

    x, y = box["x"] + share * box["width"], box["y"] + box["height"] / 2
    dx, dy = by[0] * box["width"], by[1]
    send("touchStart", (x, y))
    for step in range(1, 11):
        send("touchMove", (x + dx * step / 10, y + dy * step / 10))
    time.sleep(0.1)  # a finger that halts before it leaves does not fling the page
    send("touchEnd")
    rest(page)


def soon(holds: Callable[[], bool], act: Callable, *arguments: object) -> None:
    """Act until something holds: under load a browser may lose a touch."""
    for _ in range(5):
        act(*arguments)
        for _ in range(20):
            if holds():
                return
            time.sleep(0.05)
    assert holds()


def read_numbers(page: Page, states: list[dict]) -> list[dict]:
    """What the first live figure reads out at each state, set through the address.

    Each answer maps "row.column" of its table to the number at full precision.
    """
    return page.evaluate(
        """async (states) => {
            const frame = () => new Promise(requestAnimationFrame);
            const cells = document.querySelector(".gce-explorer")
                .querySelectorAll("[data-row]");
            const answers = [];
            for (const state of states) {
                const changed = new Promise((done) =>
                    addEventListener("hashchange", done, { once: true }));
                location.hash = new URLSearchParams(state);
                await changed;
                do {
                    await frame();
                    await frame();
                } while (document.querySelector("[aria-busy=true]"));
                answers.push(Object.fromEntries([...cells].map(({ dataset }) =>
                    [`${dataset.row}.${dataset.column}`, Number(dataset.value)])));
            }
            return answers;
        }""",
        states,
    )


def weight(page: Page) -> float:
    """The megabytes of the files that a page has loaded, its own pictures left out."""
    paths = {urlsplit(url).path for url in page.asked if url.startswith("file:")}
    files = (Path(unquote(path)) for path in paths if "/_images/" not in path)
    return sum(len(PICTURE.sub(b"", file.read_bytes())) for file in files) / 1e6
