"""The whole book as a PDF, printed by Chromium."""

from __future__ import annotations

from pathlib import Path

from tools.browser import launch, open_page
from tools.editions.whole import whole_book

STYLE = Path(__file__).with_name("print.css")
NUMBER = (
    '<div style="width: 100%; font: 8px sans-serif; text-align: center">'
    '<span class="pageNumber"></span></div>'
)


def print_book(root: Path, pdf: Path) -> None:
    """Print the built site to `pdf`: outline, page numbers, links from page to page.

    Raises
    ------
    RuntimeError
        If there is no Chromium.
    """
    page_file = root / "_build" / "html" / "whole-book.html"
    page_file.write_text(whole_book(root), encoding="utf-8")
    try:
        with launch() as browser, open_page(browser, page_file) as page:
            page.add_style_tag(path=STYLE)
            page.pdf(
                path=pdf,
                prefer_css_page_size=True,
                display_header_footer=True,
                header_template="<span></span>",
                footer_template=NUMBER,
                print_background=True,
                outline=True,
                tagged=True,
            )
    finally:
        page_file.unlink()
