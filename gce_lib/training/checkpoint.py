"""A file to continue a training from, whatever happens while it is written.

Taught in book/reference/running.md.
"""

import os
import pickle
import warnings
import zipfile
from contextlib import suppress
from pathlib import Path

import torch

from gce_lib import checks
from gce_lib.files import typed_path

from .identity import same, shown


class CheckpointError(RuntimeError):
    """A checkpoint cannot be used; the message says what to do."""


class CheckpointWarning(UserWarning):
    """A checkpoint is damaged or could not be written; the training goes on."""


class Checkpoint:
    """The newest state of a training and the one before it.

    ``path`` is replaced in one step, so it is always whole; the state before it stays
    in ``<path>.previous``. Only tensors and plain values are read; no code is run.

    Parameters
    ----------
    path : path-like
        Its folder is made if need be.
    settings : dict
        What determines the training, from :func:`describe`; a checkpoint of other
        settings is refused.
    every : int
        Epochs from one writing to the next.

    Raises
    ------
    CheckpointError
        Nothing can be written there.
    ValueError
        ``every`` is below 1.
    """

    def __init__(
        self, path: str | os.PathLike[str], settings: dict, every: int = 1
    ) -> None:
        self.every = checks.integer("checkpoint_every", every, 1)
        self.path = typed_path("checkpoint", path)
        if self.path.is_dir():
            raise CheckpointError(
                f"checkpoint must be a file, got the folder {self.path}: "
                "add a name, such as training.pt"
            )
        self.previous = _beside(self.path, ".previous")
        self.settings = settings
        self._part = _beside(self.path, f".{os.getpid()}.part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._part.touch()
            self._part.unlink(missing_ok=True)
        except OSError as error:
            raise CheckpointError(
                f"checkpoint must be a file in a folder that can be written, "
                f"got {self.path} ({error})"
            ) from error

    def due(self, done: int, epochs: int) -> bool:
        """Whether to write after ``done`` of ``epochs`` epochs."""
        return done % self.every == 0 or done == epochs

    def load(self) -> dict | None:
        """Return the newest state that is whole, or None if there is none.

        Warns
        -----
        CheckpointWarning
            A file is damaged; the one before it is tried.

        Raises
        ------
        CheckpointError
            The checkpoint was made with other settings, or no file is whole.
        """
        damaged = []
        for path in (self.path, self.previous):
            try:
                saved = _read(path)
            except FileNotFoundError:
                continue
            except _DAMAGE as error:
                damaged.append(path)
                message = f"{path} is damaged ({error})"
                warnings.warn(message, CheckpointWarning, stacklevel=3)
                continue
            if not isinstance(saved, dict) or not {"settings", "state"} <= saved.keys():
                raise CheckpointError(
                    f"checkpoint must be a file that fit has written, got {path}, "
                    "which is another's: choose another name"
                )
            self._compare(path, saved["settings"])
            return saved["state"]
        if damaged:
            names = " and ".join(map(str, damaged))
            raise CheckpointError(
                f"nothing to continue from: choose another file, or delete {names} "
                "to restart"
            )
        return None

    def save(self, state: dict) -> None:
        """Write ``state``, made of tensors and plain values, in place of the last one.

        Warns
        -----
        CheckpointWarning
            It cannot be written, as on a full disk; the files are as before.
        """
        try:
            with open(self._part, "wb") as file:
                torch.save({"settings": self.settings, "state": state}, file)
                file.flush()
                os.fsync(file.fileno())
            if self.path.exists():
                os.replace(self.path, self.previous)
            os.replace(self._part, self.path)
        except (OSError, RuntimeError) as error:
            with suppress(OSError):  # the folder may have gone altogether
                self._part.unlink()
            message = f"{self.path} could not be written ({error}); training goes on"
            warnings.warn(message, CheckpointWarning, stacklevel=3)

    def _compare(self, path: Path, saved: dict) -> None:
        ours = self.settings
        names = [n for n in ours if n not in saved or not same(saved[n], ours[n])]
        if names:
            expected = ", ".join(f"{n} = {shown(saved.get(n, '?'))}" for n in names)
            got = ", ".join(f"{n} = {shown(ours[n])}" for n in names)
            raise CheckpointError(
                f"{path} belongs to another training: expected {expected}, got {got}; "
                "choose another file or delete this one"
            )


_DAMAGE = (
    OSError,
    EOFError,
    KeyError,
    RuntimeError,
    ValueError,
    pickle.UnpicklingError,
    zipfile.BadZipFile,
)


def _read(path: Path) -> dict:
    with zipfile.ZipFile(path) as archive:
        member = archive.testzip()  # torch.load does not compare the check sums
    if member is not None:
        raise zipfile.BadZipFile(f"{member} does not match its check sum")
    return torch.load(path, map_location="cpu", weights_only=True)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
