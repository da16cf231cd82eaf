"""Noisy labels beside the clean ones: what was flipped, how often, and a digest."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import torch


@dataclass(frozen=True, eq=False)
class NoisyLabels:
    """Labels before and after noise, with everything needed to tell them apart.

    Made by `gce_lib.noise.corrupt` and `gce_lib.noise.instance_dependent`.
    Taught in book/problem/noise-models.ipynb.

    Attributes
    ----------
    noisy : Tensor
        Labels to train on, int64, shape (N,), on the CPU.
    clean : Tensor
        The true labels, int64, shape (N,).
    num_classes : int
        Number of classes C; all labels are in [0, C).
    seed : int
        The seed the noise was drawn with.
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

    noisy: torch.Tensor
    clean: torch.Tensor
    num_classes: int
    seed: int

    def __len__(self):
        return len(self.clean)

    @cached_property
    def flipped(self):
        return self.noisy != self.clean

    @cached_property
    def rate(self):
        return self.flipped.double().mean().item() if len(self) else 0.0

    @cached_property
    def T(self):
        pairs = self.clean * self.num_classes + self.noisy
        counts = torch.bincount(pairs, minlength=self.num_classes**2)
        counts = counts.reshape(self.num_classes, self.num_classes).double()
        totals = counts.sum(dim=1, keepdim=True)
        return torch.where(totals > 0, counts / totals, torch.eye(self.num_classes))

    @cached_property
    def digest(self):
        sha = hashlib.sha256(f"noisy labels, {self.num_classes} classes\n".encode())
        for labels in (self.clean, self.noisy):
            sha.update(labels.numpy().astype("<i8").tobytes())
        return sha.hexdigest()
