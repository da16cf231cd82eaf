"""python -m tools.slides: decks of the built book, in `_build/slides`.

Open index.html there; no network is needed. A PDF of each deck lies beside its page.
"""

from __future__ import annotations

import sys

from tools.build_book import ROOT
from tools.commands import is_built, parser
from tools.slides.decks import print_decks, write_decks


def main() -> int:
    args = parser(__doc__, "slides").parse_args()
    if not is_built():
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
