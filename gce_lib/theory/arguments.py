"""Arguments of the theory: numbers or tensors, each checked against its range."""

import math

import torch

ROUNDING = 1e-12  # of sums and quotients of numbers around 1, in float64

RANGES = {
    "q": (0.0, 1.0, "in [0, 1]"),
    "k": (0.0, math.nextafter(1.0, 0.0), "in [0, 1)"),
    "num_classes": (2.0, math.inf, "at least 2"),
    "clean_rate": (0.0, 1.0, "in [0, 1]"),
}


def as_tensors(**values):
    """Return the values as float64 tensors, each checked against its range."""
    tensors = []
    for name, value in values.items():
        low, high, sentence = RANGES[name]
        tensor = torch.as_tensor(value, dtype=torch.float64)
        _check(name, tensor, (tensor >= low) & (tensor <= high), sentence)
        tensors.append(tensor)
    return tensors


def as_noise_rate(value, c):
    """Return η as a float64 tensor in [0, 1 − 1/c]."""
    eta = torch.as_tensor(value, dtype=torch.float64)
    inside = (eta >= 0) & (eta <= 1 - 1 / c + ROUNDING)
    _check("noise_rate", eta, inside, "in [0, 1 - 1/num_classes]")
    return eta


def as_distributions(name, value):
    """Return float64 distributions along the last dimension."""
    p = torch.as_tensor(value, dtype=torch.float64)
    if p.ndim < 1 or not ((p >= 0).all() and ((p.sum(-1) - 1).abs() <= 1e-6).all()):
        raise ValueError(
            f"{name} must be distributions along the last dimension (no negative "
            f"entry, sum 1), got {p.tolist() if p.numel() <= 10 else tuple(p.shape)}"
        )
    return p


def _check(name, tensor, inside, sentence):
    if not inside.all():
        wrong = torch.broadcast_to(tensor, inside.shape)[~inside]
        raise ValueError(f"{name} must be {sentence}, got {wrong.flatten()[0]:.6g}")


def same_kind_as(inputs, *results):
    """Return tensors if one of the inputs is a tensor, else floats."""
    if not any(isinstance(value, torch.Tensor) for value in inputs):
        results = tuple(result.item() for result in results)
    return results if len(results) > 1 else results[0]
