"""Sweeps: what is done once, what is continued, what does not stop the others."""

import json
import os
import random
import signal
import time
from contextlib import suppress

import pytest
import tiny_root

from gce_lib import noise
from gce_lib.data import DataError
from gce_lib.experiments import (
    RecordError,
    RecordFile,
    Run,
    execute,
    read_records,
    sweep,
)
from gce_lib.experiments.local_executor import _context, _Worker
from gce_lib.experiments.records import work_folder

KILLS = 20
ENDLESS = 20_000  # epochs
RUNS = tiny_root.short_runs(epochs=4, loss=("ce", "gce:0.7", "acs:0.7,0.2"), seeds=3)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tiny_root.write(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def results(root):
    """Records of runs that nothing has disturbed."""
    return {run.id: result(execute(run, data_root=root)) for run in RUNS}


def result(record: dict) -> dict:
    """Leave out what may differ between two executions: time, and a new commit."""
    clocks = {"seconds", "cpu_seconds"}
    history = {k: v for k, v in record["history"].items() if k not in clocks}
    return {**record, "history": history, **dict.fromkeys(clocks), "commit": None}


def results_in(path) -> dict:
    return {record["id"]: result(record) for record in read_records(path)}


def go(runs, path, root, **options):
    return sweep(runs, path, data_root=root, progress=False, **options)


def start(runs, path, root, **options):
    """Start a sweep in a process of its own."""
    options |= {"data_root": root, "progress": False}
    process = _context().Process(target=sweep, args=(runs, path), kwargs=options)
    process.start()
    return process


def test_finished_runs_are_skipped(tmp_path, root, results):
    path = tmp_path / "runs.jsonl"
    some = go(RUNS[:2] + RUNS[:1], path, root)
    assert (some.finished, some.skipped, some.left) == (2, 0, 0)
    rest = go(RUNS, path, root)
    assert (rest.finished, rest.skipped) == (len(RUNS) - 2, 2)
    again = go(RUNS, path, root)
    assert (again.finished, again.skipped) == (0, len(RUNS))
    assert str(again).startswith("9 recorded before in")
    assert results_in(path) == results
    assert sorted(os.listdir(work_folder(path))) == [".gitignore", "lock"]


def test_processes_give_the_same_records(tmp_path, root, results):
    path = tmp_path / "runs.jsonl"
    assert go(RUNS, path, root, workers=2).finished == len(RUNS)
    assert results_in(path) == results


def test_a_sweep_killed_at_any_moment_loses_and_doubles_nothing(
    tmp_path, root, results
):
    path = tmp_path / "runs.jsonl"
    moments = random.Random(0)
    began = time.monotonic()
    go(RUNS, tmp_path / "undisturbed.jsonl", root)
    whole = time.monotonic() - began
    killed = 0
    for _ in range(10 * KILLS):
        if killed == KILLS:
            break
        process = start(RUNS, path, root)
        process.join(moments.uniform(0, 0.5 * whole))
        process.kill()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
        finished = results_in(path) if path.exists() else {}
        assert finished.items() <= results.items()
        if len(finished) == len(RUNS):
            path.unlink()
    assert killed == KILLS
    go(RUNS, path, root)
    assert results_in(path) == results
    assert not path.read_bytes().endswith(b"\n\n")


def test_workers_die_with_a_killed_sweep(tmp_path, root):
    path = tmp_path / "runs.jsonl"
    runs = tiny_root.short_runs(epochs=ENDLESS, loss=("ce", "gce:0.7"))
    process = start(runs, path, root, workers=2)
    checkpoints = [work_folder(path) / run.id / "training.pt" for run in runs]
    wait_until(lambda: all(file.exists() for file in checkpoints))
    process.kill()
    process.join()
    wait_until(lambda: is_at_rest(work_folder(path)))
    with RecordFile(path) as records:
        assert records.ids == set()


def is_at_rest(folder, seconds: float = 1) -> bool:
    """Whether nothing below is written for a while."""
    before = ages(folder)
    time.sleep(seconds)
    return ages(folder) == before


def ages(folder) -> dict:
    """Return when each file below was written; some come and go while we look."""
    found = {}
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):
            found[file] = file.stat().st_mtime_ns
    return found


