"""What `pip install` brings: everything that the chapters read on another machine."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> set[str]:
    """Return the names of the files in the wheel, built from a copy of the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    ignore = shutil.ignore_patterns("__pycache__", "*.work")
    for name in ("gce_lib", "book/results"):
        shutil.copytree(ROOT / name, source / name, ignore=ignore)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    options = ["--no-deps", "--no-build-isolation", "--no-index", "-q"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "-w", folder, source]
    subprocess.run(command, check=True)
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def test_the_whole_library_is_in_the_wheel(wheel):
    modules = (ROOT / "gce_lib").rglob("*.py")
    assert {path.relative_to(ROOT).as_posix() for path in modules} <= wheel


def test_what_the_library_reads_is_in_the_wheel(wheel):
    kinds = (".json", ".npz", ".js", ".css")
    files = [
        path.relative_to(ROOT)
        for path in (ROOT / "gce_lib").rglob("*")
        if path.suffix in kinds and path.parent.name != "static"
    ]
    assert {path.as_posix() for path in files} <= wheel


def test_the_records_of_the_book_are_in_the_wheel(wheel):
    files = list((ROOT / "book" / "results").glob("*.jsonl"))
    assert files
    assert {f"gce_lib/results/{file.name}" for file in files} <= wheel
