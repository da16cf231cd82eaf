"""What the noise functions accept, each rule said in one sentence."""

from numbers import Integral, Real

import numpy as np
import torch

INTEGERS = {getattr(torch, f"{u}int{n}") for u in ("", "u") for n in (8, 16, 32, 64)}


def as_tensor(values):
    """Return a tensor or anything array-like as a tensor on the CPU."""
    if isinstance(values, torch.Tensor):
        return values.detach().cpu()
    return torch.from_numpy(np.array(values))


def check_num_classes(num_classes):
    """Return `num_classes` as an int of at least 2."""
    if not isinstance(num_classes, Integral) or num_classes < 2:
        raise ValueError(
            f"num_classes must be an integer of at least 2, got {num_classes!r}"
        )
    return int(num_classes)


def check_rate(rate):
    """Return `rate` as a float in [0, 1]."""
    if not isinstance(rate, Real) or not 0 <= rate <= 1:
        raise ValueError(f"rate must be in [0, 1], got {rate!r}")
    return float(rate)


def check_labels(labels, num_classes):
    """Return `labels` as a fresh int64 tensor (N,) on the CPU, in [0, num_classes)."""
    labels = as_tensor(labels)
    if labels.dtype not in INTEGERS:
        raise TypeError(f"labels must be integers, got {labels.dtype}")
    if labels.ndim != 1:
        raise ValueError(
            f"labels must be one-dimensional, got shape {tuple(labels.shape)}"
        )
    labels = labels.to(torch.int64, copy=True)
    if labels.numel() and not (labels.min() >= 0 and labels.max() < num_classes):
        raise ValueError(
            f"labels must be in [0, {num_classes - 1}] for {num_classes} classes, "
            f"got values from {labels.min()} to {labels.max()}"
        )
    return labels


def check_transition_matrix(T):
    """Return `T` as a float64 tensor (C, C) whose rows are distributions."""
    T = as_tensor(T).to(torch.float64)
    if T.ndim != 2 or T.shape[0] != T.shape[1] or T.shape[0] < 2:
        raise ValueError(
            "T must be a square matrix with a row per class (at least 2), "
            f"got shape {tuple(T.shape)}"
        )
    if not torch.isfinite(T).all():
        raise ValueError(
            f"T must be finite, got {int((~torch.isfinite(T)).sum())} entries "
            "that are NaN or infinite"
        )
    if T.min() < 0:
        raise ValueError(f"T must have no negative entry, got {T.min().item():.6g}")
    sums = T.sum(dim=1)
    worst = int((sums - 1).abs().argmax())
    if abs(sums[worst] - 1) > 1e-6:
        columns = (T.sum(dim=0) - 1).abs().max() <= 1e-6
        hint = "; its columns do, so pass T.T" if columns else ""
        raise ValueError(
            "T must have rows that sum to 1 (T[i, j] = P(noisy = j | clean = i)), "
            f"got {sums[worst].item():.6g} in row {worst}{hint}"
        )
    return T


def check_probabilities(probabilities):
    """Return `probabilities` as float64 rows (N, C) that are distributions."""
    p = as_tensor(probabilities).to(torch.float64)
    if p.ndim != 2 or p.shape[0] < 1 or p.shape[1] < 2:
        raise ValueError(
            "probabilities must have a shape (N, C) with N >= 1 and C >= 2, "
            f"got {tuple(p.shape)}"
        )
    distributions = torch.isfinite(p) & (p >= 0)
    sums = p.sum(dim=1)
    wrong = ~distributions.all(dim=1) | ((sums - 1).abs() > 1e-3)
    if wrong.any():
        row = int(wrong.nonzero()[0])
        raise ValueError(
            "probabilities must have rows without negative or NaN entries that sum "
            f"to 1, got {int(wrong.sum())} other rows, the first of them row {row} "
            f"with the sum {sums[row].item():.6g}"
        )
    return p
