"""python -m tools.editions [pdf | offline …].

Makes the editions of the built book below `_build/editions`; without a name, all.

pdf      gce-book.pdf: the whole book for paper and for readers of PDFs
offline  gce-book-offline.zip: the site; unpack it, open index.html, no network needed
"""

from __future__ import annotations

import sys

from tools.build_book import ROOT
from tools.commands import is_built, one_of, parser
from tools.editions.offline import pack_site
from tools.editions.pdf import print_book

MAKERS = {
    "pdf": (print_book, "gce-book.pdf"),
    "offline": (pack_site, "gce-book-offline.zip"),
}


def main() -> int:
    command = parser(__doc__, "editions")
    command.add_argument("names", nargs="*", type=one_of(MAKERS), help="what to make")
    args = command.parse_args()
    if not is_built():
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
