"""The command line: ``python -m gce_lib``."""

import sys

if __name__ == "__main__":
    try:
        from gce_lib.cli import main

        sys.exit(main())
    except KeyboardInterrupt:  # so early that there is nothing to continue
        sys.exit(130)
