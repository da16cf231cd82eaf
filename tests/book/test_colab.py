"""Chapters run as in Colab: its versions, the library from the set-up cell."""

import json
import subprocess
import sys

import nbformat
import pytest

from tools import colab
from tools.plain.__main__ import write

pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="Colab's NumPy is older than this Python"
)


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    return colab.make_environment(tmp_path_factory.mktemp("colab"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    write(folder)
    return folder / "book"


def test_the_environment_has_colabs_versions_and_no_library(python):
    names = "gce_lib numpy pandas ipywidgets torch"
    ask = (
        "import importlib.util, json, sys\n"
        "from importlib.metadata import version\n"
        f"found = {{n: bool(importlib.util.find_spec(n)) for n in '{names}'.split()}}\n"
        "print(json.dumps([found, version('pandas'), version('ipywidgets')]))"
    )
    answer = subprocess.check_output([python, "-c", ask], text=True, cwd=python.parent)
    found, pandas, ipywidgets = json.loads(answer)
    assert found.pop("gce_lib") is False
    assert all(found.values())
    assert (pandas, ipywidgets) == ("2.2.2", "7.7.1")


@pytest.mark.parametrize("chapter", ["theory/lq-loss", "practice/since-2018"])
def test_a_chapter_runs_there_without_a_warning(python, plain, tmp_path, chapter):
    assert colab.run(python, plain / f"{chapter}.ipynb", tmp_path) == []


def test_a_warning_and_an_error_are_told(python, tmp_path):
    path = tmp_path / "new.ipynb"
    for code in ["import warnings; warnings.warn('old')", "raise KeyError('old')"]:
        cells = [nbformat.v4.new_code_cell(code)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        assert "old" in "".join(colab.run(python, path, tmp_path / "to"))
