"""A data set as tensors, and its file."""

import math
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gce_lib import checks
from gce_lib.files import written_whole

from .inputs import (
    as_examples,
    channels_of,
    check_alike,
    check_examples,
    kind_of,
    move,
    shape_of,
    statistics,
)
from .labels import class_indices


class DataError(RuntimeError):
    """A data set cannot be had; the message says what to do."""


@dataclass(frozen=True, eq=False, repr=False)
class ImageDataset:
    """Examples, most often images, and labels of a training and a test set.

    Attributes
    ----------
    name : str
    train_images, test_images : Tensor
        Images, uint8 (N, H, W, C), 0 to 255. Or, whatever the name says, features,
        float (N, d) or (N, C, …); or ids, int64 (N, T), 0 or more. Of a data set
        without a test set, (0, …).
    train_labels, test_labels : Tensor
        int64 (N,), 0 to ``num_classes − 1``, the labels of the publisher ("clean").
    classes : tuple of str
        Names of the classes.
    mean, std : tuple of float
        Of each channel or feature over the training examples, of images on the scale
        0 to 1; what is constant has the std 1. Ids have none.

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
            check_examples(f"{part}_images", images)
            name = f"{part}_labels"
            labels = getattr(self, name)
            fresh = class_indices(name, labels, len(images), self.num_classes)
            object.__setattr__(self, name, fresh)
        train, test = self.train_images, self.test_images
        check_alike("test_images", test, "train_images", train, sizes=False)
        for name in ("mean", "std"):
            values = getattr(self, name)
            low = 0 if name == "std" else -math.inf
            if len(values) != channels_of(train):
                raise ValueError(
                    f"{name} must have {channels_of(train)} entries, "
                    f"one a channel, got {len(values)}"
                )
            for value in values:
                checks.number(name, value, low)

    def __repr__(self) -> str:
        return (
            f"ImageDataset({self.name}: {len(self.train_labels):,} + "
            f"{len(self.test_labels):,} {self.kind} of shape {self.shape}, "
            f"{self.num_classes} classes)"
        )

    @property
    def num_classes(self) -> int:
        """Number of classes."""
        return len(self.classes)

    @property
    def kind(self) -> str:
        """What an example is: ``"images"``, ``"features"`` or ``"ids"``."""
        return kind_of(self.train_images)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one example as the models take it, (C, H, W) of an image."""
        return shape_of(self.train_images)

    def accept(self, images: Tensor | np.ndarray) -> Tensor:
        """Return more examples of this kind as a tensor that a network may be asked of.

        Raises
        ------
        TypeError, ValueError
            They are of another kind, or have other channels.
        """
        examples = as_examples("images", images)
        check_alike("images", examples, self.name, self.train_images, sizes=False)
        return examples

    def to(self, device: str | torch.device) -> "ImageDataset":
        """Return the data set with its tensors on a device, copied if need be."""

        def moved(name: str) -> Any:
            return move(getattr(self, name), device)

        names = ("train_images", "train_labels", "test_images", "test_labels")
        return replace(self, **{name: moved(name) for name in names})

    @classmethod
    def from_arrays(cls, name: str, arrays: Mapping[str, Any]) -> "ImageDataset":
        """Build from ``x_train y_train x_test y_test classes``, arrays or tensors.

        Taught in book/practice/other-places.ipynb.

        Parameters
        ----------
        name : str
            To be called by in messages.
        arrays : mapping
            ``x_train`` and ``x_test``: images, uint8 (N, H, W) or (N, H, W, C);
            features, floats (N, d) or, the channels first, (N, C, …); or ids, integers
            (N, T). ``y_train`` and ``y_test``: integers (N,) of any type. ``classes``:
            their names. Without ``x_test`` and ``y_test`` there is no test set.

        Raises
        ------
        ValueError, TypeError
            Something is missing, of another kind, or out of range.
        """
        _check_keys(arrays)
        x_train = as_examples("x_train", arrays["x_train"])
        if not len(x_train):
            raise ValueError("x_train must have at least one example, got none")
        x_test = as_examples("x_test", arrays.get("x_test", x_train[:0]))
        check_alike("x_test", x_test, "x_train", x_train)
        classes = _names(arrays["classes"])
        labels = {
            part: class_indices(f"y_{part}", given, count, len(classes))
            for part, given, count in (
                ("train", arrays["y_train"], len(x_train)),
                ("test", arrays.get("y_test", torch.arange(0)), len(x_test)),
            )
        }
        mean, std = statistics(x_train)
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


_NEEDED = ("x_train", "y_train", "classes")
_TEST = ("x_test", "y_test")


def _check_keys(arrays: Any) -> None:
    """Refuse arrays of which some are missing, or that nobody asked for."""
    keys = f"{', '.join(_NEEDED)} and, of a test set, {', '.join(_TEST)}"
    checks.instance("arrays", arrays, Mapping, f"a dictionary of {keys}")
    needed = _NEEDED + (_TEST if set(_TEST) & arrays.keys() else ())
    missing = [key for key in needed if key not in arrays]
    if missing:
        raise ValueError(f"arrays must have {keys}, got none for {', '.join(missing)}")
    unknown = [str(key) for key in arrays if key not in _NEEDED + _TEST]
    if unknown:
        raise ValueError(f"arrays must have {keys}, got {', '.join(unknown)} too")


def _names(classes: Any) -> tuple[str, ...]:
    if not isinstance(classes, Iterable):
        told = checks.told(classes)
        raise TypeError(f"classes must be the names of the classes, got {told}")
    return tuple(str(name) for name in classes)


def read_npz(path: Path, name: str) -> ImageDataset:
    """Read a data set from its ``.npz``.

    Raises
    ------
    DataError
        The file is damaged or holds something else.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            dataset = ImageDataset.from_arrays(
                name, {key: arrays[key] for key in arrays}
            )
        if not len(dataset.test_labels):
            raise ValueError("it has no test set")
        return dataset
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
