"""The folder of cached data sets: where it is, and how a file comes into it.

What is downloaded goes to a folder of our own, ``<name>.gce-download``, of which only
the files that were fetched are removed again: nothing of anybody else is touched.
"""

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from gce_lib import extras
from gce_lib.files import typed_path

from .dataset import DataError, write_npz

FULL = {errno.ENOSPC, errno.EDQUOT}


def cached_file(name: str, root: str | os.PathLike[str] | None) -> Path:
    """Return where a data set is cached; see :func:`gce_lib.data.load`."""
    if root is None:
        root = os.environ.get("GCE_DATA") or Path.home() / ".cache" / "gce_lib"
    return typed_path("root", root) / f"{name}.npz"


def make(path: Path, name: str, *, download: bool, progress: bool) -> None:
    """Make a cached file from the published ones, unless another process does.

    Raises
    ------
    DataError
        It cannot be downloaded or written; the message says what to do.
    """
    offline = partial(_offline, path, name)
    if not download:
        raise offline("download=False")
    with workshop(path, progress, offline) as folder:
        if not path.exists():
            _make(path, name, folder, progress)


@contextmanager
def workshop(
    path: Path, progress: bool, offline: Callable[[object], DataError]
) -> Iterator[Path]:
    """Lend a folder of our own, to one process at a time, in which to make ``path``.

    Whoever has waited for it looks first whether ``path`` is there now.

    Raises
    ------
    DataError
        What cannot be downloaded is told by ``offline(reason)``; what cannot be
        written, by the reason of the disk.
    """
    folder = path.with_name(f"{path.stem}.gce-download")
    try:
        with _alone(path, folder, progress):
            yield folder
    except OSError as error:
        raise _unwritten(path, error) from error
    except DataError as error:
        disk = error.__cause__
        reason = _unwritten(path, disk) if isinstance(disk, OSError) else None
        raise reason or offline(error) from error


def _make(path: Path, name: str, folder: Path, progress: bool) -> None:
    extras.require("torchvision", f"making {path.name}")
    from .sources import obtain  # torchvision is slow to import

    arrays, published = obtain(name, folder, progress=progress)
    write_npz(path, arrays)
    for file in published:
        file.unlink()


@contextmanager
def _alone(path: Path, folder: Path, progress: bool) -> Iterator[None]:
    """Hold the lock in a folder of ours; what is empty afterwards goes again."""
    made = [folder, *(above for above in folder.parents if not above.exists())]
    try:
        lock = _locked(path, folder, progress)
        try:
            yield
        finally:
            with suppress(OSError):
                (folder / "lock").unlink(missing_ok=True)
            lock.release()
    finally:
        for empty in made:
            with suppress(OSError):
                empty.rmdir()


def _locked(path: Path, folder: Path, progress: bool):
    """Return the lock, held; whoever held it before has removed it, or has failed."""
    filelock = extras.require("filelock", f"making {path.name}")
    lock = filelock.FileLock(folder / "lock")
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            if progress:
                print(f"waiting for the process that makes {path}", file=sys.stderr)
            with suppress(FileNotFoundError):  # its folder has just gone
                lock.acquire()
        except FileNotFoundError:
            continue
        except NotImplementedError:  # a file system without locks
            return lock
        if lock.is_locked and (path.exists() or (folder / "lock").exists()):
            return lock
        lock.release()


def _offline(path: Path, name: str, reason: object) -> DataError:
    return DataError(
        f"{path} does not exist and cannot be made ({reason}): run "
        f"`python -m gce_lib data {name}` on a machine with a network connection "
        f"and copy its {path.name} to {path}"
    )


def _unwritten(path: Path, error: OSError) -> DataError:
    todo = "free some space there" if error.errno in FULL else "make it writable"
    return DataError(
        f"{path} must be in a folder that can be written, got {error}: {todo}, or "
        "name another folder by root=, --data-root or GCE_DATA"
    )
