"""What is printed: pages with MathJax beside them, and their PDFs."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from tools.course.render import to_blocks, to_html


def render(template: str, **content) -> str:
    """Return a page from a template beside this file."""
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=False, trim_blocks=True)
    environment.filters |= {"html": to_html, "blocks": to_blocks}
    return environment.get_template(template).render(**content)


def copy_mathjax(folder: Path) -> None:
    package = Path(importlib.util.find_spec("sphinx-mathjax-offline").origin).parent
    source, target = package / "static" / "mathjax", folder / "mathjax"
    for name in ("tex-chtml.js", "output/chtml/fonts"):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, dirs_exist_ok=True)
        else:
            shutil.copy(source / name, target / name)


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
