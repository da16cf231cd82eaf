"""Batches of a data set that lives on the device as bytes."""

import math
from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from gce_lib.devices import resolve_device

AUGMENTATIONS = ("crop", "flip")
PAD = 4  # pixels of black on every side, from which "crop" cuts


class Batches:
    """Iterate over a data set in batches made on the device.

    The whole set is moved there once, as bytes. The random numbers of an epoch are
    drawn before its first batch, on the CPU, from two generators of the object's own,
    one for the order and one for the augmentation: equal seeds give equal batches on
    every device, whatever else runs, and augmenting does not change the order.

    Taught in book/practice/training.ipynb.

    Parameters
    ----------
    images : Tensor
        uint8 (N, H, W, C).
    labels : Tensor
        int64 (N,).
    batch_size : int
        At least 1; the last batch of an epoch may be smaller.
    augment : sequence of str
        ``"crop"`` (shift by up to 4 pixels, black beyond the border) and ``"flip"``
        (left–right, for half of the images).
    seed : int
        At least 0.
    device : str or torch.device
    shuffle : bool
        Whether each epoch has a new random order.
    indices : Tensor, optional
        int64 (M,): iterate over these examples only; default all.
    mean, std : sequence of float
        Of each channel on the scale 0 to 1: ``x = (pixel / 255 − mean) / std``.

    Yields
    ------
    x : Tensor
        float32 (B, C, H, W), channels-last in memory.
    y : Tensor
        int64 (B,).
    index : Tensor
        int64 (B,), positions in ``images``.

    Raises
    ------
    ValueError
        An argument is out of its range.
    """

    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        batch_size: int,
        *,
        augment=(),
        seed: int = 0,
        device="auto",
        shuffle: bool = True,
        indices: Tensor | None = None,
        mean=(0.0,),
        std=(1.0,),
    ):
        _check(images, labels, batch_size, augment)
        self.device = resolve_device(device)
        self.batch_size = batch_size
        self.augment = tuple(augment)
        self.shuffle = shuffle
        self.labels = labels.to(self.device)
        self.indices = torch.arange(len(images)) if indices is None else indices.cpu()
        self._size = images.shape[1:3]
        images = images.to(self.device)
        self._images = (
            F.pad(images, (0, 0, PAD, PAD, PAD, PAD))
            if "crop" in self.augment
            else images
        )
        self._scale = 1 / (255 * torch.tensor(std, device=self.device))
        self._shift = -torch.tensor(mean, device=self.device) * 255 * self._scale
        seeds = np.random.SeedSequence(seed).generate_state(2, np.uint64).tolist()
        self._order, self._draws = (torch.Generator().manual_seed(s) for s in seeds)

    def __len__(self) -> int:
        """Number of batches in an epoch."""
        return math.ceil(len(self.indices) / self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        count = len(self.indices)
        order = self.indices
        if self.shuffle:
            order = order[torch.randperm(count, generator=self._order)]
        rows, columns = self._pixels(count)
        order = order.to(self.device)
        for start in range(0, count, self.batch_size):
            batch = slice(start, start + self.batch_size)
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

    def _pick(self, index: Tensor, rows, columns, batch: slice) -> Tensor:
        """Crop, flip and gather in one indexing; then normalise."""
        if rows is None:
            pixels = self._images[index]
        else:
            r, c = rows[batch, :, None], columns[batch, None, :]
            pixels = self._images[index[:, None, None], r, c]  # (B, H, W, C)
        x = torch.addcmul(self._shift, pixels.float(), self._scale)
        return x.permute(0, 3, 1, 2)

    def state_dict(self) -> dict[str, Tensor]:
        """State of the generators; before an epoch it determines all that follow."""
        return {"order": self._order.get_state(), "augment": self._draws.get_state()}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Continue from a :meth:`state_dict`."""
        self._order.set_state(state["order"])
        self._draws.set_state(state["augment"])


def _check(images: Tensor, labels: Tensor, batch_size: int, augment) -> None:
    if images.dtype != torch.uint8 or images.ndim != 4:
        raise ValueError(
            "images must be uint8 (N, H, W, C), "
            f"got {images.dtype} {tuple(images.shape)}"
        )
    if labels.dtype != torch.int64 or labels.shape != images.shape[:1]:
        raise ValueError(
            f"labels must be int64 ({len(images)},), "
            f"got {labels.dtype} {tuple(labels.shape)}"
        )
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    if isinstance(augment, str) or not set(augment) <= set(AUGMENTATIONS):
        raise ValueError(
            f"augment must be a sequence of {', '.join(AUGMENTATIONS)}, got {augment!r}"
        )
