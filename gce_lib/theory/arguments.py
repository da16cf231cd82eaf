"""Arguments of the theory: numbers or tensors, each checked against its range."""

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import torch
from torch import Tensor

from gce_lib import checks

Number = float | Tensor
Result = Any  # a float, or a tensor if one of the arguments is a tensor

ROUNDING = 1e-12  # of sums and quotients of numbers around 1, in float64

RANGES = {
    "q": (0.0, 1.0, "in [0, 1]"),
    "k": (0.0, math.nextafter(1.0, 0.0), "in [0, 1)"),
    "num_classes": (2.0, math.inf, "at least 2"),
    "clean_rate": (0.0, 1.0, "in [0, 1]"),
}


def as_tensors(**values: Number) -> list[Tensor]:
    """Return the values as float64 tensors, each checked against its range."""
    tensors = []
    for name, value in values.items():
        low, high, sentence = RANGES[name]
        tensor = as_float64(name, value, sentence)
        _check(name, tensor, (tensor >= low) & (tensor <= high), sentence)
        tensors.append(tensor)
    return tensors


def as_noise_rate(value: Number, c: Tensor) -> Tensor:
    """Return η as a float64 tensor in [0, 1 − 1/c]."""
    sentence = "in [0, 1 - 1/num_classes]"
    eta = as_float64("noise_rate", value, sentence)
    inside = (eta >= 0) & (eta <= 1 - 1 / c + ROUNDING)
    _check("noise_rate", eta, inside, sentence)
    return eta


def as_float64(name: str, value: Any, sentence: str) -> Tensor:
    """Return a number, or a tensor of numbers, as a float64 tensor."""
    if isinstance(value, Tensor) and value.dtype != torch.bool:
        return value.to(torch.float64)
    plain = value.item() if getattr(value, "ndim", None) == 0 else value  # of NumPy
    if isinstance(plain, bool) or not isinstance(plain, Real):
        raise TypeError(
            f"{name} must be a number or a tensor {sentence}, got {checks.told(value)}"
        )
    return torch.tensor(float(plain), dtype=torch.float64)


def as_distributions(name: str, value: Any) -> Tensor:
    """Return float64 distributions along the last dimension."""
    try:
        p = torch.as_tensor(value, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(
            f"{name} must be a tensor or an array of numbers, got {checks.told(value)}"
        ) from None
    if p.ndim < 1 or not ((p >= 0).all() and ((p.sum(-1) - 1).abs() <= 1e-6).all()):
        raise ValueError(
            f"{name} must be distributions along the last dimension (no negative "
            f"entry, sum 1), got {p.tolist() if p.numel() <= 10 else tuple(p.shape)}"
        )
    return p


def _check(name: str, tensor: Tensor, inside: Tensor, sentence: str) -> None:
    if not inside.all():
        wrong = torch.broadcast_to(tensor, inside.shape)[~inside]
        raise ValueError(f"{name} must be {sentence}, got {wrong.flatten()[0]:.6g}")


def same_kind_as(inputs: Sequence[Number], *results: Tensor) -> Any:
    """Return tensors if one of the inputs is a tensor, else floats."""
    if not any(isinstance(value, torch.Tensor) for value in inputs):
        floats = tuple(result.item() for result in results)
        return floats if len(floats) > 1 else floats[0]
    return results if len(results) > 1 else results[0]
