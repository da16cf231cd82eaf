"""python -m tools.slides: decks of the built book, in `_build/slides`.

Open index.html there; no network is needed. A PDF of each deck lies beside its page.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.build_book import ROOT, missing_pages
from tools.slides.decks import print_decks, write_decks


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    folder = ROOT / "_build" / "slides"
    parser.add_argument("--to", type=Path, default=folder, help="the folder to fill")
    args = parser.parse_args()
    if missing := missing_pages(ROOT):
        print(f"error: run make book first; not built: {missing[0]}", file=sys.stderr)
        return 1
    decks = write_decks(ROOT, args.to)
    try:
        print_decks(decks)
    except RuntimeError as error:
        print(f"There are decks without PDFs: {error}", file=sys.stderr)
    print(f"{len(decks)} decks.  Open {args.to / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
