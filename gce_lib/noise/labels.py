"""Noisy labels beside the clean ones: what was flipped, how often, and a digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from .checks import as_labels, check_labels, check_num_classes


def draw_labels(probabilities: Tensor, draws: Tensor) -> Tensor:
    """Return a class per row of `probabilities` (N, C) from uniform `draws` (N,)."""
    cumulative = probabilities.cumsum(dim=1)
    # Divided by their last column they are exactly 1 from the last possible class on.
    cumulative = cumulative / cumulative[:, -1:]
    return (draws[:, None] >= cumulative).sum(dim=1)


@dataclass(frozen=True, eq=False)
class NoisyLabels:
    """Labels before and after noise, with everything needed to tell them apart.

    Made by `gce_lib.noise.corrupt`, `gce_lib.noise.instance_dependent` and
    `gce_lib.noise.human`, or from any two arrays by `from_arrays`.
    Taught in book/problem/noise-models.ipynb.

    Attributes
    ----------
    noisy : Tensor
        Labels to train on, int64, shape (N,), on the CPU.
    clean : Tensor
        The true labels, int64, shape (N,).
    num_classes : int
        Number of classes C; all labels are in [0, C).
    seed : int or None
        The seed the noise was drawn with; None for labels that nobody drew.
    flipped : Tensor
        Where the noisy label is wrong, bool, shape (N,).
    rate : float
        The realised noise rate: the share of wrong labels, in [0, 1]; 0 when N is 0.
    T : Tensor
        The realised transition matrix, float64, shape (C, C):
        ``T[i, j]`` is the share of class i that now carries label j.
        Rows sum to 1; a class without examples has the row of the identity.
    digest : str
        SHA-256 of the labels, 64 hexadecimal digits, the same on every platform.
    """

    noisy: Tensor
    clean: Tensor
    num_classes: int
    seed: int | None = None

    @classmethod
    def from_arrays(
        cls, noisy: Any, clean: Any, num_classes: int | None = None
    ) -> NoisyLabels:
        """Put labels that somebody gave beside the true ones.

        Parameters
        ----------
        noisy, clean : Tensor or array-like
            Integers in [0, C), shape (N,).
        num_classes : int, optional
            Number of classes C; the largest label plus one if not given.

        Returns
        -------
        NoisyLabels
            Its `seed` is None.

        Examples
        --------
        >>> NoisyLabels.from_arrays([0, 1, 1, 1], [0, 0, 1, 1]).rate
        0.25
        """
        arrays = [as_labels(labels) for labels in (noisy, clean)]
        if num_classes is None:
            num_classes = max([2, *(int(a.max()) + 1 for a in arrays if a.numel())])
        num_classes = check_num_classes(num_classes)
        noisy, clean = (check_labels(labels, num_classes) for labels in arrays)
        if len(noisy) != len(clean):
            raise ValueError(
                f"noisy and clean labels must be equally many, got {len(noisy)} "
                f"and {len(clean)}"
            )
        return cls(noisy, clean, num_classes)

    def __len__(self) -> int:
        return len(self.clean)

    @cached_property
    def flipped(self) -> Tensor:
        return self.noisy != self.clean

    @cached_property
    def rate(self) -> float:
        return self.flipped.double().mean().item() if len(self) else 0.0

    @cached_property
    def T(self) -> Tensor:
        pairs = self.clean * self.num_classes + self.noisy
        counts = torch.bincount(pairs, minlength=self.num_classes**2)
        counts = counts.reshape(self.num_classes, self.num_classes).double()
        totals = counts.sum(dim=1, keepdim=True)
        return torch.where(totals > 0, counts / totals, torch.eye(self.num_classes))

    @cached_property
    def digest(self) -> str:
        sha = hashlib.sha256(f"noisy labels, {self.num_classes} classes\n".encode())
        for labels in (self.clean, self.noisy):
            sha.update(labels.numpy().astype("<i8").tobytes())
        return sha.hexdigest()
