"""Readers of the files in which the data sets were published.

They return NumPy arrays and run nothing that a file says: the CIFAR archives are
pickles, and :func:`read_cifar` builds only arrays and plain Python values from them.
"""

import gzip
import io
import pickle
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, cast

import numpy as np

# What a pickle of CIFAR needs, under the names of NumPy 1 and NumPy 2.
_ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],
    ("numpy._core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str):
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(
                f"expected NumPy arrays and plain values, got {module}.{name}"
            ) from None


def unpickle_arrays(data: bytes) -> dict:
    """Unpickle a dictionary of NumPy arrays, lists, strings and numbers.

    Raises
    ------
    pickle.UnpicklingError
        The pickle names any other class or function; nothing of it is run.
    """
    return _ArrayUnpickler(io.BytesIO(data), encoding="latin1").load()


def read_idx(path: str | Path) -> np.ndarray:
    """Read a gzipped IDX file of unsigned bytes, the format of (Fashion-)MNIST.

    Returns
    -------
    numpy.ndarray
        uint8, of the shape that the file's header states.

    Raises
    ------
    ValueError
        The file is no IDX file of bytes, or holds more or fewer than it states.
    """
    with gzip.open(path) as file:
        data = file.read()
    if data[:3] != b"\0\0\x08":
        raise ValueError(f"{path}: expected an IDX file of bytes, got {data[:4]!r}")
    header = 4 + 4 * data[3]
    shape = tuple(np.frombuffer(data[4:header], ">u4").tolist())
    values = np.frombuffer(data, np.uint8, offset=header)
    if values.size != np.prod(shape):
        raise ValueError(f"{path}: expected {shape} bytes, got {values.size}")
    return values.reshape(shape)


def read_cifar(
    path: str | Path,
    train_files: Sequence[str],
    test_files: Sequence[str],
    labels_key: str,
    meta_file: str,
    classes_key: str,
) -> dict[str, np.ndarray]:
    """Read a ``cifar-*-python.tar.gz`` without unpacking it to the disk.

    Parameters
    ----------
    path : path-like
        The archive.
    train_files, test_files : sequence of str
        Members that hold the batches, in order.
    labels_key, classes_key : str
        Keys of the labels in a batch and of the class names in ``meta_file``.

    Returns
    -------
    dict of numpy.ndarray
        ``x_train`` and ``x_test`` uint8 (N, 32, 32, 3), ``y_train`` and ``y_test``
        uint8 (N,), ``classes`` str (C,).
    """
    with tarfile.open(path) as archive:

        def member(name: str) -> dict:
            return unpickle_arrays(cast(IO[bytes], archive.extractfile(name)).read())

        def split(files: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
            batches = [member(name) for name in files]
            pixels = np.concatenate([batch["data"] for batch in batches])
            images = pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
            labels = np.concatenate([batch[labels_key] for batch in batches])
            return np.ascontiguousarray(images), labels.astype(np.uint8)

        x_train, y_train = split(train_files)
        x_test, y_test = split(test_files)
        classes = np.array(member(meta_file)[classes_key])
    return {
        "x_train": x_train,
        "y_train": y_train,
        "x_test": x_test,
        "y_test": y_test,
        "classes": classes,
    }
