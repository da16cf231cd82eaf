"""Results on disk: one JSON object a line, one line a finished run.

A line is written whole and brought to the disk before the next run is counted as done.
What a kill leaves behind is at most a torn last line, which readers pass over and the
next writer cuts off.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

from gce_lib import extras
from gce_lib.files import typed_path

from .runs import Run

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = extras.Lazy("pandas", "a table of records")

_PACKAGE = Path(__file__).resolve().parents[1]
_INSTALLED = _PACKAGE / "results"
BOOK_RESULTS = (
    _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "book" / "results"
)
"""Path: the folder with the records of the book's own experiments."""
BEGIN = b'{"id": "'
KEYS = ("id", "run", "test_accuracy_best", "test_accuracy_last", "seconds", "device")


class RecordError(RuntimeError):
    """A file of records cannot be read or written; the message says what to do."""


def work_folder(path: str | os.PathLike[str]) -> Path:
    """Return the folder beside a file of records that holds what is unfinished."""
    path = Path(path)
    return path.with_name(path.name + ".work")


class RecordFile:
    """A file of records that this process alone appends to, while the context lasts.

    Parameters
    ----------
    path : path-like
        Made with its folder if need be.

    Raises
    ------
    RecordError
        The file is damaged, cannot be written, or another process is writing it.
    """

    def __init__(self, path: str | os.PathLike[str]):
        self.path = typed_path("records", path)
        self.work = work_folder(self.path)
        self.ids: set[str] = set()

    def __enter__(self) -> RecordFile:
        with ExitStack() as stack:
            self._open(stack)
            self.ids = {record["id"] for record in read_records(self.path)}
            self._mend()
            for identity in self.ids:
                self._clean(identity)  # what a kill right after the writing has left
            self._open_things = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open_things.close()

    def _open(self, stack: ExitStack) -> None:
        filelock = extras.require("filelock", "a file of records")
        try:
            if self.path.exists() and not self.path.is_file():
                raise OSError("it is none")  # before anything is made beside it
            self.work.mkdir(parents=True, exist_ok=True)
            ignored = self.work / ".gitignore"
            if not ignored.exists():
                ignored.write_text("*\n", encoding="utf-8")
            stack.enter_context(filelock.FileLock(self.work / "lock", timeout=0))
            open(self.path, "ab").close()
        except filelock.Timeout:
            raise RecordError(
                f"{self.path} is being written by another sweep: wait for its end, or "
                "choose another file"
            ) from None
        except OSError as error:
            raise RecordError(
                f"records must go to a file that can be written, got {self.path} "
                f"({error})"
            ) from error

    def folder(self, identity: str) -> Path:
        """Return where the checkpoints of the run with this id belong."""
        return (self.work / identity).absolute()

    def append(self, record: dict) -> None:
        """Write one record, wait until the disk has it, remove its run's checkpoints.

        Raises
        ------
        RecordError
            The disk refuses, being full for example; the file is as before.
        ValueError
            There is a record with this id.
        """
        if record["id"] in self.ids:
            raise ValueError(f"{self.path} has a record with the id {record['id']}")
        line = json.dumps(record, allow_nan=False, ensure_ascii=False) + "\n"
        try:
            self._write(line.encode())
        except OSError as error:
            raise RecordError(f"{self.path} could not be written ({error})") from error
        self.ids.add(record["id"])
        self._clean(record["id"])

    def _clean(self, identity: str) -> None:
        shutil.rmtree(self.folder(identity), ignore_errors=True)

    def _write(self, data: bytes) -> None:
        """Append to the file that has the name now, be it another than before."""
        with open(self.path, "a+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            try:
                if size and _last_byte(file) != b"\n":
                    data = b"\n" + data
                while data:
                    data = data[file.write(data) :]
                os.fsync(file.fileno())
            except OSError:
                with suppress(OSError):  # a torn line is mended the next time
                    file.truncate(size)
                raise

    def _mend(self) -> None:
        """Cut off a torn last line, or give a whole one its missing end of line."""
        data = self.path.read_bytes()
        whole, newline, last = data.rpartition(b"\n")
        if not last:
            return
        if _is_json(last):
            self._write(b"")
        else:
            os.truncate(self.path, len(whole) + len(newline))


def read_records(path: str | os.PathLike[str]) -> list[dict]:
    """Read a file of records as dictionaries, in the order in which they finished.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    list of dict
        As :func:`gce_lib.experiments.execute.execute` returns them.

    Raises
    ------
    RecordError
        The file cannot be read, a line is no record, its id is not that of its run, or
        an id occurs twice.
    """
    path = typed_path("records", path)
    lines: dict[str, int] = {}
    records = []
    for number, line in _lines(path):
        record = _record(line, f"{path} line {number}")
        first = lines.setdefault(record["id"], number)
        if first != number:
            raise RecordError(
                f"{path} must have one record a run, got the id {record['id']} in "
                f"lines {first} and {number}: delete one of them"
            )
        records.append(record)
    return records


def load_records(
    path: str | os.PathLike[str], *, repeated: bool = False
) -> pd.DataFrame:
    """Read records as a table: a row a run.

    Taught in book/practice/reproduction.ipynb.

    Parameters
    ----------
    path : path-like
        A file of records, or a folder, of which every ``*.jsonl`` is read.
    repeated : bool
        Whether several files may hold the same run, as those of a class do.

    Returns
    -------
    DataFrame
        Indexed by ``id``. The run's choices are columns of their own; the others are
        the keys of a record, ``history`` among them as a dictionary of lists, and
        ``file``, the name of its file.

    Raises
    ------
    RecordError
        As :func:`read_records`; or two files hold the same run and may not.
    """
    path = typed_path("records", path)
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    rows = []
    for file in files:
        for record in read_records(file):
            choices = record.pop("run")
            rows.append(
                {"id": record.pop("id"), **choices, **record, "file": file.name}
            )
    columns = None if rows else ["id", *Run().to_dict(), *KEYS[2:], "file"]
    frame = pd.DataFrame(rows, columns=columns).set_index("id")
    twice = frame.index[frame.index.duplicated()]
    if len(twice) and not repeated:
        names = ", ".join(frame.loc[[twice[0]], "file"])
        raise RecordError(f"a run must have one record, got {twice[0]} in {names}")
    return frame


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield numbered lines, without a torn last one."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise RecordError(
            f"records must be a file that can be read, got {path} ({error})"
        ) from error
    for number, line in enumerate(lines, start=1):
        torn = number == len(lines) and _is_torn(line)
        if not torn and line.strip():
            yield number, line


def _is_torn(line: bytes) -> bool:
    """Whether a last line is the beginning of a record, not a text of somebody else."""
    began = line.startswith(BEGIN) or BEGIN.startswith(line)
    return began and not _is_json(line)


def _last_byte(file: FileIO) -> bytes:
    file.seek(-1, os.SEEK_END)
    return file.read(1)


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _record(line: bytes, where: str) -> dict:
    """Parse a line and compare its id with its run's."""
    try:
        record = json.loads(line)
        missing = [key for key in KEYS if key not in record]
        run = None if missing else Run.from_dict(record["run"])
    except (ValueError, TypeError) as error:
        raise RecordError(
            f"{where} must be a record, got {line[:40]!r} ({error}): delete the line "
            "to have its run done again"
        ) from error
    if run is None:
        raise RecordError(
            f"{where} must be a record with {', '.join(KEYS)}, got one without "
            f"{', '.join(missing)}"
        )
    if run.id != record["id"]:
        raise RecordError(
            f"{where} must have the id {run.id} of its run, got {record['id']}"
        )
    return record
