"""A data set as tensors, and its file."""

import math
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gce_lib import checks
from gce_lib.files import written_whole

from .labels import class_indices


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
        Of each channel over the training images, on the scale 0 to 1; a constant
        channel has the std 1.

    Raises
    ------
    ValueError, TypeError
        Images, labels or statistics are not of these kinds, or do not fit each other.
    """

    name: str
    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __post_init__(self):
        for part in ("train", "test"):
            images = getattr(self, f"{part}_images")
            _check_images(f"{part}_images", images)
            name = f"{part}_labels"
            labels = getattr(self, name)
            fresh = class_indices(name, labels, len(images), self.num_classes)
            object.__setattr__(self, name, fresh)
        for name in ("mean", "std"):
            values = getattr(self, name)
            low = 0 if name == "std" else -math.inf
            if len(values) != self.train_images.shape[-1]:
                raise ValueError(
                    f"{name} must have {self.train_images.shape[-1]} entries, "
                    f"one a channel, got {len(values)}"
                )
            for value in values:
                checks.number(name, value, low)

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

    def to(self, device: str | torch.device) -> "ImageDataset":
        """Return the data set with its tensors on a device, copied if need be."""
        tensors = ("train_images", "train_labels", "test_images", "test_labels")
        return replace(self, **{key: getattr(self, key).to(device) for key in tensors})

    @classmethod
    def from_arrays(cls, name: str, arrays: Mapping[str, Any]) -> "ImageDataset":
        """Build from ``x_train y_train x_test y_test classes``, arrays or tensors.

        Images are uint8 (N, H, W) or (N, H, W, C), labels integers of any type.

        Raises
        ------
        ValueError, TypeError
            Something is missing, of another kind, or out of range.
        """
        keys = ", ".join(_KEYS)
        checks.instance("arrays", arrays, Mapping, f"a dictionary of {keys}")
        missing = [key for key in _KEYS if key not in arrays]
        if missing:
            raise ValueError(
                f"arrays must have {keys}, got none for {', '.join(missing)}"
            )
        x_train, x_test = (_images(key, arrays[key]) for key in ("x_train", "x_test"))
        if x_test.shape[1:] != x_train.shape[1:]:
            raise ValueError(
                f"x_test must have images (H, W, C) like x_train, "
                f"{tuple(x_train.shape[1:])}, got {tuple(x_test.shape[1:])}"
            )
        classes = tuple(str(name) for name in arrays["classes"])
        labels = {
            part: class_indices(f"y_{part}", arrays[f"y_{part}"], count, len(classes))
            for part, count in (("train", len(x_train)), ("test", len(x_test)))
        }
        mean, std = _channel_statistics(x_train)
        return cls(
            name=name,
            train_images=x_train,
            train_labels=labels["train"],
            test_images=x_test,
            test_labels=labels["test"],
            classes=classes,
            mean=mean,
            std=std,
        )


_KEYS = ("x_train", "y_train", "x_test", "y_test", "classes")
_CHANNELS = (1, 3, 4)


def _images(name: str, images: Any) -> Tensor:
    """Return images as a tensor (N, H, W, C)."""
    if isinstance(images, np.ndarray) and images.dtype == np.uint8:
        images = torch.as_tensor(images)
    if not isinstance(images, Tensor):
        raise TypeError(
            f"{name} must be a uint8 array or tensor (N, H, W) or (N, H, W, C), "
            f"got {checks.told(images)}"
        )
    images = images[..., None] if images.ndim == 3 else images
    _check_images(name, images)
    return images


def _check_images(name: str, images: Any) -> None:
    checks.instance(name, images, Tensor, "a uint8 tensor (N, H, W, C)")
    got = f"{images.dtype} {tuple(images.shape)}"
    if images.dtype != torch.uint8 or images.ndim != 4:
        raise ValueError(
            f"{name} must be uint8 (N, H, W) or (N, H, W, C), 0 to 255, got {got}"
        )
    if images.shape[1] in _CHANNELS and images.shape[3] > max(_CHANNELS):
        raise ValueError(
            f"{name} must have the channels last, (N, H, W, C), got {got}: "
            "try .permute(0, 2, 3, 1)"
        )


def _channel_statistics(images: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Exact mean and standard deviation of each channel, on the scale 0 to 1.

    The standard deviation of a constant channel counts as 1.
    """
    levels = torch.arange(256, dtype=torch.float64) / 255
    means, stds = [], []
    for channel in range(images.shape[-1]):
        counts = torch.bincount(images[..., channel].flatten().int(), minlength=256)
        share = counts.double() / counts.sum()
        mean = (share * levels).sum()
        means.append(mean.item())
        stds.append((share * (levels - mean) ** 2).sum().sqrt().item() or 1.0)
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
    except (OSError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path} is damaged ({error}): delete it and run "
            f"`python -m gce_lib data {name}` again"
        ) from error


def write_npz(path: Path, arrays: Mapping[str, Any], *, compress: bool = False) -> None:
    """Write a data set's arrays; the file appears whole or not at all."""
    save = np.savez_compressed if compress else np.savez
    with written_whole(path) as file:
        save(file, **arrays)
