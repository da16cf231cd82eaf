"""The chapters are clean, read well outside the book, and nbval really compares."""

import copy
import re
import subprocess
import sys

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from tools import notebooks

CHAPTERS = notebooks.chapters()
NAMES = [path.stem for path in CHAPTERS]


@pytest.fixture(params=CHAPTERS, ids=NAMES)
def chapter(request):
    return request.param


def read(path):
    return nbformat.read(path, as_version=4)


def markdown(nb):
    return "\n".join(c.source for c in nb.cells if c.cell_type == "markdown")


def test_there_are_chapters():
    assert CHAPTERS


def test_notebook_is_clean(chapter):
    text = chapter.read_text(encoding="utf-8")
    cleaned = notebooks.serialise(notebooks.clean(nbformat.reads(text, as_version=4)))
    assert text == cleaned, f"run: python -m tools.notebooks {chapter}"


def test_only_checked_cells_store_outputs_and_each_stores_one(chapter):
    for cell in read(chapter).cells:
        if cell.cell_type == "code":
            assert bool(cell.outputs) == notebooks.is_checked(cell), cell.source
            assert cell.execution_count == (1 if cell.outputs else None)


def test_some_cell_is_compared(chapter):
    assert any(map(notebooks.is_checked, read(chapter).cells))


def test_first_code_cell_is_the_setup_cell(chapter):
    first = next(c for c in read(chapter).cells if c.cell_type == "code")
    assert first.source == notebooks.setup_source()


def test_setup_never_touches_what_colab_brings():
    requirements = re.findall(r"%pip.*", notebooks.setup_source())
    assert requirements
    for line in requirements:
        assert "--no-deps" in line
        assert not re.search(r"torch|numpy|ipywidgets|==", line)


@pytest.fixture
def shell(monkeypatch):
    """A kernel's shell without the library, and with a pip that only says it ran."""
    shell = InteractiveShell()
    monkeypatch.setitem(sys.modules, "gce_lib", None)
    shell.asked = []
    shell.register_magic_function(shell.asked.append, magic_name="pip")
    return shell


def test_an_install_that_fails_says_what_to_do_and_stops(shell):
    result = shell.run_cell(notebooks.setup_source(), silent=True)
    assert len(shell.asked) == 1
    assert isinstance(result.error_in_exec, RuntimeError)
    assert "run this cell again" in str(result.error_in_exec)
    assert "gce" not in shell.user_ns


def test_an_install_that_works_ends_in_an_import(shell, monkeypatch):
    def install(line):
        monkeypatch.undo()

    shell.register_magic_function(install, magic_name="pip")
    result = shell.run_cell(notebooks.setup_source(), silent=True)
    assert result.success
    assert shell.user_ns["gce"].gce_loss


def test_markdown_reads_well_in_colab(chapter):
    text = markdown(read(chapter))
    assert "```{" not in text, "use colon fences: Colab hides what is in backticks"
    assert "glue" not in text
    assert "\\(" not in text, "use dollars for formulas"


def test_chapter_has_all_its_parts(chapter):
    text = markdown(read(chapter))
    parts = ("# ", "You will learn", "Needs", "What to see", "exercise}", "## Summary")
    for part in (*parts, "solution", "## Next", "Check yourself"):
        assert part in text, f"{chapter.name} has no {part!r}"


def test_questions_are_those_of_the_bank(chapter):
    text = markdown(read(chapter))
    assert 'class="answer"' not in text
    assert ":::{self-test}" in text


def first_checked_part(nb):
    """Return the notebook up to its first compared cell, and that cell."""
    part = copy.deepcopy(nb)
    last = next(i for i, c in enumerate(part.cells) if notebooks.is_checked(c))
    part.cells = part.cells[: last + 1]
    return part, part.cells[last]


def nbval(path):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += ["--nbval-lax", "--nbval-current-env", str(path), "-p", "conftest"]
    command += ["--rootdir", str(path.parent)]
    return subprocess.run(command, capture_output=True, text=True, cwd=notebooks.ROOT)


def test_nbval_fails_when_a_stored_output_is_changed(tmp_path):
    part, cell = first_checked_part(read(CHAPTERS[-1]))
    path = tmp_path / "part.ipynb"
    nbformat.write(part, path)
    honest = nbval(path)
    assert honest.returncode == 0, honest.stdout
    output = cell.outputs[0]
    if output.output_type == "stream":
        output.text = "something else\n" + output.text
    else:
        output.data["text/plain"] = "something else"
    nbformat.write(part, path)
    changed = nbval(path)
    assert changed.returncode == 1, changed.stdout
    assert "something else" in changed.stdout


def test_clean_strips_all_but_the_text_of_checked_cells():
    nb = nbformat.v4.new_notebook()
    image = {"image/png": "aGk=", "text/plain": "Figure"}
    outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="42\n"),
        nbformat.v4.new_output("stream", name="stderr", text="warning\n"),
        nbformat.v4.new_output("display_data", image),
        nbformat.v4.new_output("execute_result", image, execution_count=3),
    ]
    for tags in ([], [notebooks.CHECKED]):
        cell = nbformat.v4.new_code_cell("x", outputs=outputs, execution_count=3)
        cell.metadata["tags"] = tags
        nb.cells.append(cell)
    plain, checked = notebooks.clean(copy.deepcopy(nb)).cells
    assert plain.outputs == []
    assert [o.output_type for o in checked.outputs] == ["stream", "execute_result"]
    assert checked.outputs[1].data == {"text/plain": "Figure"}
    assert (plain.execution_count, checked.execution_count) == (None, 1)


WORDS_PER_MINUTE = 200


def words(chapter: str) -> int:
    notebook = nbformat.read(notebooks.ROOT / "book" / f"{chapter}.ipynb", as_version=4)
    texts = [c.source for c in notebook.cells if c.cell_type == "markdown"]
    return sum(len(text.split()) for text in texts)


def test_the_short_path_is_an_evening():
    """Two chapters and a half to read, the rest to play with."""
    read = ("problem/label-noise", "theory/lq-loss", "practice/reproduction")
    minutes = sum(map(words, read)) / WORDS_PER_MINUTE
    assert 30 < minutes < 90  # as much again for the figures and two summaries
