"""What an example may be, and what a network sees of it.

Three kinds, told apart by their type: bytes are images, floats are features of any
shape, integers are ids, which are names and no amounts. Each keeps its type as long as
it is stored; images and features are standardised when a batch is made of them.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from gce_lib import checks
from gce_lib.devices import widest_float

from .labels import INTEGERS

FLOATS = {torch.float16, torch.bfloat16, torch.float32, torch.float64}
WANTED = (
    "uint8 images (N, H, W) or (N, H, W, C), float features (N, d) or (N, C, ...), "
    "or integer ids (N, T)"
)
CHANNELS = (1, 3, 4)  # of pictures: by these a wrong order of dimensions is known
CHUNK = 4096  # examples in float64 at once


def kind_of(examples: Tensor) -> str:
    """Return ``"images"``, ``"features"`` or ``"ids"``."""
    if examples.dtype == torch.uint8:
        return "images"
    return "features" if examples.is_floating_point() else "ids"


def shape_of(examples: Tensor) -> tuple[int, ...]:
    """Return the shape of one example as a network sees it."""
    shape = tuple(examples.shape[1:])
    return (shape[2], *shape[:2]) if kind_of(examples) == "images" else shape


def channels_of(examples: Tensor) -> int:
    """Return how many means there are: one a channel or feature, none of ids."""
    return 0 if kind_of(examples) == "ids" else shape_of(examples)[0]


def as_examples(name: str, values: Any) -> Tensor:
    """Return an array or tensor as a tensor of one of the three kinds, checked.

    Raises
    ------
    TypeError, ValueError
        It is no array of numbers, or not of the shapes, or not finite.
    """
    examples = _tensor(values) if isinstance(values, np.ndarray) else values
    if isinstance(examples, Tensor):
        if examples.dtype in INTEGERS - {torch.uint8}:
            examples = examples.long()
        if examples.dtype == torch.uint8 and examples.ndim == 3:
            examples = examples[..., None]
    return check_examples(name, examples)


def check_examples(name: str, examples: Any) -> Tensor:
    """Return a tensor that :func:`as_examples` would leave as it is."""
    known = FLOATS | {torch.uint8, torch.int64}
    plain = isinstance(examples, Tensor) and examples.layout == torch.strided
    if not plain or examples.dtype not in known:
        raise TypeError(
            f"{name} must be {WANTED}, got {checks.told(examples)}: "
            f"{_way_to_numbers(examples)}"
        )
    kind = kind_of(examples)
    got = f"{examples.dtype} {tuple(examples.shape)}"
    fits = {"images": (4,), "features": range(2, 9), "ids": (2,)}
    if examples.ndim not in fits[kind] or 0 in examples.shape[1:]:
        raise ValueError(f"{name} must be {WANTED}, got {got}: {_way_to_shape(kind)}")
    _check_order(name, examples, got)
    if kind == "features":
        _check_finite(name, examples)
    if kind == "ids" and len(examples) and examples.min() < 0:
        raise ValueError(
            f"{name} must be ids of at least 0, got {examples.min().item()}: "
            "amounts come as floats"
        )
    return examples


def check_alike(
    name: str, examples: Tensor, other: str, like: Tensor, *, sizes: bool = True
) -> None:
    """Refuse examples that differ in kind or in shape from those called ``other``.

    Without ``sizes``, of the shape only the channels count.
    """
    same = channels_of(examples) == channels_of(like)
    if sizes:
        same = examples.shape[1:] == like.shape[1:]
    if not same or kind_of(examples) != kind_of(like):
        raise ValueError(
            f"{name} must be {_told(like)} like {other}, got {_told(examples)}"
        )


def statistics(examples: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and standard deviation of each channel or feature; none of ids.

    Of images they are on the scale 0 to 1. What never changes has the standard
    deviation 1.
    """
    kind = kind_of(examples)
    if kind == "ids":
        return (), ()
    return _of_bytes(examples) if kind == "images" else _of_floats(examples)


def move(examples: Tensor, device: str | torch.device) -> Tensor:
    """Return a tensor on a device, in float32 if it is float64 and there is none."""
    if examples.dtype == torch.float64:
        examples = examples.to(widest_float(torch.device(device)))
    return examples.to(device)


class Standardise:
    """Turn examples as they are stored into what a network sees.

    Parameters
    ----------
    examples : Tensor
        Of the kind and, but for their number, of the shape that will come.
    mean, std : sequence of float
        One a channel or feature, or one for all; 0 counts as a std of 1.
    """

    def __init__(self, examples: Tensor, mean: Sequence[float], std: Sequence[float]):
        double = examples.dtype == torch.float64
        numbers = partial(
            torch.tensor,
            dtype=torch.float64 if double else torch.float32,
            device=examples.device,
        )
        means, stds = numbers(mean), numbers([value or 1.0 for value in std])
        if kind_of(examples) == "images":
            self._scale = 1 / (255 * stds)
            self._shift = -means * 255 * self._scale
        else:
            self._mean = _along_channels(means, examples.ndim)
            self._std = _along_channels(stds, examples.ndim)

    def __call__(self, stored: Tensor) -> Tensor:
        """Return float32 (B, C, H, W), float32 (B, …) or the ids as they are."""
        kind = kind_of(stored)
        if kind == "ids":
            return stored
        if kind == "images":
            x = torch.addcmul(self._shift, stored.float(), self._scale)
            return x.permute(0, 3, 1, 2)
        return ((stored.to(self._mean.dtype) - self._mean) / self._std).float()


