"""Labels of people: whom they confuse with what is no coin that we could toss."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gce_lib import checks
from gce_lib.data import load
from gce_lib.rng import generator

from .labels import NoisyLabels, draw_labels
from .published import Published

_CIFAR10N = {  # kinds of labels, and their names in the published file
    "aggregate": "aggre_label",
    "random1": "random_label1",
    "random2": "random_label2",
    "random3": "random_label3",
    "worse": "worse_label",
}
_PEOPLE = {"one": 1, "majority-3": 3, "majority": None}  # who is asked; None: all
KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"cifar10": tuple(_CIFAR10N), "fashion-mnist-h": tuple(_PEOPLE)}
)
_MATRICES = Path(__file__).with_name("human_matrices.json")


def human(
    dataset: str = "cifar10",
    kind: str = "worse",
    *,
    seed: int = 0,
    root: str | os.PathLike[str] | None = None,
    download: bool = True,
    progress: bool = True,
) -> NoisyLabels:
    """Return labels that people gave to the training images of a data set.

    CIFAR-10N of Wei et al. (2022), *Learning with Noisy Labels Revisited* (licence
    CC BY-NC 4.0): three people labelled every image. Fashion-MNIST-H of Ishida et al.
    (2023), *Is the Performance of My Deep Network Too Good to Be True?* (GPL-3.0): how
    many of 53 to 79 people called an image what. Their file is downloaded once, and
    goes on where it broke off; nothing that it says is run, and its content must have
    a known SHA-256. What is kept, as bytes, is ``<root>/cifar10n-labels.npz`` with
    ``clean_label``, ``aggre_label``, ``random_label1``, ``random_label2``,
    ``random_label3``, ``worse_label`` (50,000,); and
    ``<root>/fashion-mnist-h-counts.npz`` with ``counts`` (10,000, 10).

    Taught in book/practice/reproduction.ipynb and book/practice/since-2018.ipynb.

    Parameters
    ----------
    dataset : str
        ``"cifar10"`` or ``"fashion-mnist-h"``.
    kind : str
        For CIFAR-10, ``"random1"``, ``"random2"``, ``"random3"``: what the first,
        second or third person said, wrong in 17 or 18 %. ``"aggregate"``: the majority,
        wrong in 9 %. ``"worse"``: a wrong answer wherever anybody gave one, wrong in
        40 %. For Fashion-MNIST-H, ``"one"``: what one person said, wrong in 33 %;
        ``"majority-3"``: the majority of three, 26 %; ``"majority"``: of all, 18 %.
    seed : int
        Of whom to ask in Fashion-MNIST-H, and of ties, at least 0; CIFAR-10N needs
        none.
    root : path-like, optional
        As of :func:`gce_lib.data.load`.
    download : bool
        Whether labels that are not in ``root`` may be downloaded.
    progress : bool
        Whether to show a progress bar while they are.

    Returns
    -------
    NoisyLabels
        In the order of the training images of :func:`gce_lib.data.load`.

    Raises
    ------
    ValueError
        There are no such labels.
    gce_lib.data.DataError
        They are damaged, or neither in ``root`` nor to be downloaded.
    """
    checks.choice("dataset", dataset, tuple(KINDS))
    checks.choice("kind", kind, KINDS[dataset])
    random = generator(seed)
    there: dict[str, Any] = {"download": download, "progress": progress}
    if dataset == "cifar10":
        labels = CIFAR10N.load(root, **there)
        return NoisyLabels.from_arrays(labels[_CIFAR10N[kind]], labels[_CLEAN], 10)
    counts = torch.from_numpy(FASHION_MNIST_H.load(root, **there)["counts"]).double()
    clean = load(dataset, root=root, **there).train_labels
    noisy = _majority(_asked(counts, _PEOPLE[kind], random), random)
    return NoisyLabels(noisy, clean, 10, int(seed))


def _asked(counts: Tensor, people: int | None, random: np.random.Generator) -> Tensor:
    """Return the votes (N, C) of so many of the people who are counted, drawn once."""
    if people is None:
        return counts
    left = counts.clone()
    rows = torch.arange(len(counts))
    for _ in range(people):
        label = draw_labels(left, torch.from_numpy(random.random(len(counts))))
        left[rows, label] -= 1
    return counts - left


def _majority(votes: Tensor, random: np.random.Generator) -> Tensor:
    """Return the class with most votes in each row; a tie is broken at random."""
    return (votes + torch.from_numpy(random.random(votes.shape))).argmax(dim=1)


def human_matrix(dataset: str = "cifar10", kind: str = "worse") -> Tensor:
    """Return how people confuse the classes, without any download.

    Taught in book/practice/since-2018.ipynb.

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


_CLEAN = "clean_label"


def _read_cifar10n(path: Path) -> Mapping[str, Any]:
    rebuild = np.empty(0).__reduce__()[0]
    allowed: list[Any] = [
        np.ndarray,
        np.dtype,
        *(type(np.dtype(code)) for code in "bBhHiIlLqQ"),
        (rebuild, "numpy.core.multiarray._reconstruct"),
        (rebuild, "numpy._core.multiarray._reconstruct"),
    ]
    with torch.serialization.safe_globals(allowed):
        return torch.load(path, map_location="cpu", weights_only=True)


def _read_counts(path: Path) -> Mapping[str, Any]:
    counts = np.loadtxt(path, delimiter=",", dtype=np.uint8)
    return {"counts": counts.reshape(-1, 10)}


CIFAR10N = Published(
    title="CIFAR-10N",
    cache="cifar10n-labels",
    file="CIFAR-10_human.pt",
    address=(
        "https://github.com/UCSC-REAL/cifar-10-100n/raw/main/data/CIFAR-10_human.pt"
    ),
    arrays=(_CLEAN, *_CIFAR10N.values()),
    digest="ccd448d8e30eb75a457513df753fee57cb090f8cee36441d12ba293cb4e4e628",
    read=_read_cifar10n,
)
FASHION_MNIST_H = Published(
    title="Fashion-MNIST-H",
    cache="fashion-mnist-h-counts",
    file="fmh_counts.csv",
    address="https://github.com/takashiishida/irreducible/raw/main/data/fmh_counts.csv",
    arrays=("counts",),
    digest="96d863249e2b1f8a849735a0edc7de28bd2548f0a3f72de6499419ff0825cfc0",
    read=_read_counts,
)
