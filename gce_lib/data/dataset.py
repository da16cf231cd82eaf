"""A data set as tensors, and its file."""

import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gce_lib.files import written_whole


class DataError(RuntimeError):
    """A data set cannot be had; the message says what to do."""


@dataclass(frozen=True, eq=False, repr=False)
class ImageDataset:
    """Images and labels of a training and a test set.

    Attributes
    ----------
    name : str
    train_images, test_images : Tensor
        uint8 (N, H, W, C), 0 to 255.
    train_labels, test_labels : Tensor
        int64 (N,), 0 to ``num_classes − 1``, the labels of the publisher ("clean").
    classes : tuple of str
        Names of the classes.
    mean, std : tuple of float
        Of each channel over the training images, on the scale 0 to 1.
    """

    name: str
    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __repr__(self) -> str:
        return (
            f"ImageDataset({self.name}: {len(self.train_labels):,} + "
            f"{len(self.test_labels):,} images of shape {self.shape}, "
            f"{self.num_classes} classes)"
        )

    @property
    def num_classes(self) -> int:
        """Number of classes."""
        return len(self.classes)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape (C, H, W) of one image, as the models take it."""
        height, width, channels = self.train_images.shape[1:]
        return channels, height, width

    def to(self, device) -> "ImageDataset":
        """Return the data set with its tensors on a device, copied if need be."""
        tensors = ("train_images", "train_labels", "test_images", "test_labels")
        return replace(self, **{key: getattr(self, key).to(device) for key in tensors})

    @classmethod
    def from_arrays(cls, name: str, arrays) -> "ImageDataset":
        """Build from ``x_train y_train x_test y_test classes``, arrays or tensors.

        Images are uint8 (N, H, W) or (N, H, W, C).
        """
        tensors = {key: torch.as_tensor(arrays[key]) for key in _TENSORS}
        for key in ("x_train", "x_test"):
            images = tensors[key]
            if images.dtype != torch.uint8 or images.ndim not in (3, 4):
                raise ValueError(
                    f"{key} must be uint8 (N, H, W) or (N, H, W, C), "
                    f"got {images.dtype} {tuple(images.shape)}"
                )
            tensors[key] = images[..., None] if images.ndim == 3 else images
        mean, std = _channel_statistics(tensors["x_train"])
        return cls(
            name=name,
            train_images=tensors["x_train"],
            train_labels=tensors["y_train"].long(),
            test_images=tensors["x_test"],
            test_labels=tensors["y_test"].long(),
            classes=tuple(str(name) for name in arrays["classes"]),
            mean=mean,
            std=std,
        )


_TENSORS = ("x_train", "y_train", "x_test", "y_test")


def _channel_statistics(images: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Exact mean and standard deviation of each channel, on the scale 0 to 1."""
    levels = torch.arange(256, dtype=torch.float64) / 255
    means, stds = [], []
    for channel in range(images.shape[-1]):
        counts = torch.bincount(images[..., channel].flatten().int(), minlength=256)
        share = counts.double() / counts.sum()
        mean = (share * levels).sum()
        means.append(mean.item())
        stds.append((share * (levels - mean) ** 2).sum().sqrt().item())
    return tuple(means), tuple(stds)


def read_npz(path: Path, name: str) -> ImageDataset:
    """Read a data set from its ``.npz``.

    Raises
    ------
    DataError
        The file is damaged or holds something else.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return ImageDataset.from_arrays(name, {key: arrays[key] for key in arrays})
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path} is damaged ({error}): delete it and run "
            f"`python -m gce_lib data {name}` again"
        ) from error


def write_npz(path: Path, arrays, *, compress: bool = False) -> None:
    """Write a data set's arrays; the file appears whole or not at all."""
    save = np.savez_compressed if compress else np.savez
    with written_whole(path) as file:
        save(file, **arrays)
