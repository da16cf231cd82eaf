"""Where the data sets are published, and how to get their arrays."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torchvision.datasets import CIFAR10, CIFAR100, FashionMNIST
from torchvision.datasets.utils import check_integrity

from .download import fetch
from .readers import read_cifar, read_idx

MIRRORS_VARIABLE = "GCE_MIRRORS"
MIRRORS_FILE = Path(__file__).with_name("mirrors.json")


@dataclass(frozen=True)
class Source:
    """A data set as it was published.

    Attributes
    ----------
    files : dict of str to str
        Names of the files and their MD5, as torchvision states them.
    publishers : tuple of str
        Addresses of the folders in which the publisher keeps the files.
    read : callable
        From the paths of the files, in order, to the arrays of the data set.
    """

    files: dict[str, str]
    publishers: tuple[str, ...]
    read: Callable[..., dict[str, np.ndarray]]


def mirrors(name: str) -> list[str]:
    """Return the addresses of folders with the files of a data set, in order.

    First those of the environment variable ``GCE_MIRRORS`` (separated by spaces), then
    those of ``mirrors.json`` beside this module, then the publisher's.
    """
    own = os.environ.get(MIRRORS_VARIABLE, "").split()
    known = json.loads(MIRRORS_FILE.read_text())[name]
    return [*own, *known, *SOURCES[name].publishers]


def obtain(
    name: str, folder: Path, *, progress: bool = True
) -> tuple[dict[str, np.ndarray], list[Path]]:
    """Download the files of a data set into ``folder``, where need be, and read them.

    Returns
    -------
    arrays : dict of numpy.ndarray
    paths : list of Path
        The files.

    Raises
    ------
    DataError
        A file cannot be downloaded.
    """
    source = SOURCES[name]
    bases = [base.rstrip("/") for base in mirrors(name)]
    paths = [folder / file for file in source.files]
    for path, md5 in zip(paths, source.files.values(), strict=True):
        if not check_integrity(path, md5):
            fetch(
                [f"{base}/{path.name}" for base in bases], path, md5, progress=progress
            )
    return source.read(*paths), paths


def _fashion_mnist() -> Source:
    def read(
        x_train: Path, y_train: Path, x_test: Path, y_test: Path
    ) -> dict[str, np.ndarray]:
        return {
            "x_train": read_idx(x_train),
            "y_train": read_idx(y_train),
            "x_test": read_idx(x_test),
            "y_test": read_idx(y_test),
            "classes": np.array(FashionMNIST.classes),
        }

    return Source(dict(FashionMNIST.resources), tuple(FashionMNIST.mirrors), read)


def _cifar(published: type[CIFAR10], labels_key: str) -> Source:
    def members(listed: list[list[str]]) -> list[str]:
        return [f"{published.base_folder}/{name}" for name, _ in listed]

    def read(archive: Path) -> dict[str, np.ndarray]:
        return read_cifar(
            archive,
            members(published.train_list),
            members(published.test_list),
            labels_key,
            f"{published.base_folder}/{published.meta['filename']}",
            published.meta["key"],
        )

    folder = published.url.removesuffix(published.filename)
    return Source({published.filename: published.tgz_md5}, (folder,), read)


SOURCES = {
    "fashion-mnist": _fashion_mnist(),
    "cifar10": _cifar(CIFAR10, "labels"),
    "cifar100": _cifar(CIFAR100, "fine_labels"),
}
