"""What a command has made it may make again; what people changed or own stays."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

MARK = ".made"


class Made:
    """The files that a command has written into a folder, and what they were.

    Parameters
    ----------
    folder : Path
        Its list of digests is kept in it.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.list = folder / MARK
        self.digests: dict[str, str] = {}
        if self.list.is_file():
            self.digests = json.loads(self.list.read_text(encoding="utf-8"))

    def write(self, name: str, text: str) -> bool:
        """Write a file, and say whether: one that was changed since is left alone."""
        path, new = self.folder / name, _digest(text.encode())
        if path.exists() and _digest(path.read_bytes()) not in (
            new,
            self.digests.get(name),
        ):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        self.digests[name] = new
        self.list.write_text(json.dumps(self.digests, indent=1), encoding="utf-8")
        return True


def make_anew(folder: Path) -> None:
    """Make a folder, or empty one that was made here before.

    Raises
    ------
    SystemExit
        Somebody else's files stand in it.
    """
    mark = folder / MARK
    if folder.exists() and not mark.is_file() and any(folder.iterdir()):
        raise SystemExit(
            "error: expected an empty folder or one that this command made, "
            f"got {folder}"
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mark.touch()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
