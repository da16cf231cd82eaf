"""Batches of a data set that lives on the device as it is stored, images as bytes."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor

from gce_lib import checks, rng
from gce_lib.devices import resolve_device

from .inputs import Standardise, channels_of, check_examples, kind_of, move
from .labels import class_indices

AUGMENTATIONS = ("crop", "flip")
PAD = 4  # pixels of black on every side, from which "crop" cuts


class Batches:
    """Iterate over a data set in batches made on the device.

    The whole set is moved there once, images as bytes. The random numbers of an epoch
    are drawn before its first batch, on the CPU, from two generators of the object's
    own, one for the order and one for the augmentation: equal seeds give equal batches
    on every device, whatever else runs, and augmenting does not change the order.

    Taught in book/practice/training.ipynb.

    Parameters
    ----------
    images : Tensor
        Images, uint8 (N, H, W, C); features, float (N, d) or (N, C, …); or ids, int64
        (N, T).
    labels : Tensor or array-like
        Integers (N,).
    batch_size : int
        At least 1; the last batch of an epoch may be smaller. A single example that is
        left over joins the batch before: batch norm cannot do with one.
    augment : sequence of str
        ``"crop"`` (shift by up to 4 pixels, black beyond the border) and ``"flip"``
        (left–right, for half of the images); of images only.
    seed : int
        At least 0.
    device : str or torch.device
    shuffle : bool
        Whether each epoch has a new random order.
    indices : Tensor, optional
        int64 (M,): iterate over these examples only; default all.
    mean, std : sequence of float
        Of each channel or feature: ``x = (feature − mean) / std``, and of images
        ``(pixel / 255 − mean) / std``. A std of 0 counts as 1. Ids have none.

    Yields
    ------
    x : Tensor
        Images: float32 (B, C, H, W), channels-last in memory. Features: float32, of
        their shape. Ids: int64 (B, T).
    y : Tensor
        int64 (B,).
    index : Tensor
        int64 (B,), positions in ``images``.

    Raises
    ------
    ValueError, TypeError
        An argument is out of its range or of another kind.
    """

    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        batch_size: int,
        *,
        augment: Sequence[str] = (),
        seed: int = 0,
        device: str | torch.device = "auto",
        shuffle: bool = True,
        indices: Tensor | None = None,
        mean: Sequence[float] = (0.0,),
        std: Sequence[float] = (1.0,),
    ):
        check_examples("images", images)
        self.device = resolve_device(device)
        self.batch_size = checks.integer("batch_size", batch_size, 1)
        self.augment = check_augment(augment)
        if self.augment and kind_of(images) != "images":
            raise ValueError(
                f"augment must be empty for {kind_of(images)}, got {self.augment}: "
                "only images, uint8 (N, H, W, C), are cropped and flipped"
            )
        self.shuffle = shuffle
        self.labels = class_indices("labels", labels, len(images)).to(self.device)
        self.indices = _positions(indices, len(images))
        channels = channels_of(images)
        mean = _numbers("mean", mean, channels)
        std = _numbers("std", std, channels, 0)
        self._size = images.shape[1:3]
        images = move(images, self.device)
        self._images = (
            F.pad(images, (0, 0, PAD, PAD, PAD, PAD))
            if "crop" in self.augment
            else images
        )
        self._standardise = Standardise(images, mean, std)
        seeds = rng.streams(seed, 2)
        self._order, self._draws = (torch.Generator().manual_seed(s) for s in seeds)

    def __len__(self) -> int:
        """Number of batches in an epoch."""
        return len(self._starts())

    def _starts(self) -> list[int]:
        """Where each batch of an epoch begins."""
        starts = list(range(0, len(self.indices), self.batch_size))
        left_over = len(self.indices) - starts[-1] if starts else 0
        return (
            starts[:-1] if left_over == 1 < self.batch_size and starts[1:] else starts
        )

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        count = len(self.indices)
        order = self.indices
        if self.shuffle:
            order = order[torch.randperm(count, generator=self._order)]
        rows, columns = self._pixels(count)
        order = order.to(self.device)
        for start, end in pairwise([*self._starts(), count]):
            batch = slice(start, end)
            index = order[batch]
            yield self._pick(index, rows, columns, batch), self.labels[index], index

    def _pixels(self, count: int) -> tuple[Tensor | None, Tensor | None]:
        """Rows (N, H) and columns (N, W) to take of each padded image, if augmented."""
        if not self.augment:
            return None, None
        height, width = self._size
        shifts = torch.randint(0, 2 * PAD + 1, (count, 2), generator=self._draws)
        flips = torch.rand(count, generator=self._draws) < 0.5
        if "crop" not in self.augment:
            shifts.zero_()
        columns = torch.arange(width).expand(count, -1)
        if "flip" in self.augment:
            columns = torch.where(flips[:, None], columns.flip(1), columns)
        rows = torch.arange(height) + shifts[:, :1]
        columns = columns + shifts[:, 1:]
        return rows.to(self.device), columns.to(self.device)

    def _pick(
        self, index: Tensor, rows: Tensor | None, columns: Tensor | None, batch: slice
    ) -> Tensor:
        """Crop, flip and gather in one indexing; then standardise."""
        if rows is None or columns is None:
            return self._standardise(self._images[index])
        r, c = rows[batch, :, None], columns[batch, None, :]
        pixels = self._images[index[:, None, None], r, c]  # (B, H, W, C)
        return self._standardise(pixels)

    def state_dict(self) -> dict[str, Tensor]:
        """State of the generators; before an epoch it determines all that follow."""
        return {"order": self._order.get_state(), "augment": self._draws.get_state()}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Continue from a :meth:`state_dict`."""
        self._order.set_state(state["order"])
        self._draws.set_state(state["augment"])


def check_augment(augment: Sequence[str]) -> tuple[str, ...]:
    """Return a sequence of names of augmentations as a tuple."""
    listed = isinstance(augment, Iterable) and not isinstance(augment, str)
    names = tuple(augment) if listed else None
    if names is None or not set(names) <= set(AUGMENTATIONS):
        raise ValueError(
            f"augment must be a sequence of {', '.join(AUGMENTATIONS)}, got {augment!r}"
        )
    return names


def _positions(indices: object, count: int) -> Tensor:
    """Return the positions of some of so many examples, on the CPU; all for None."""
    if indices is None:
        return torch.arange(count)
    positions = checks.tensor("indices", indices).cpu()
    if positions.dtype != torch.int64 or positions.ndim != 1:
        raise TypeError(f"indices must be int64 (M,), got {checks.told(indices)}")
    if len(positions) and not 0 <= positions.min() <= positions.max() < count:
        raise ValueError(
            f"indices must lie in 0 … {count - 1}, got "
            f"{positions.min().item()} … {positions.max().item()}"
        )
    return positions


def _numbers(
    name: str, values: object, channels: int, low: float = -math.inf
) -> list[float]:
    """Return the numbers of the channels or features, or the one for all."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(
            f"{name} must be a sequence of numbers, one a channel or feature, "
            f"got {checks.told(values)}"
        )
    numbers = [checks.number(name, value, low) for value in values]
    if len(numbers) not in (1, channels):
        raise ValueError(
            f"{name} must have {channels} numbers, one a channel or feature, or one "
            f"for all, got {len(numbers)}"
        )
    return numbers
