"""The code on a page of the book, and ways to run it as a reader would."""

import os
import re
import subprocess
import sys
from pathlib import Path

REFERENCE = Path(__file__).resolve().parents[1] / "book" / "reference"


def blocks(page: str) -> list[tuple[str, str]]:
    """Return (language, source) of the page's blocks of Python and of bash."""
    text = (REFERENCE / page).read_text("utf-8")
    return re.findall(r"```(python|bash)\n(.*?)```", text, re.DOTALL)


def run_python(source: str, names: dict) -> None:
    exec(compile(source, "a snippet", "exec"), names)


def run_bash(source: str, folder: Path) -> str:
    """Run lines for a terminal in a folder; return what they print."""
    beside_python = str(Path(sys.executable).parent)
    path = os.pathsep.join([beside_python, os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-ec", source],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
