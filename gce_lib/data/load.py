"""Load a data set by name."""

import hashlib
import json
import os
import shutil
from pathlib import Path

from gce_lib import extras

from .dataset import DataError, ImageDataset, read_npz, write_npz

NAMES = ("fashion-mini", "fashion-mnist", "cifar10", "cifar100")
_HERE = Path(__file__).parent


def load(
    name: str, *, root=None, download: bool = True, progress: bool = True
) -> ImageDataset:
    """Load a data set into memory.

    Taught in book/problem/label-noise.ipynb.

    Parameters
    ----------
    name : str
        ``"fashion-mini"`` (shipped: the first 10,000 + 2,000 images of Fashion-MNIST),
        ``"fashion-mnist"``, ``"cifar10"`` or ``"cifar100"``.
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
    if name not in NAMES:
        raise ValueError(f"name must be one of {', '.join(NAMES)}, got {name!r}")
    if name == "fashion-mini":
        return load_shipped(_HERE / "fashion-mini.npz")
    path = cache_folder(root) / f"{name}.npz"
    if not path.exists():
        _make(path, name, download, progress)
    return read_npz(path, name)


def cache_folder(root=None) -> Path:
    """Return the folder of cached data: ``root``, else as :func:`load` says."""
    if root is None:
        root = os.environ.get("GCE_DATA", Path.home() / ".cache" / "gce_lib")
    return Path(root)


def _make(path: Path, name: str, download: bool, progress: bool) -> None:
    """Make the cached file from the published ones, which are removed then."""
    published = path.parent / name
    try:
        if not download:
            raise DataError("download=False")
        extras.require("torchvision", f"making {path.name}")
        from .sources import obtain  # torchvision is slow to import

        write_npz(path, obtain(name, published, progress=progress))
    except (DataError, OSError) as error:
        raise DataError(
            f"{path} does not exist and cannot be made ({error}): run "
            f"`python -m gce_lib data {name}` on a machine with a network connection "
            f"and copy its {path.name} to {path}"
        ) from error
    shutil.rmtree(published)


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
