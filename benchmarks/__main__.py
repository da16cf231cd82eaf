"""All benchmarks that need no download, each in a process: losses, training, sweep.

python -m benchmarks            about ten minutes on two CPU cores
python -m benchmarks --quick    about one minute
"""

import argparse
import subprocess
import sys

QUICK = {"losses": ["--quick"], "training": ["--epochs", "1"], "sweep": ["--quick"]}


def main() -> int:
    """Run the benchmarks in turn; the exit code is that of the first that fails."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    for name, options in QUICK.items():
        print(f"\n## {name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *(options * quick)]
        code = subprocess.run(command).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