def wait_until(condition, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_a_worker_that_dies_fails_its_run_only(tmp_path, root, monkeypatch):
    path = tmp_path / "runs.jsonl"
    give = _Worker.give

    def give_and_kill_the_first(worker, job):
        if job.run == RUNS[0]:
            os.kill(worker.process.pid, signal.SIGSTOP)  # it must not be done sooner
        give(worker, job)
        if job.run == RUNS[0]:
            worker.process.kill()

    monkeypatch.setattr(_Worker, "give", give_and_kill_the_first)
    summary = go(RUNS[:3], path, root, workers=2)
    assert summary.failed == {RUNS[0]: "its process died with exit code -9"}
    assert set(results_in(path)) == {run.id for run in RUNS[1:3]}
    assert go(RUNS[:3], path, root).finished == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_fails_does_not_stop_the_others(tmp_path, root, workers):
    path = tmp_path / "runs.jsonl"
    bad = Run(dataset="fashion-mnist", epochs=1, train_size=10_000)
    summary = go([bad, *RUNS[:2]], path, root, workers=workers)
    message = "ValueError: train_size must be at most 600"
    assert list(summary.failed) == [bad]
    assert summary.failed[bad].startswith(message)
    assert summary.finished == 2
    assert "2 finished, 1 failed" in str(summary)
    (line,) = (work_folder(path) / "errors.jsonl").read_text().splitlines()
    error = json.loads(line)
    assert (error["id"], Run.from_dict(error["run"])) == (bad.id, bad)
    assert error["error"].startswith(message)
    assert "Traceback" in error["traceback"]
    assert go([bad, *RUNS[:2]], path, root).failed.keys() == {bad}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_budget_stops_and_the_next_goes_on(tmp_path, root, results, workers):
    path = tmp_path / "runs.jsonl"
    nothing = go(RUNS, path, root, budget_seconds=0, workers=workers)
    assert (nothing.finished, nothing.left) == (0, len(RUNS))
    long = tiny_root.short_runs(epochs=ENDLESS)
    began = time.monotonic()
    summary = go([*long, *RUNS], path, root, budget_seconds=3, workers=workers)
    assert time.monotonic() - began < 60
    assert summary.left >= 1
    assert summary.finished + summary.left == len(RUNS) + 1
    if workers == 1:
        assert (work_folder(path) / long[0].id / "training.pt").exists()
    go(RUNS, path, root)
    assert results_in(path) == results


def test_interrupted_in_an_epoch_it_goes_on(tmp_path, root, results, monkeypatch):
    path = tmp_path / "runs.jsonl"
    calls = []

    def interrupt(bar, run, done):
        calls.append(done)
        if len(calls) == 6:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("gce_lib.experiments.progress.SweepBar.epochs", interrupt)
        with pytest.raises(KeyboardInterrupt):
            go(RUNS, path, root)
    assert len(results_in(path)) == 1
    go(RUNS, path, root)
    assert results_in(path) == results


def test_a_full_disk_stops_the_sweep_and_loses_nothing(
    tmp_path, root, results, monkeypatch
):
    path = tmp_path / "runs.jsonl"

    def refuse(self, data):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(RecordFile, "_write", refuse)
        with pytest.raises(RecordError, match="No space left"):
            go(RUNS[:2], path, root)
    assert read_records(path) == []
    assert (work_folder(path) / RUNS[0].id / "training.pt").exists()
    go(RUNS, path, root)
    assert results_in(path) == results


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"executor": "slurm"}, "executor must be one of local, ray, got 'slurm'"),
        ({"workers": 0}, "workers must be an integer of at least 1, got 0"),
        ({"threads": 0}, r"threads must be an integer in \[1, 1024\], got 0"),
        (
            {"budget_seconds": -1},
            "budget_seconds must be a number of at least 0, got -1",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path, root, options, message):
    path = tmp_path / "runs.jsonl"
    with pytest.raises(ValueError, match=message):
        go(RUNS, path, root, **options)
    assert not path.exists()


def test_a_data_set_that_cannot_be_had_is_said_at_once(tmp_path, root, monkeypatch):
    (tmp_path / "fashion-mnist.npz").write_bytes(b"damaged")
    with pytest.raises(DataError, match=r"fashion-mnist.npz is damaged"):
        go(RUNS, tmp_path / "runs.jsonl", tmp_path)


def test_the_bar_is_full_at_the_end(tmp_path, root, capsys):
    sweep(RUNS[:2], tmp_path / "runs.jsonl", data_root=root)
    last = capsys.readouterr().err.split("\r")[-1]
    assert "2 runs: 100%" in last
    assert "8/8" in last
    assert "gce:0.7 on symmetric:0.4: " in last


def test_labels_of_people_are_fetched_before_any_run(root, tmp_path, monkeypatch):
    asked = []

    def nowhere(name, kind, *, root):
        asked.append((name, kind, root))
        raise DataError("no network")

    monkeypatch.setattr(noise, "human", nowhere)
    run = Run(dataset="cifar10", noise="human:worse", epochs=1)
    with pytest.raises(DataError, match="no network"):
        go([RUNS[0], run], tmp_path / "runs.jsonl", root)
    assert asked == [("cifar10", "worse", root)]
    assert not results_in(tmp_path / "runs.jsonl")
