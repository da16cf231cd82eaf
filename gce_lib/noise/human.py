"""Labels of people: whom they confuse with what is no coin that we could toss."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gce_lib import checks, extras
from gce_lib.data import DataError, cached_file, workshop
from gce_lib.files import written_whole

from .labels import NoisyLabels

KINDS = {  # of labels, and their names in the published file
    "aggregate": "aggre_label",
    "random1": "random_label1",
    "random2": "random_label2",
    "random3": "random_label3",
    "worse": "worse_label",
}
ADDRESS = "https://github.com/UCSC-REAL/cifar-10-100n/raw/main/data/CIFAR-10_human.pt"
DIGEST = "ccd448d8e30eb75a457513df753fee57cb090f8cee36441d12ba293cb4e4e628"
_CLEAN = "clean_label"
_MATRICES = Path(__file__).with_name("human_matrices.json")


def human(
    dataset: str = "cifar10",
    kind: str = "worse",
    *,
    root: str | os.PathLike[str] | None = None,
    download: bool = True,
    progress: bool = True,
) -> NoisyLabels:
    """Return the labels that people gave to the training images of CIFAR-10.

    CIFAR-10N of Wei et al. (2022), *Learning with Noisy Labels Revisited* (licence
    CC BY-NC 4.0): three people labelled every image. Its file is downloaded once, and
    goes on where it broke off; nothing that it says is run, and its labels must have a
    known SHA-256. What is kept is ``<root>/cifar10n-labels.npz`` with the arrays of the
    file, as bytes (50,000,): ``clean_label``, ``aggre_label``, ``random_label1``,
    ``random_label2``, ``random_label3``, ``worse_label``.

    Taught in book/practice/reproduction.ipynb.

    Parameters
    ----------
    dataset : str
        ``"cifar10"``.
    kind : str
        ``"random1"``, ``"random2"``, ``"random3"``: what the first, second or third
        person said, wrong in 17 or 18 %. ``"aggregate"``: the majority, wrong in 9 %.
        ``"worse"``: a wrong answer wherever anybody gave one, wrong in 40 %.
    root : path-like, optional
        As of :func:`gce_lib.data.load`.
    download : bool
        Whether labels that are not in ``root`` may be downloaded.
    progress : bool
        Whether to show a progress bar while they are.

    Returns
    -------
    NoisyLabels
        In the published order of the images, that of :func:`gce_lib.data.load`.

    Raises
    ------
    ValueError
        There are no such labels.
    gce_lib.data.DataError
        They are damaged, or neither in ``root`` nor to be downloaded.
    """
    checks.choice("dataset", dataset, ("cifar10",))
    checks.choice("kind", kind, tuple(KINDS))
    path = cached_file("cifar10n-labels", root)
    if not path.exists():
        _make(path, download, progress)
    labels = _checked(_read_npz(path))
    if labels is None:
        raise DataError(
            f"{path} is damaged: expected the labels of CIFAR-10N, got others; "
            "delete it"
        )
    return NoisyLabels.from_arrays(labels[KINDS[kind]], labels[_CLEAN], 10)


def human_matrix(dataset: str = "cifar10", kind: str = "worse") -> torch.Tensor:
    """Return how people confuse the classes, without any download.

    Taught in book/practice/reproduction.ipynb.

    Parameters
    ----------
    dataset : str
        ``"cifar10"`` or ``"fashion-mnist"``.
    kind : str
        For CIFAR-10 as of :func:`human`; for Fashion-MNIST ``"one"``, a single
        person's label of a test image: Fashion-MNIST-H of Ishida et al. (2023).

    Returns
    -------
    Tensor
        T, float64 (C, C): ``T[i, j]`` is the share of class i that people called j, to
        four digits.

    Raises
    ------
    ValueError
        There is no such matrix.
    """
    known = json.loads(_MATRICES.read_text(encoding="utf-8"))
    checks.choice("dataset", dataset, tuple(known))
    shares = known[dataset]["shares"]
    checks.choice("kind", kind, tuple(shares))
    T = torch.tensor(shares[kind], dtype=torch.float64)
    return T / T.sum(dim=1, keepdim=True)


def _make(path: Path, download: bool, progress: bool) -> None:
    """Make the cached file from the published one, downloaded or copied beside it."""
    copied = path.with_name("CIFAR-10_human.pt")
    if _is_published(copied):
        _write(path, copied)
        return

    def offline(reason: object) -> DataError:
        return DataError(
            f"{path} does not exist and cannot be made ({reason}): download {ADDRESS} "
            f"on a machine with a network connection and copy it to {copied}"
        )

    if not download:
        raise offline("download=False")
    with workshop(path, progress, offline) as folder:
        if not path.exists():
            extras.require("torchvision", "a download")
            from gce_lib.data.download import fetch  # torchvision is slow to import

            fetched = folder / copied.name
            fetch([ADDRESS], fetched, _is_published, progress=progress)
            _write(path, fetched)
            fetched.unlink()


def _write(path: Path, published: Path) -> None:
    labels: Any = _checked(_read_published(published))
    with written_whole(path) as file:
        np.savez_compressed(file, **labels)


def _is_published(path: Path) -> bool:
    return _checked(_read_published(path)) is not None


def _checked(labels: Any) -> dict[str, np.ndarray] | None:
    """Return the labels as bytes if they are those of CIFAR-10N, else None."""
    names = (_CLEAN, *KINDS.values())
    try:
        arrays = {name: np.asarray(labels[name]).astype(np.uint8) for name in names}
    except (KeyError, TypeError, ValueError):
        return None
    sha = hashlib.sha256(b"".join(arrays[name].tobytes() for name in names))
    return arrays if sha.hexdigest() == DIGEST else None


def _read_npz(path: Path) -> dict:
    """Return the arrays of the cached file; none if it cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return dict(file)
    except Exception:  # whatever a damaged archive provokes
        return {}


def _read_published(path: Path) -> dict:
    """Return the dictionary of arrays in the published file; none if it is damaged."""
    rebuild = np.empty(0).__reduce__()[0]
    allowed: list[Any] = [
        np.ndarray,
        np.dtype,
        *(type(np.dtype(code)) for code in "bBhHiIlLqQ"),
        (rebuild, "numpy.core.multiarray._reconstruct"),
        (rebuild, "numpy._core.multiarray._reconstruct"),
    ]
    try:
        with torch.serialization.safe_globals(allowed):
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # whatever a damaged or a forged file provokes
        return {}
