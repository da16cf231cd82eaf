"""python -m tools.editions [pdf | offline …].

Makes the editions of the built book below `_build/editions`; without a name, all.

pdf      gce-book.pdf: the whole book for paper and for readers of PDFs
offline  gce-book-offline.zip: the site; unpack it, open index.html, no network needed
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.build_book import ROOT, missing_pages
from tools.editions.offline import pack_site
from tools.editions.pdf import print_book

MAKERS = {
    "pdf": (print_book, "gce-book.pdf"),
    "offline": (pack_site, "gce-book-offline.zip"),
}


def known(name: str) -> str:
    if name not in MAKERS:
        raise argparse.ArgumentTypeError(f"expected {', '.join(MAKERS)}, got {name}")
    return name


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", type=known, help="what to make")
    folder = ROOT / "_build" / "editions"
    parser.add_argument("--to", type=Path, default=folder, help="the folder to fill")
    args = parser.parse_args()
    if missing := missing_pages(ROOT):
        print(f"error: run make book first; not built: {missing[0]}", file=sys.stderr)
        return 1
    args.to.mkdir(parents=True, exist_ok=True)
    for name in args.names or MAKERS:
        make, file = MAKERS[name]
        try:
            make(ROOT, args.to / file)
        except RuntimeError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        print(f"{args.to / file}: {(args.to / file).stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
