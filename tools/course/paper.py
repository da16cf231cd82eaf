"""What is printed: pages, and their PDFs."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from tools.course.render import to_blocks, to_paper


def render(template: str, **content) -> str:
    """Return a page from a template beside this file."""
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=False, trim_blocks=True)
    environment.filters |= {"html": to_paper, "blocks": to_blocks}
    return environment.get_template(template).render(**content)


def print_pdfs(pages: list[Path]) -> None:
    """Print each page into a PDF beside it.

    Raises
    ------
    RuntimeError
        If this machine has no browser.
    """
    from tools.browser import launch, open_page

    with launch() as browser:
        for path in pages:
            with open_page(browser, path) as page:
                page.pdf(path=path.with_suffix(".pdf"), prefer_css_page_size=True)
