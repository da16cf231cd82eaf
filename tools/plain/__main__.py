"""Write the plain notebooks."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import nbformat
import yaml
from pybtex.database import BibliographyData, parse_file

from tools.address import site
from tools.commands import typed
from tools.made import Made
from tools.notebooks import ROOT, chapters, serialise
from tools.plain import __doc__ as about

from .blocks import Plain
from .references import Place, References, places


def texts(nb) -> list[str]:
    return [cell.source for cell in nb.cells if cell.cell_type == "markdown"]


def plain_notebook(nb, references: References) -> None:
    """Make a notebook plain, in place."""
    plain, kept = Plain(), []
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            cell.source = plain.markdown(references.resolve(cell.source))
        elif plain.inside_solution:
            cell.source = f"#@title Solution\n{cell.source}"
            cell.metadata.update(cellView="form", jupyter={"source_hidden": True})
        if cell.source:
            kept.append(cell)
    address = f"{references.site}{references.page}.html"
    title, _, rest = kept[0].source.partition("\n")
    page = f"*A chapter to run; to read it, [open its page]({address}).*"
    kept[0].source = f"{title}\n\n{page}\n{rest}"
    nb.cells = kept


def labels_of_the_book(sources: dict[str, list[str]]) -> dict[str, Place]:
    found: dict[str, Place] = {}
    for page, written in sources.items():
        found |= places(page, written)
    return found


def write(folder: Path) -> list[Path]:
    """Write the chapters into a folder, except those that somebody has changed there.

    Returns
    -------
    list of Path
        Those that were written.
    """
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    address = site(config["repository"]["url"])
    works: BibliographyData = parse_file(str(ROOT / config["bibtex_bibfiles"][0]))
    pages = {name(path): nbformat.read(path, as_version=4) for path in chapters()}
    sources = {page: texts(nb) for page, nb in pages.items()}
    for path in (ROOT / "book").rglob("*.md"):
        sources[name(path)] = [path.read_text(encoding="utf-8")]
    labels = labels_of_the_book(sources)
    made, written = Made(folder), []
    for page, nb in pages.items():
        plain_notebook(nb, References(page, address, labels, works))
        path = folder / f"{page}.ipynb"
        if made.write(f"{page}.ipynb", serialise(nb)):
            written.append(path)
        else:
            print(f"kept, for it was changed: {path}", file=sys.stderr)
    return written


def name(path: Path) -> str:
    """Return the page of a file, such as ``"book/theory/bounds"``."""
    return path.relative_to(ROOT).with_suffix("").as_posix()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = ROOT / "_build" / "notebooks"
    parser.add_argument("folder", nargs="?", type=typed, default=default)
    for path in write(parser.parse_args().folder):
        print(path)


if __name__ == "__main__":
    main()
