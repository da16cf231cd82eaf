"""What the noise functions accept, each rule said in one sentence."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gce_lib import checks

INTEGERS = {getattr(torch, f"{u}int{n}") for u in ("", "u") for n in (8, 16, 32, 64)}


def as_tensor(name: str, values: Any) -> Tensor:
    """Return a tensor or anything array-like as a tensor on the CPU."""
    if isinstance(values, Tensor):
        return values.detach().cpu()
    try:
        return torch.from_numpy(np.array(values))
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} must be a tensor or an array of numbers, got {checks.told(values)}"
        ) from None


def as_labels(values: Any) -> Tensor:
    """Return `values` as a one-dimensional tensor of integers on the CPU."""
    labels = as_tensor("labels", values)
    if labels.dtype not in INTEGERS and labels.numel():
        raise TypeError(f"labels must be integers, got {labels.dtype}")
    if labels.ndim != 1:
        raise ValueError(
            f"labels must be one-dimensional, got shape {tuple(labels.shape)}"
        )
    return labels


def check_num_classes(num_classes: int) -> int:
    """Return `num_classes` as an int of at least 2."""
    return checks.integer("num_classes", num_classes, 2)


def check_rate(rate: float) -> float:
    """Return `rate` as a float in [0, 1]."""
    return checks.number("rate", rate, 0, 1)


def check_mapping(mapping: Mapping[int, int], num_classes: int) -> dict[int, int]:
    """Return `mapping` as {class: another class}, both in [0, num_classes)."""
    if not isinstance(mapping, Mapping):
        raise TypeError(
            "mapping must be a mapping from a class to another one, such as {3: 5}, "
            f"got {checks.told(mapping)}"
        )
    checked = {}
    for pair in mapping.items():
        source, target = (checks.integer("a class of mapping", c) for c in pair)
        if source == target or not {source, target} <= set(range(num_classes)):
            raise ValueError(
                f"mapping must send a class in [0, {num_classes - 1}] to another one, "
                f"got {source} -> {target}"
            )
        checked[source] = target
    return checked


def check_labels(labels: Any, num_classes: int) -> Tensor:
    """Return `labels` as a fresh int64 tensor (N,) on the CPU, in [0, num_classes)."""
    labels = as_labels(labels).to(torch.int64, copy=True)
    if labels.numel() and not (labels.min() >= 0 and labels.max() < num_classes):
        raise ValueError(
            f"labels must be in [0, {num_classes - 1}] for {num_classes} classes, "
            f"got values from {labels.min()} to {labels.max()}"
        )
    return labels


def check_transition_matrix(T: Any) -> Tensor:
    """Return `T` as a float64 tensor (C, C) whose rows are distributions."""
    T = as_tensor("T", T).to(torch.float64)
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


def check_probabilities(probabilities: Any) -> Tensor:
    """Return `probabilities` as float64 rows (N, C) that are distributions."""
    p = as_tensor("probabilities", probabilities).to(torch.float64)
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
