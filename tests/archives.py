"""Small files in the formats in which the data sets were published."""

import gzip
import io
import pickle
import struct
import tarfile

import numpy as np


class _Python2Pickler(pickle._Pickler):
    """Writes bytes as Python 2 wrote its strings, as the pickles of CIFAR hold them."""

    def save(self, value, save_persistent_id=True) -> None:
        if isinstance(value, bytes):
            self.write(pickle.BINSTRING + struct.pack("<i", len(value)) + value)
        else:
            super().save(value, save_persistent_id)


def pickle_like_python2(content) -> bytes:
    """Pickle ``content`` as Python 2 did."""
    file = io.BytesIO()
    _Python2Pickler(file, protocol=2).dump(content)
    return file.getvalue()


def idx(array: np.ndarray) -> bytes:
    """Return a gzipped IDX file of unsigned bytes."""
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return gzip.compress(header + array.tobytes(), mtime=0)


def cifar(members: dict[str, object]) -> bytes:
    """Return a ``.tar.gz`` with a pickle for each member."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in members.items():
            pickled = pickle_like_python2(content)
            info = tarfile.TarInfo(name)
            info.size = len(pickled)
            archive.addfile(info, io.BytesIO(pickled))
    return file.getvalue()


def cifar_batch(count: int, seed: int, labels_key: str) -> dict:
    """Return the content of a batch file: pixels by channel, labels as a list."""
    generator = np.random.Generator(np.random.PCG64(seed))
    return {
        "data": generator.integers(256, size=(count, 3072)).astype(np.uint8),
        labels_key: generator.integers(10, size=count).tolist(),
        "filenames": ["image.png"] * count,
    }
