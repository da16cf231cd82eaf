"""What the losses take: every wrong argument is answered by one sentence.

Class indices are int64 or uint8, as `F.cross_entropy` takes them (there uint8 for some
shapes, here for all): what runs with it runs here, and what it refuses is refused, with
the way out. Values are looked at on the CPU only: elsewhere that would stall the queue
or break a compiled graph. A message is made only once something is wrong.
"""

import torch
from torch import Tensor

from gce_lib import checks

SUM_TOLERANCE = 0.01  # how far from 1 half-precision probabilities may sum
ROW_TOLERANCE = 1e-4


def check_inputs(
    logits: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    sample_weight: Tensor | None = None,
) -> None:
    """Raise unless the kinds, shapes and dtypes go together."""
    shape = checks.tensor("logits", logits).shape
    if not logits.is_floating_point():
        raise TypeError(f"logits must be floating point, got {logits.dtype}")
    if not shape:
        raise ValueError("logits must have shape (C,), (N, C) or (N, C, d1, …), got ()")
    dim = class_dim(logits)
    if shape[dim] == 1:
        raise ValueError(
            "logits must have a score for each of at least 2 classes, got shape "
            f"{tuple(shape)}; for one logit an example use gce_bce_loss"
        )
    labels = shape[:dim] + shape[dim + 1 :]
    _check_target(checks.tensor("target", target), shape, labels)
    if weight is not None and checks.tensor("weight", weight).shape != (shape[dim],):
        raise ValueError(
            f"weight must have shape ({shape[dim]},), one entry a class, "
            f"got {tuple(weight.shape)}"
        )
    if sample_weight is None:
        return
    if checks.tensor("sample_weight", sample_weight).shape != labels:
        raise ValueError(
            f"sample_weight must have shape {tuple(labels)}, one entry a loss, "
            f"got {tuple(sample_weight.shape)}"
        )


def _check_target(target: Tensor, shape: torch.Size, labels: torch.Size) -> None:
    if target.is_floating_point():
        if target.shape != shape:
            raise ValueError(
                "target of class probabilities must have the shape of logits, "
                f"{tuple(shape)}, got {tuple(target.shape)}; class indices are "
                "integers: target.long()"
            )
    elif target.dtype not in (torch.int64, torch.uint8):
        raise TypeError(
            "target must be int64 or uint8 class indices or floating-point class "
            f"probabilities, got {target.dtype}; convert it by target.long()"
        )
    elif target.shape != labels:
        raise ValueError(
            f"target must have shape {tuple(labels)} to go with logits of shape "
            f"{tuple(shape)}, got {tuple(target.shape)}"
        )


def class_dim(logits: Tensor) -> int:
    """Return the dimension of the classes: 1, or 0 for a single example."""
    return 1 if logits.ndim > 1 else 0


def at_least_float32(name: str, x: Tensor) -> Tensor:
    """Return ``x`` in float32, or float64 if it is."""
    if checks.tensor(name, x).dtype in (torch.float32, torch.float64):
        return x
    if not x.is_floating_point():
        raise TypeError(f"{name} must be floating point, got {x.dtype}")
    return x.float()


def any_seen(wrong: Tensor) -> bool:
    """Whether an entry is True; False where looking would stall or break a graph."""
    if wrong.device.type != "cpu" or torch.compiler.is_compiling():
        return False
    try:
        return bool(wrong.any())
    except RuntimeError:  # inside torch.func.vmap there is no value to look at
        return False


def check_labels(index: Tensor, num_classes: int) -> None:
    """Raise unless every label is a class."""
    if any_seen((index < 0) | (index >= num_classes)):
        raise label_out_of_range(index, num_classes)


def label_out_of_range(index: Tensor, num_classes: int) -> ValueError:
    """Return the error that names a label which is no class."""
    worst = index[(index < 0) | (index >= num_classes)][0].item()
    return ValueError(f"labels must be in [0, {num_classes}), got {worst}")


def check_distribution(target: Tensor, dim: int) -> None:
    """Raise unless `target` is a distribution along `dim`."""
    if any_seen(~(target >= 0)):
        raise ValueError(
            f"target probabilities must be at least 0, got {target.min().item():g}"
        )
    sums = target.sum(dim)
    off = (sums - 1).abs()
    if any_seen(off > SUM_TOLERANCE):
        worst = sums.flatten()[off.argmax()].item()
        raise ValueError(f"target probabilities must sum to 1, got {worst:g}")


def check_transition(T: Tensor, num_classes: int) -> None:
    """Raise unless `T` is (C, C) with rows that are distributions."""
    if checks.tensor("T", T).shape != (num_classes, num_classes):
        raise ValueError(
            f"T must have shape ({num_classes}, {num_classes}), got {tuple(T.shape)}"
        )
    if any_seen(~(T >= 0)):
        raise ValueError(f"T must have no negative entry, got {T.min().item():g}")
    sums = T.sum(1)
    off = (sums - 1).abs()
    if any_seen(off > ROW_TOLERANCE):
        raise ValueError(
            "the rows of T must sum to 1, T[i, j] = P(noisy = j | clean = i), "
            f"got {sums[off.argmax()].item():g}"
        )