def _tensor(array: np.ndarray) -> Tensor | np.ndarray:
    """Return numbers as a tensor, in the byte order and with a type that it has."""
    dtype = array.dtype.newbyteorder("=")
    if dtype.kind not in "iuf":
        return array
    if dtype.kind in "iu" and dtype != np.uint8:
        dtype = np.dtype(np.int64)
    if dtype.itemsize > 8:
        dtype = np.dtype(np.float64)
    return torch.from_numpy(np.require(array, dtype, ["C", "W"]))


def _check_order(name: str, examples: Tensor, got: str) -> None:
    if examples.ndim != 4:
        return
    _, first, second, last = examples.shape
    if kind_of(examples) == "images" and first in CHANNELS and last > max(CHANNELS):
        raise ValueError(
            f"{name} must have the channels last, (N, H, W, C), got {got}: "
            "try .permute(0, 2, 3, 1)"
        )
    pictures = last in CHANNELS and min(first, second) > max(CHANNELS)
    if kind_of(examples) == "features" and pictures:
        raise ValueError(
            f"{name} must have the channels of floats first, (N, C, H, W), got {got}: "
            "try .permute(0, 3, 1, 2)"
        )


def _check_finite(name: str, examples: Tensor) -> None:
    if examples.requires_grad:
        raise ValueError(
            f"{name} must be constant, got {checks.told(examples)}: try .detach()"
        )
    finite = examples.float().isfinite().flatten(1).all(dim=1)
    if not finite.all():
        row = int((~finite).nonzero()[0])
        values = examples[row].flatten()
        value = values[~values.float().isfinite()][0].item()
        raise ValueError(
            f"{name} must be finite in float32, got {value:g} in example {row}, the "
            f"first of {int((~finite).sum())}: fill in such numbers, or drop the rows"
        )


def _way_to_numbers(values: Any) -> str:
    if isinstance(values, (DataLoader, Dataset)):
        return "stack its examples, as torch.stack([x for x, _ in dataset])"
    if isinstance(values, np.ndarray) and values.dtype.kind in "iuf":
        return "try torch.from_numpy"
    if isinstance(values, Tensor):
        return "try .float()" if values.layout == torch.strided else "try .to_dense()"
    if isinstance(_first(values), (str, bytes)):
        return "a tokenizer makes ids of text, an embedding features"
    return "try np.asarray(..., dtype=np.float32)"


def _first(values: Any) -> Any:
    """Return the first of the values in lists or an array."""
    if isinstance(values, np.ndarray):
        return values.flat[0] if values.size else None
    return _first(values[0]) if isinstance(values, (list, tuple)) and values else values


def _way_to_shape(kind: str) -> str:
    if kind == "features":
        return "a row an example, x[:, None] for a single feature"
    return "numbers that are amounts come as floats, try .astype(np.float32)"


def _told(examples: Tensor) -> str:
    return f"{kind_of(examples)} of shape {tuple(examples.shape[1:])}"


def _along_channels(values: Tensor, ndim: int) -> Tensor:
    """Return values of the channels in a shape to compute with (B, C, …)."""
    return values.reshape(-1, *[1] * (ndim - 2))


def _of_bytes(images: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Exact, from the counts of the 256 levels."""
    levels = torch.arange(256, dtype=torch.float64) / 255
    means, stds = [], []
    for channel in range(images.shape[-1]):
        counts = torch.bincount(images[..., channel].flatten().int(), minlength=256)
        share = counts.double() / counts.sum()
        mean = (share * levels).sum()
        means.append(mean.item())
        stds.append((share * (levels - mean) ** 2).sum().sqrt().item() or 1.0)
    return tuple(means), tuple(stds)


def _of_floats(examples: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """In float64, a part of the examples at a time."""
    others = [0, *range(2, examples.ndim)]
    count = examples.numel() // examples.shape[1]
    parts = examples.split(CHUNK)
    means = torch.stack([part.double().sum(others) for part in parts]).sum(0) / count
    centre = _along_channels(means, examples.ndim)
    squares = [(part.double() - centre).square().sum(others) for part in parts]
    stds = (torch.stack(squares).sum(0) / count).sqrt()
    constant = examples.amin(others) == examples.amax(others)
    stds[constant] = 1.0  # their differences from the mean are rounding errors
    return tuple(means.tolist()), tuple(stds.tolist())
