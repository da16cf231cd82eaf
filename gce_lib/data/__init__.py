"""Data sets as tensors, and batches of them on the device."""

from .batches import Batches, check_augment
from .blobs import blobs
from .cache import cached_file, workshop
from .dataset import DataError, ImageDataset
from .labels import class_indices
from .load import NAMES, load
from .pairs import side_by_side
from .shapes import Shapes, shapes

__all__ = [
    "NAMES",
    "Batches",
    "DataError",
    "ImageDataset",
    "Shapes",
    "blobs",
    "cached_file",
    "check_augment",
    "class_indices",
    "load",
    "shapes",
    "side_by_side",
    "workshop",
]
