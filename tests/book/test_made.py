"""What the commands make again takes nothing from the people who work with it."""

import pytest

from tools.commands import parser
from tools.made import Made, make_anew


def test_a_file_that_was_changed_stays(tmp_path):
    assert Made(tmp_path).write("book/a.ipynb", "first")
    assert Made(tmp_path).write("book/a.ipynb", "second")
    (tmp_path / "book" / "a.ipynb").write_text("a student's answer")
    (tmp_path / "book" / "own.ipynb").write_text("a student's notes")
    assert not Made(tmp_path).write("book/a.ipynb", "third")
    assert not Made(tmp_path).write("book/own.ipynb", "third")
    assert (tmp_path / "book" / "a.ipynb").read_text() == "a student's answer"
    assert (tmp_path / "book" / "own.ipynb").read_text() == "a student's notes"


def test_a_file_that_was_removed_comes_back(tmp_path):
    Made(tmp_path).write("a.ipynb", "first")
    (tmp_path / "a.ipynb").unlink()
    assert Made(tmp_path).write("a.ipynb", "second")
    assert (tmp_path / "a.ipynb").read_text() == "second"


def test_only_a_folder_of_its_own_is_emptied(tmp_path):
    own, others = tmp_path / "own", tmp_path / "others"
    make_anew(own)
    (own / "made.txt").touch()
    make_anew(own)
    assert not (own / "made.txt").exists()
    others.mkdir()
    make_anew(others)
    thesis = tmp_path / "thesis"
    thesis.mkdir()
    (thesis / "chapter-1.tex").touch()
    with pytest.raises(SystemExit, match=r"expected an empty folder .* got .*thesis"):
        make_anew(thesis)
    assert (thesis / "chapter-1.tex").exists()


def test_a_tilde_in_a_folder_s_name_is_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    given = parser("About.", "slides").parse_args(["--to=~/slides"])
    assert given.to == tmp_path / "slides"
