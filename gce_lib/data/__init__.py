"""Data sets as tensors, and batches of them on the device."""

from .batches import Batches
from .blobs import blobs
from .dataset import DataError, ImageDataset
from .load import NAMES, cache_folder, load

__all__ = [
    "NAMES",
    "Batches",
    "DataError",
    "ImageDataset",
    "blobs",
    "cache_folder",
    "load",
]
