"""A file to continue a training from, whatever happens while it is written.

Taught in book/practice/training.ipynb.
"""

import functools
import hashlib
import os
import pickle
import warnings
import zipfile
from pathlib import Path

import torch


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
    settings : dict of str to str
        What determines the training; a checkpoint of other settings is refused.
    every : int
        Epochs from one writing to the next.

    Raises
    ------
    CheckpointError
        Nothing can be written there.
    ValueError
        ``every`` is below 1.
    """

    def __init__(self, path, settings: dict[str, str], every: int = 1):
        if every < 1:
            raise ValueError(f"checkpoint_every must be at least 1, got {every}")
        self.every = every
        self.path = Path(path)
        self.previous = _beside(self.path, ".previous")
        self.settings = settings
        part = _beside(self.path, ".part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            part.touch()
            part.unlink(missing_ok=True)
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
            if not path.exists():
                continue
            try:
                saved = _read(path)
            except _DAMAGE as error:
                damaged.append(path)
                message = f"{path} is damaged ({error})"
                warnings.warn(message, CheckpointWarning, stacklevel=3)
                continue
            self._compare(path, saved["settings"])
            return saved["state"]
        if damaged:
            names = " and ".join(map(str, damaged))
            raise CheckpointError(
                f"nothing to continue from: delete {names} to restart"
            )
        return None

    def save(self, state: dict) -> None:
        """Write ``state``, made of tensors and plain values, in place of the last one.

        Warns
        -----
        CheckpointWarning
            It cannot be written, as on a full disk; the files are as before.
        """
        part = _beside(self.path, ".part")
        try:
            with open(part, "wb") as file:
                torch.save({"settings": self.settings, "state": state}, file)
                file.flush()
                os.fsync(file.fileno())
            if self.path.exists():
                os.replace(self.path, self.previous)
            os.replace(part, self.path)
        except (OSError, RuntimeError) as error:
            part.unlink(missing_ok=True)
            message = f"{self.path} could not be written ({error}); training goes on"
            warnings.warn(message, CheckpointWarning, stacklevel=3)

    def _compare(self, path: Path, saved: dict[str, str]) -> None:
        names = [n for n in self.settings if saved.get(n) != self.settings[n]]
        if names:
            expected = ", ".join(f"{n} = {saved.get(n)}" for n in names)
            got = ", ".join(f"{n} = {self.settings[n]}" for n in names)
            raise CheckpointError(
                f"{path} belongs to another training: expected {expected}, got {got}; "
                "choose another file or delete this one"
            )


def describe(model, dataset, examples, loss, recipe, precision) -> dict[str, str]:
    """Say in words and digests what determines a training, for comparison."""
    weights = sum(parameter.numel() for parameter in model.parameters())
    return {
        "model": f"{type(model).__name__} with {weights:,} weights",
        "dataset": f"{dataset.name} {_digest(dataset.train_images)}",
        "labels": _digest(examples.labels),
        "loss": _describe_loss(loss),
        **{name: str(value) for name, value in vars(recipe).items()},
        "precision": precision.name,
    }


def _digest(tensor: torch.Tensor) -> str:
    return hashlib.sha256(tensor.cpu().contiguous().numpy()).hexdigest()[:12]


def _describe_loss(loss) -> str:
    if isinstance(loss, torch.nn.Module):
        return repr(loss)
    if isinstance(loss, functools.partial):
        return f"{_describe_loss(loss.func)} {loss.args} {loss.keywords}"
    return getattr(loss, "__qualname__", type(loss).__qualname__)


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
