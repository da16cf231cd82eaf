"""Files of records: what a kill, a full disk or a hand can do to them."""

import errno
import json
import os
import re
from dataclasses import replace

import pytest

from gce_lib.experiments import RecordError, RecordFile, Run, load_records, read_records
from gce_lib.experiments.records import work_folder


def record(run: Run, best: float = 0.8, last: float = 0.7) -> dict:
    return {
        "id": run.id,
        "run": run.to_dict(),
        "test_accuracy_best": best,
        "test_accuracy_last": last,
        "seconds": 1.5,
        "device": "none",
        "history": {"epoch": [1], "memorised": [None]},
    }


RECORDS = [record(Run(seed=seed), best=0.5 + seed / 10) for seed in range(3)]


def write(path, records=RECORDS):
    with RecordFile(path) as file:
        for one in records:
            file.append(one)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deeper" / "runs.jsonl"


def test_records_come_back(path):
    write(path)
    assert read_records(path) == RECORDS
    assert path.read_bytes().count(b"\n") == 3
    with RecordFile(path) as file:
        assert file.ids == {one["id"] for one in RECORDS}


def test_a_record_is_written_once(path):
    write(path)
    with RecordFile(path) as file, pytest.raises(ValueError, match="has a record with"):
        file.append(RECORDS[0])
    assert read_records(path) == RECORDS


@pytest.mark.parametrize("length", [1, 10, 0.5, -2, -1])
def test_a_torn_last_line_is_survived(path, length):
    write(path)
    whole = path.read_bytes()
    line = json.dumps(record(Run(seed=9))).encode()
    cut = int(length * len(line)) if isinstance(length, float) else length
    path.write_bytes(whole + line[:cut])
    assert read_records(path) == RECORDS
    write(path, [record(Run(seed=9))])
    assert path.read_bytes() == whole + line + b"\n"


def test_a_last_line_that_lacks_only_its_end_is_kept(path):
    write(path)
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    assert read_records(path) == RECORDS
    write(path, [record(Run(seed=9))])
    assert read_records(path) == [*RECORDS, record(Run(seed=9))]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda line: line[:-9], "line 2 must be a record, got .*: delete the line"),
        (lambda line: b"[]", "line 2 must be a record with id, run"),
        (lambda line: b"\xff" + line, "line 2 must be a record, got"),
        (lambda line: line.replace(b'"seconds"', b'"s"'), "without seconds"),
        (lambda line: line.replace(b'"seed": 1', b'"seed": 7'), "must have the id"),
        (lambda line: line.replace(b'"seed": 1', b'"seed": "x"'), "seed must be an"),
        (lambda line: line.replace(b'"loss"', b'"lost"'), "a run has the choices"),
    ],
)
def test_a_damaged_line_is_named(path, damage, message):
    write(path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1] = damage(lines[1].rstrip()) + b"\n"
    path.write_bytes(b"".join(lines))
    with pytest.raises(RecordError, match=message):
        read_records(path)
    with pytest.raises(RecordError, match=message), RecordFile(path):
        pass
    assert path.read_bytes() == b"".join(lines)


def test_a_doubled_line_is_named(path):
    write(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, lines[0]]))
    with pytest.raises(RecordError, match=r"one record a run, got .* lines 1 and 4"):
        read_records(path)


def test_blank_lines_are_nothing(path):
    write(path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\n\n"))
    assert read_records(path) == RECORDS


def test_one_sweep_at_a_time(path):
    with (
        RecordFile(path),
        pytest.raises(RecordError, match="being written by another sweep"),
        RecordFile(path),
    ):
        pass
    write(path)


def test_a_full_disk_leaves_whole_lines(path, monkeypatch):
    write(path, RECORDS[:2])
    whole = path.read_bytes()

    def refuse(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with RecordFile(path) as file:
        file.folder(RECORDS[2]["id"]).mkdir()
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", refuse)
            with pytest.raises(RecordError, match=r"could not be written .*No space"):
                file.append(RECORDS[2])
        assert path.read_bytes() == whole
        assert file.folder(RECORDS[2]["id"]).exists()
        file.append(RECORDS[2])
        assert not file.folder(RECORDS[2]["id"]).exists()
    assert read_records(path) == RECORDS


@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_file_that_was_replaced_meanwhile_gets_the_next_record(path, end):
    """An editor, a synchroniser or git puts a new file in place of the old one."""
    with RecordFile(path) as file:
        file.append(RECORDS[0])
        copy = path.with_name("copy")
        copy.write_bytes(path.read_bytes().rstrip() + end)
        copy.replace(path)
        file.append(RECORDS[1])
    assert read_records(path) == RECORDS[:2]


def test_a_folder_that_went_away_is_told(path):
    with RecordFile(path) as file:
        path.parent.rename(path.parent.with_name("lost"))
        with pytest.raises(RecordError, match=r"could not be written .*No such file"):
            file.append(RECORDS[0])


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("no folder")
    path = tmp_path / "file" / "runs.jsonl"
    message = f"can be written, got {re.escape(str(path))}"
    with pytest.raises(RecordError, match=message), RecordFile(path):
        pass


def test_numbers_that_json_lacks_are_refused(path):
    with RecordFile(path) as file, pytest.raises(ValueError, match="JSON"):
        file.append(record(Run(), best=float("nan")))
    assert path.read_bytes() == b""


def test_checkpoints_of_recorded_runs_are_removed(path):
    write(path)
    left = work_folder(path) / RECORDS[0]["id"]
    other = work_folder(path) / replace(Run(), seed=77).id
    left.mkdir()
    other.mkdir()
    with RecordFile(path):
        assert not left.exists()
        assert other.exists()
    assert (work_folder(path) / ".gitignore").read_text() == "*\n"


def test_a_table_of_records(path):
    write(path)
    frame = load_records(path)
    assert frame.index.tolist() == [one["id"] for one in RECORDS]
    assert frame["seed"].tolist() == [0, 1, 2]
    assert frame["test_accuracy_best"].tolist() == [0.5, 0.6, 0.7]
    assert frame["history"].iloc[0] == RECORDS[0]["history"]


def test_a_folder_of_records(path):
    write(path, RECORDS[:1])
    write(path.with_name("others.jsonl"), RECORDS[1:])
    frame = load_records(path.parent)
    assert sorted(frame["seed"]) == [0, 1, 2]
    write(path, RECORDS[1:2])
    with pytest.raises(RecordError, match=r"one record, got \w+ in others.*runs"):
        load_records(path.parent)


def test_no_records_make_an_empty_table(path):
    write(path, [])
    frame = load_records(path)
    assert frame.empty
    assert {"dataset", "loss", "test_accuracy_best"} <= set(frame.columns)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RecordError, match=r"can be read, got .*nothing.jsonl"):
        load_records(tmp_path / "nothing.jsonl")
