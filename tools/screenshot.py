"""Take the README's picture: the live figure of the built book's landing page."""

from tools.browser import launch, open_page
from tools.build_book import ROOT

PAGE = ROOT / "_build" / "html" / "book" / "index.html"
PICTURE = ROOT / "book" / "_static" / "slider.png"


def main() -> None:
    viewport = {"width": 1280, "height": 900}
    with launch() as browser, open_page(browser, PAGE, viewport=viewport) as page:
        page.locator(".gce-explorer").first.screenshot(path=PICTURE)


if __name__ == "__main__":
    main()
