"""Whatever is wrong with an experiment is said in a sentence, and nothing is lost."""

import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest
import tiny_root
import torch

from gce_lib import models
from gce_lib.experiments import (
    GRIDS,
    RecordError,
    RecordFile,
    Run,
    execute,
    grid,
    load_records,
    read_records,
    sweep,
)

execute_module = sys.modules["gce_lib.experiments.execute"]
SHORT = Run(dataset="fashion-mnist", epochs=1)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tiny_root.write(tmp_path_factory.mktemp("data"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda path: Run(seed=1.0), "seed must be an integer of at least 0, got 1.0"),
        (
            lambda path: Run(seed=None),
            "seed must be an integer of at least 0, got None",
        ),
        (lambda path: Run(epochs="3"), "epochs must be an integer of at least 1, got"),
        (lambda path: Run(train_size=0.5), "train_size must be an integer of at least"),
        (lambda path: Run(dataset=None), "dataset must be one of fashion-mini, .*None"),
        (lambda path: Run(model=models.mlp), "model must be one of mlp, .*got"),
        (lambda path: Run(protocol=3), "protocol must be one of lesson, .*got 3"),
        (
            lambda path: grid(seeds=2.0),
            "seeds must be an integer of at least 1, got 2.0",
        ),
        (lambda path: grid(seeds=0), "seeds must be an integer of at least 1, got 0"),
        (lambda path: grid(seeds=["a"]), "seeds must be an integer of at least 0, got"),
        (lambda path: grid(loss=0.7), r"loss must be a text or several, got 0.7 \(flo"),
        (lambda path: grid(noise=None), "noise must be a text or several, got None"),
        (
            lambda path: GRIDS["class-count"](num_classes=3),
            "num_classes must be left out of this grid, which has its own, got 3",
        ),
        (
            lambda path: GRIDS["learning-rates"](lr=1),
            "lr must be left out of this grid",
        ),
        (lambda path: Run(lr=0), r"lr must be a number in \(0, 1000\], got 0"),
        (lambda path: Run(lr="0.1"), "lr must be a number in .*, got '0.1'"),
        (
            lambda path: sweep(Run(), path),
            "runs must be a list of Run, as grid.* got one",
        ),
        (lambda path: sweep("runs", path), "runs must be a list of Run, .*got 'runs'"),
        (lambda path: sweep(["ce"], path), "runs must be a list of Run, .*got 'ce'"),
        (lambda path: sweep([], path, workers=1.5), "workers must be an integer of at"),
        (lambda path: sweep([], path, threads="1"), "threads must be an integer in"),
        (
            lambda path: sweep([], path, budget_seconds="1h"),
            "budget_seconds must be a n",
        ),
        (
            lambda path: sweep([], path, gpus_per_run=-1),
            "gpus_per_run must be a number",
        ),
        (lambda path: sweep([], path, device="tpu"), "device must be .*, got 'tpu'"),
        (
            lambda path: sweep([], path, executor=2),
            "executor must be one of local, ray",
        ),
        (lambda path: sweep([], 3), "records must be a path, got 3"),
        (lambda path: sweep([], path, data_root=3), "data_root must be a path, got 3"),
        (lambda path: load_records(None), "records must be a path, got None"),
        (lambda path: execute("ce"), r"run must be a Run, got 'ce' \(str\)"),
        (lambda path: execute(Run(), threads=0), "threads must be an integer in"),
    ],
)
def test_wrong_inputs(call, message, tmp_path):
    with pytest.raises((ValueError, TypeError), match=message):
        call(tmp_path / "runs.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_numbers_of_numpy_make_the_same_run():
    run = Run(seed=np.int64(3), epochs=np.uint8(5))
    assert run.id == Run(seed=3, epochs=5).id
    assert grid(seeds=np.int64(2)) == grid(seeds=2)
    assert grid(seeds=np.arange(2)) == grid(seeds=2)


def test_a_file_of_somebody_else_stays_as_it_is(tmp_path):
    path = tmp_path / "notes.txt"
    for text in ("one line without an end", "[1, 2]\nand another"):
        path.write_text(text)
        with pytest.raises(RecordError, match=r"notes.txt line \d must be a record"):
            RecordFile(path).__enter__()
        assert path.read_text() == text


def test_a_torn_record_is_cut_off(tmp_path):
    path = tmp_path / "runs.jsonl"
    for torn in ('{"id', '{"id": "22687e966c64", "run": {"dat'):
        path.write_text(torn)
        assert read_records(path) == []
        with RecordFile(path):
            pass
        assert path.read_text() == ""


def test_what_was_in_the_work_folder_stays(tmp_path):
    work = tmp_path / "runs.jsonl.work"
    work.mkdir()
    (work / ".gitignore").write_text("mine")
    with RecordFile(tmp_path / "runs.jsonl"):
        pass
    assert (work / ".gitignore").read_text() == "mine"


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with RecordFile("~/runs.jsonl"):
        pass
    assert (tmp_path / "runs.jsonl").exists()
    assert not (tmp_path / "~").exists()
    assert load_records("~/runs.jsonl").empty
    assert read_records("~/runs.jsonl") == []


def test_a_disk_that_refuses_the_clean_up_too_is_one_sentence(
    tmp_path, root, monkeypatch
):
    record = execute(SHORT, data_root=root)
    with RecordFile(tmp_path / "runs.jsonl") as records:
        module = sys.modules[RecordFile.__module__]
        monkeypatch.setattr(module, "open", _Refusing, raising=False)
        with pytest.raises(RecordError, match=r"could not be written .*Input/output"):
            records.append(record)


class _Refusing(io.FileIO):
    def __init__(self, path, mode, buffering):
        super().__init__(path, mode)

    def write(self, data):
        raise OSError(5, "Input/output error")

    truncate = write


def test_a_folder_is_no_file_of_records_and_nothing_is_made_beside_it(tmp_path):
    (tmp_path / "runs").mkdir()
    with pytest.raises(RecordError, match="records must go to a file"):
        RecordFile(tmp_path / "runs").__enter__()
    assert os.listdir(tmp_path) == ["runs"]


def test_an_estimated_matrix_is_taken_from_its_own_network_only(root, tmp_path):
    run = Run(dataset="fashion-mnist", loss="forward-estimated", epochs=1)
    plain = execute(run, data_root=root)
    path = tmp_path / "transition.json"
    for other in ({"of": "another", "T": torch.eye(10).tolist()}, [[1.0]], {}):
        path.write_text(json.dumps(other))
        (tmp_path / "training.pt").unlink(missing_ok=True)
        record = execute(run, data_root=root, folder=tmp_path)
        assert record["history"]["loss"] == plain["history"]["loss"]


def test_a_data_set_that_was_changed_is_read_again(tmp_path, root, monkeypatch):
    first = execute_module._load("fashion-mnist", root)
    assert execute_module._load("fashion-mnist", root) is first
    other = tiny_root.write(tmp_path)
    monkeypatch.setenv("GCE_DATA", str(other))
    there = execute_module._load("fashion-mnist", None)
    monkeypatch.setenv("GCE_DATA", str(root))
    assert execute_module._load("fashion-mnist", None) is first
    assert there is not first


def test_a_script_from_standard_input_is_told_what_to_do(tmp_path):
    script = """
from gce_lib.experiments import grid, sweep
if __name__ == "__main__":
    sweep(grid(epochs=1), "runs.jsonl", workers=2, progress=False)
"""
    done = subprocess.run(
        [sys.executable, "-"],
        input=script,
        text=True,
        capture_output=True,
        cwd=tmp_path,
    )
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("RuntimeError: several workers need a script in a file")
    assert last.endswith("save it, or take workers=1")
