"""`make book`: failures are named, pages are checked, stale outputs are forgotten."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools import build_book
from tools.notebooks import METADATA

ROOT = Path(__file__).resolve().parents[2]
CONFIG = "title: A small book\nexecute: {execute_notebooks: cache}\n"
PAGE = """---
file_format: mystnb
kernelspec:
  name: python3
---
# A page

```{code-cell} ipython3
answer = 6 * 7
print(answer / DIVISOR)
```
"""


@pytest.fixture
def small_book(tmp_path):
    (tmp_path / "_config.yml").write_text(CONFIG)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: page\n")
    return tmp_path


def build(root):
    command = [sys.executable, "-m", "tools.build_book", str(root)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_a_failing_cell_fails_the_build_and_is_named(small_book):
    (small_book / "page.md").write_text(PAGE.replace("DIVISOR", "0"))
    result = build(small_book)
    assert result.returncode != 0
    assert "A cell of page failed" in result.stderr
    assert "print(answer / 0)" in result.stderr
    assert "ZeroDivisionError" in result.stderr


def test_a_warning_fails_the_build(small_book):
    broken = PAGE.replace("DIVISOR", "1") + "\n[nowhere](missing.md)\n"
    (small_book / "page.md").write_text(broken)
    assert build(small_book).returncode != 0


def test_a_good_book_is_built_and_its_place_is_printed(small_book):
    (small_book / "page.md").write_text(PAGE.replace("DIVISOR", "1"))
    result = build(small_book)
    assert result.returncode == 0, result.stderr
    assert str(small_book / "_build" / "html" / "index.html") in result.stdout
    assert "42.0" in (small_book / "_build" / "html" / "page.html").read_text()


def test_a_notebook_is_executed_once(small_book):
    source = "with open('runs.txt', 'a') as file:\n    print('run', file=file)"
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# A page"),
            nbformat.v4.new_code_cell(source),
            nbformat.v4.new_code_cell("print(6 * 7)"),
        ],
        metadata=METADATA,
    )
    nbformat.write(notebook, small_book / "page.ipynb")
    for _ in range(2):
        result = build(small_book)
        assert result.returncode == 0, result.stderr
        assert (small_book / "runs.txt").read_text() == "run\n"
    assert "42" in (small_book / "_build" / "html" / "page.html").read_text()


def test_missing_pages_are_listed(small_book):
    toc = "format: jb-book\nroot: page\nparts:\n- chapters:\n  - file: other/one\n"
    (small_book / "_toc.yml").write_text(toc)
    assert build_book.missing_pages(small_book) == ["page", "other/one"]


def test_outputs_are_forgotten_when_the_library_changes(small_book):
    source = small_book / "gce_lib" / "losses.py"
    source.parent.mkdir()
    source.write_text("one = 1\n")
    build_book.forget_stale_outputs(small_book)
    cached = small_book / "_build" / "cached"
    cached.touch()
    build_book.forget_stale_outputs(small_book)
    assert cached.exists()
    source.write_text("one = 2\n")
    build_book.forget_stale_outputs(small_book)
    assert not cached.exists()
