"""The command line: ``python -m gce_lib``."""

import sys

from gce_lib.cli import main

if __name__ == "__main__":
    sys.exit(main())
