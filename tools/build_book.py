"""Execute the chapters, build the HTML, and check that every page is there.

Chapters are executed once and then read from a cache below `_build`.  The cache knows
only the cells; so it is thrown away here when the library or the records change.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor

ROOT = Path(__file__).resolve().parents[1]
SECONDS_A_CHAPTER = 1800
INPUTS = ("requirements.txt", "gce_lib/**/*", "book/results/*")


def inputs_digest(root: Path) -> str:
    """Return a digest of all that a chapter's output depends on, but its cells."""
    digest = hashlib.sha256()
    for pattern in INPUTS:
        for path in sorted(root.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def forget_stale_outputs(root: Path) -> None:
    stamp = root / "_build" / "inputs.sha256"
    digest = inputs_digest(root)
    if not stamp.exists() or stamp.read_text() != digest:
        shutil.rmtree(stamp.parent, ignore_errors=True)
        stamp.parent.mkdir()
        stamp.write_text(digest)


def toc_files(node) -> list[str]:
    """Return every `file` and `root` named in a table of contents."""
    if isinstance(node, list):
        return [name for item in node for name in toc_files(item)]
    if not isinstance(node, dict):
        return []
    own = [node[key] for key in ("root", "file") if key in node]
    return own + [name for value in node.values() for name in toc_files(value)]


def missing_pages(root: Path) -> list[str]:
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    html = root / "_build" / "html"
    return [name for name in toc_files(toc) if not (html / f"{name}.html").is_file()]


def execute_on_all_cores(root: Path) -> None:
    """Execute the notebooks side by side; jupyter-book then finds them in its cache.

    It executes again, and reports, what fails here.
    """
    cache = get_cache(root / "_build" / ".jupyter_cache")
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    notebooks = [root / f"{name}.ipynb" for name in toc_files(toc)]
    uris = [cache.add_nb_to_project(str(p)).uri for p in notebooks if p.is_file()]
    executor = load_executor("local-parallel", cache, logging.getLogger("chapters"))
    executor.run_and_cache(filter_uris=uris, timeout=SECONDS_A_CHAPTER)


def report_failed_cells(reports: Path) -> None:
    for log in sorted(reports.glob("**/*.err.log")):
        text = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text(encoding="utf-8")).strip()
        notebook = log.relative_to(reports).as_posix().removesuffix(".err.log")
        cell = text.split("------------------")
        source = cell[1].rstrip() if len(cell) > 1 else ""
        print(
            f"\nA cell of {notebook} failed:\n{source}\n{text.splitlines()[-1]}",
            file=sys.stderr,
        )


def run_jupyter_book(root: Path) -> int:
    command = ["jupyter-book", "build", "-W", "-n", "--keep-going", str(root)]
    beside_python = str(Path(sys.executable).parent)
    path = os.pathsep.join([beside_python, os.environ["PATH"]])
    reports = root / "_build" / "html" / "reports"
    shutil.rmtree(reports, ignore_errors=True)
    code = subprocess.run(command, env={**os.environ, "PATH": path}).returncode
    report_failed_cells(reports)
    return code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", nargs="?", type=Path, default=ROOT, help="the book")
    root = parser.parse_args().root.resolve()
    forget_stale_outputs(root)
    execute_on_all_cores(root)
    if code := run_jupyter_book(root):
        return code
    if missing := missing_pages(root):
        print(f"Not built, though in _toc.yml: {', '.join(missing)}", file=sys.stderr)
        return 1
    print(f"\nThe book is built.  Open {root / '_build' / 'html' / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
