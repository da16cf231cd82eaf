"""Make sure that the tests find a browser: `python -m tools.install_browser`.

Leaves a system with Chromium or Chrome alone. Otherwise, as root on Debian, asks
apt; then Playwright. Ends with status 1 and a sentence if none can be had.
"""

import os
import shutil
import subprocess
import sys

from tools.browser import find

PLAYWRIGHT_SECONDS = 300
APT_SECONDS = 900
HELP = (
    "The tests need a browser and none could be installed: install Chromium or "
    "Google Chrome (Debian: `apt-get install chromium`), then run again."
)


def install_with_apt() -> None:
    """Install Debian's Chromium, where this process may."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        install = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
        attempt(["apt-get", "update"], APT_SECONDS)
        attempt(install, APT_SECONDS)


def install_with_playwright() -> None:
    """Download Playwright's own Chromium."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    attempt(command, PLAYWRIGHT_SECONDS)


def attempt(command: list[str], seconds: float) -> None:
    """Run a command that may fail: whether a browser is there is seen afterwards."""
    print("+", *command, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, timeout=seconds, env=environment, check=True)
    except subprocess.SubprocessError as error:
        print(error, file=sys.stderr)


def main() -> str | None:
    """Install a browser if there is none; return what to tell the user."""
    for install in (None, install_with_apt, install_with_playwright):
        if install:
            install()
        if path := find():
            print(f"Browser for the tests: {path}")
            return None
    return HELP


if __name__ == "__main__":
    sys.exit(main())
