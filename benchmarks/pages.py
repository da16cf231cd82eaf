"""What the pages of the built book weigh, and how fast they are, in Chromium.

python -m benchmarks.pages                    every page
python -m benchmarks.pages book/theory/bounds

A line a page: megabytes that it loads uncompressed, its own pictures left out; seconds
to the first paint; layout shift (below 0.1 is good). Below it a line a slider: the
median of the milliseconds that a move of it takes, from the event to the end of the
frame's drawing; a display leaves 16. Run it on a machine that does nothing else.
"""

import argparse
import statistics
import sys

from sphinx_external_toc.parsing import parse_toc_yaml

from tools.browser import launch, layout_shift, open_page, weight
from tools.build_book import ROOT

HTML = ROOT / "_build" / "html"
PAINT = """() =>
    performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN"""
# Frames' callbacks run in the order in which they were asked for: the figure's own
# stands between the two of ours.
MOVE = """async (input) => {
    const times = [];
    for (let i = 1; i <= 15; i++) {
        const share = (i * 0.37) % 1;
        input.value = Number(input.min) + share * (input.max - input.min);
        let begun, handled = performance.now();
        requestAnimationFrame(() => (begun = performance.now()));
        input.dispatchEvent(new Event("input", { bubbles: true }));
        handled = performance.now() - handled;
        await new Promise(requestAnimationFrame);
        document.body.offsetHeight;
        times.push(handled + performance.now() - begun);
    }
    return times;
}"""


def measure(browser, name: str) -> None:
    path = HTML / f"{name}.html"
    with open_page(browser, path, viewport={"width": 1280, "height": 900}) as page:
        shift, paint = layout_shift(page), page.evaluate(PAINT) / 1000
        print(f"{name}: {weight(page):.2f} MB, {paint:.2f} s, shift {shift:.3f}")
        for slider in page.locator(".gce-explorer input[type=range]").all():
            slider.scroll_into_view_if_needed()
            median = statistics.median(slider.evaluate(MOVE))
            print(f"    {slider.get_attribute('name')}: {median:.1f} ms", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    every = sorted(parse_toc_yaml(ROOT / "_toc.yml"))
    parser.add_argument("pages", nargs="*", help="such as book/theory/bounds")
    names = parser.parse_args().pages or every
    if missing := [name for name in names if not (HTML / f"{name}.html").is_file()]:
        print(f"error: not built: {missing[0]}; run make book first", file=sys.stderr)
        return 1
    with launch() as browser:
        for name in names:
            measure(browser, name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
