"""What the commands that make files of the book have in common."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection
from pathlib import Path

from gce_lib.files import typed_path
from tools.build_book import ROOT, missing_pages


def parser(about: str | None, folder: str) -> argparse.ArgumentParser:
    """Return a parser whose help is `about`, with the folder below `_build` to fill."""
    made = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = ROOT / "_build" / folder
    made.add_argument("--to", type=typed, default=default, help="the folder to fill")
    return made


def typed(path: str) -> Path:
    """Return a path of the command line, the home folder in place of a ``~``."""
    return typed_path("a folder", path)


def one_of(names: Collection[str]) -> Callable[[str], str]:
    """Return a type of arguments, one of `names`; `choices` would refuse none."""

    def known(name: str) -> str:
        if name not in names:
            raise argparse.ArgumentTypeError(f"expected {', '.join(names)}, got {name}")
        return name

    return known


def is_built() -> bool:
    """Whether every page of the book is there; else say so."""
    missing = missing_pages(ROOT)
    if missing:
        print(f"error: run make book first; not built: {missing[0]}", file=sys.stderr)
    return not missing
