"""Labels that people gave, as published: downloaded once, kept if they are known."""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gce_lib import extras
from gce_lib.data import DataError, cached_file, workshop
from gce_lib.files import written_whole


@dataclass(frozen=True)
class Published:
    """A published file of labels, of which the arrays are kept.

    Attributes
    ----------
    title : str
        For people, such as ``"CIFAR-10N"``.
    cache : str
        Name of the ``.npz`` that is kept.
    file, address : str
        Name of the published file, and where it is.
    arrays : tuple of str
        Names of the arrays; all are kept as bytes.
    digest : str
        SHA-256 of the arrays, one after the other.
    read : callable
        From the path of the file to its arrays; it may raise anything.
    """

    title: str
    cache: str
    file: str
    address: str
    arrays: tuple[str, ...]
    digest: str
    read: Callable[[Path], Mapping[str, Any]]

    def load(
        self, root: str | os.PathLike[str] | None, *, download: bool, progress: bool
    ) -> dict[str, np.ndarray]:
        """Return the arrays, uint8; arguments as of :func:`gce_lib.noise.human`.

        Raises
        ------
        DataError
            They are damaged, or neither in ``root`` nor to be downloaded.
        """
        path = cached_file(self.cache, root)
        if not path.exists():
            self._make(path, download, progress)
        arrays = self._checked(_read_npz, path)
        if arrays is None:
            raise DataError(
                f"{path} is damaged: expected the labels of {self.title}, got others; "
                "delete it"
            )
        return arrays

    def is_it(self, path: Path) -> bool:
        """Whether this is the published file."""
        return self._checked(self.read, path) is not None

    def _make(self, path: Path, download: bool, progress: bool) -> None:
        """Make the cached file from the published one, downloaded or copied there."""
        copied = path.with_name(self.file)
        if self.is_it(copied):
            self._write(path, copied)
            return

        def offline(reason: object) -> DataError:
            return DataError(
                f"{path} does not exist and cannot be made ({reason}): download "
                f"{self.address} on a machine with a network connection and copy it "
                f"to {copied}"
            )

        if not download:
            raise offline("download=False")
        with workshop(path, progress, offline) as folder:
            if not path.exists():
                extras.require("torchvision", "a download")
                from gce_lib.data.download import fetch  # torchvision is slow to import

                fetched = folder / self.file
                fetch([self.address], fetched, self.is_it, progress=progress)
                self._write(path, fetched)
                fetched.unlink()

    def _write(self, path: Path, published: Path) -> None:
        arrays: Any = self._checked(self.read, published)
        with written_whole(path) as file:
            np.savez_compressed(file, **arrays)

    def _checked(
        self, read: Callable[[Path], Mapping[str, Any]], path: Path
    ) -> dict[str, np.ndarray] | None:
        """Return the arrays of a file as bytes if they are those known, else None."""
        try:
            content = read(path)
            arrays = {n: np.asarray(content[n]).astype(np.uint8) for n in self.arrays}
        except Exception:  # whatever a missing, damaged or forged file provokes
            return None
        sha = hashlib.sha256(b"".join(array.tobytes() for array in arrays.values()))
        return arrays if sha.hexdigest() == self.digest else None


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as file:
        return dict(file)
