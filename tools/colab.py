"""Run chapters as Colab does, and fail where one raises or warns.

python -m tools.colab                          all chapters
python -m tools.colab theory/lq-loss problem/label-noise

They are the plain notebooks of `make plain`. Their kernel has the versions of
`requirements-colab.txt`, over the packages of this environment, and no `gce_lib`: the
set-up cell installs it, from the last commit of this repository in place of the net's.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path

import nbformat
import yaml

from tools.commands import one_of
from tools.notebooks import ROOT

PLAIN = ROOT / "_build" / "notebooks" / "book"
WHAT_COLAB_HAS = ROOT / "requirements-colab.txt"


def make_environment(folder: Path) -> Path:
    """Make an environment in `folder` and return its Python.

    A path in a `.pth` file shows packages to it, but no package that is installed
    there for editing: so it sees no `gce_lib`.
    """
    venv.create(folder, clear=True, symlinks=True)
    python = folder / "bin" / "python"
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = subprocess.check_output([python, "-c", ask], text=True).strip()
    Path(own, "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    install = ["-m", "pip", "install", "-q", "--no-deps", "-r", WHAT_COLAB_HAS]
    subprocess.run([python, *install], check=True)
    return python


def from_this_repository() -> dict[str, str]:
    """Environment variables with which git fetches the book's repository from here."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{ROOT.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": config["repository"]["url"],
    }


def run(python: Path, notebook: Path, folder: Path) -> list[str]:
    """Run a notebook; return what went wrong, empty for a run without a warning."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [python, "-m", "nbconvert", "--to", "notebook", "--execute"]
    to = ["--output-dir", folder, "--ExecutePreprocessor.timeout=1800", notebook]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment |= from_this_repository() | {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    done = subprocess.run(
        [*command, *to], cwd=folder, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        return [done.stderr]
    executed = nbformat.read(folder / notebook.name, as_version=4)
    return [
        output.text
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stderr"
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    files = PLAIN.rglob("*.ipynb")
    every = sorted(file.relative_to(PLAIN).with_suffix("").as_posix() for file in files)
    parser.add_argument("chapters", nargs="*", type=one_of(every), metavar="chapter")
    chapters = parser.parse_args().chapters or every
    if not chapters:
        print(f"error: no notebooks in {PLAIN}: run make plain first", file=sys.stderr)
        return 1
    folder = ROOT / "_build" / "colab"
    python = make_environment(folder / "environment")
    wrong = 0
    for chapter in chapters:
        start = time.perf_counter()
        problems = run(python, PLAIN / f"{chapter}.ipynb", folder / "executed")
        seconds = time.perf_counter() - start
        print(f"{chapter}: {'failed' if problems else 'fine'}, {seconds:.0f} s")
        print(*problems, sep="\n", end="")
        wrong += bool(problems)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
