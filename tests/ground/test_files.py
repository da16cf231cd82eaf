"""Files appear whole or not at all."""

import os
import shutil

import pytest

from gce_lib.files import written_whole


def write_half(path):
    with written_whole(path) as file:
        file.write(b"half")
        raise OSError("full")


def write_and_remove_the_folder(path):
    with written_whole(path) as file:
        file.write(b"x")
        shutil.rmtree(path.parent)


def test_a_file_takes_the_place_of_the_old_one_when_it_is_whole(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with written_whole(path, "w", encoding="utf-8") as file:
        file.write("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_an_error_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(OSError, match="full"):
        write_half(path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_an_error_comes_through_when_the_folder_has_gone(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(OSError, match="folder"):
        write_and_remove_the_folder(folder / "a")
