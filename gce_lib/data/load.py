"""Load a data set by name."""

import hashlib
import json
import os
from pathlib import Path

from gce_lib import checks

from .cache import cached_file, make
from .dataset import DataError, ImageDataset, read_npz

NAMES = ("fashion-mini", "fashion-mnist", "fashion-mnist-h", "cifar10", "cifar100")
_HERE = Path(__file__).parent


def load(
    name: str,
    *,
    root: str | os.PathLike[str] | None = None,
    download: bool = True,
    progress: bool = True,
) -> ImageDataset:
    """Load a data set into memory.

    Taught in book/problem/label-noise.ipynb.

    Parameters
    ----------
    name : str
        ``"fashion-mini"`` (shipped: the first 10,000 + 2,000 images of Fashion-MNIST),
        ``"fashion-mnist"``, ``"cifar10"`` or ``"cifar100"``; or ``"fashion-mnist-h"``,
        Fashion-MNIST turned round: its 10,000 test images, which many people labelled
        (:func:`gce_lib.noise.human`), to train on, and its first 10,000 training images
        to test on.
    root : path-like, optional
        Folder of the cached ``<name>.npz`` files; default: the environment variable
        ``GCE_DATA``, else ``~/.cache/gce_lib``.
    download : bool
        Whether a data set that is not in the cache may be downloaded.
    progress : bool
        Whether to show a progress bar while it is.

    Returns
    -------
    ImageDataset

    Raises
    ------
    ValueError
        The name is unknown.
    DataError
        The data set is damaged, or neither in the cache nor to be downloaded.
    """
    checks.choice("name", name, NAMES)
    if name == "fashion-mini":
        return load_shipped(_HERE / "fashion-mini.npz")
    if name == "fashion-mnist-h":
        whole = load("fashion-mnist", root=root, download=download, progress=progress)
        return _turned_round(whole, name)
    path = cached_file(name, root)
    if not path.exists():
        make(path, name, download=download, progress=progress)
    return read_npz(path, name)


def _turned_round(whole: ImageDataset, name: str) -> ImageDataset:
    """Train on the test images, and test on as many of the training images."""
    count = len(whole.test_labels)
    arrays = {
        "x_train": whole.test_images,
        "y_train": whole.test_labels,
        "x_test": whole.train_images[:count],
        "y_test": whole.train_labels[:count],
        "classes": whole.classes,
    }
    return ImageDataset.from_arrays(name, arrays)


def load_shipped(path: Path) -> ImageDataset:
    """Load a data set that has its SHA-256 in a ``.json`` beside it.

    Raises
    ------
    DataError
        The file is missing or is not the one that was shipped.
    """
    expected = json.loads(path.with_suffix(".json").read_text())["sha256"]
    try:
        got = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error}): install gce_lib again"
        ) from error
    if got != expected:
        raise DataError(
            f"{path} is damaged: expected SHA-256 {expected[:12]}…, got {got[:12]}…; "
            "install gce_lib again"
        )
    return read_npz(path, path.stem)
