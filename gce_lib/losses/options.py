"""The options of `F.cross_entropy`, for any loss that is a function of −log p.

Weights, ignored labels, smoothing and reductions mean what they mean there, and every
wrong argument is answered by one sentence. Values of labels are looked at on the CPU
only: elsewhere that would stall the queue or break a compiled graph.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from .half import HalfNLL

REDUCTIONS = ("none", "mean", "sum")
SUM_TOLERANCE = 0.01  # how far from 1 half-precision probabilities may sum


def weighted_loss(
    pointwise: Callable[[Tensor], Tensor],
    logits: Tensor,
    target: Tensor,
    weight: Tensor | None,
    sample_weight: Tensor | None,
    ignore_index: int,
    label_smoothing: float,
    reduction: str,
) -> Tensor:
    """`pointwise` of −log p, weighed and reduced as `F.cross_entropy` does.

    The arguments are checked by `check_inputs` before.
    """
    soft = target.is_floating_point()
    if soft or label_smoothing > 0:
        loss = _loss_of_distribution(
            pointwise, logits, target, weight, ignore_index, label_smoothing
        )
    else:
        loss = pointwise(label_nll(logits, target, ignore_index))
        if weight is not None:
            loss = loss * _label_weight(target, weight, ignore_index)
    if sample_weight is not None:
        loss = loss * sample_weight
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    if soft:
        return loss.mean()
    if weight is None:
        return loss.sum() / (target != ignore_index).sum()
    return loss.sum() / _label_weight(target, weight, ignore_index).sum()


def label_nll(logits: Tensor, target: Tensor, ignore_index: int = -100) -> Tensor:
    """−log p of each label; 0, with zero gradient, where it is ignored."""
    try:
        if _is_large_half(logits):
            return HalfNLL.apply(logits, target, ignore_index)
        return F.cross_entropy(
            at_least_float32("logits", logits),
            target,
            ignore_index=ignore_index,
            reduction="none",
        )
    except IndexError:
        raise labels_out_of_range(logits, target, ignore_index) from None


def _is_large_half(logits: Tensor) -> bool:
    half = logits.dtype in (torch.bfloat16, torch.float16) and logits.ndim > 1
    return half and logits.numel() > 2**17 and not torch.compiler.is_compiling()


def reduce(loss: Tensor, reduction: str) -> Tensor:
    """The unweighted reduction of one loss an example."""
    check_reduction(reduction)
    return loss if reduction == "none" else getattr(loss, reduction)()


def class_dim(logits: Tensor) -> int:
    return 1 if logits.ndim > 1 else 0


def _loss_of_distribution(
    pointwise, logits, target, weight, ignore_index, label_smoothing
):
    """Σ_j t_j w_j L(p_j) at every position, t smoothed."""
    dim = class_dim(logits)
    logits = at_least_float32("logits", logits)
    costs = pointwise(-F.log_softmax(logits, dim))  # (N, C, …): L(p_j)
    if weight is not None:
        costs = costs * weight.view(-1, *[1] * (logits.ndim - dim - 1))
    if target.is_floating_point():
        _check_distribution(target, dim)
        loss = (target * costs).sum(dim)
        ignored = None
    else:
        check_labels(logits, target, ignore_index)
        ignored = target == ignore_index
        index = target.masked_fill(ignored, 0).unsqueeze(dim)
        loss = costs.gather(dim, index).squeeze(dim)
    if label_smoothing > 0:
        loss = (1 - label_smoothing) * loss + label_smoothing * costs.mean(dim)
    return loss if ignored is None else loss.masked_fill(ignored, 0)


def _label_weight(target: Tensor, weight: Tensor, ignore_index: int) -> Tensor:
    """The class weight of each label, 0 where it is ignored."""
    ignored = target == ignore_index
    return weight[target.masked_fill(ignored, 0)].masked_fill(ignored, 0)


def at_least_float32(name: str, x: Tensor) -> Tensor:
    if x.dtype in (torch.float32, torch.float64):
        return x
    if not x.is_floating_point():
        raise TypeError(f"{name} must be floating point, got {x.dtype}")
    return x.float()


def check_number(
    name: str, value: float, top: float = 1.0, *, top_allowed: bool = True
) -> None:
    """Raise unless 0 ≤ value ≤ top (< top where top is not allowed)."""
    interval = f"[0, {top:g}{']' if top_allowed else ')'}"
    if not isinstance(value, (float, int)):
        raise TypeError(f"{name} must be a number in {interval}, got {value!r}")
    if not (0 <= value <= top) or (value == top and not top_allowed):
        raise ValueError(f"{name} must be in {interval}, got {value}")


def check_reduction(reduction: str) -> None:
    if reduction not in REDUCTIONS:
        raise ValueError(
            f"reduction must be 'none', 'mean' or 'sum', got {reduction!r}"
        )


def check_inputs(
    logits: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    sample_weight: Tensor | None = None,
) -> None:
    """Raise unless the shapes and dtypes go together."""
    shape = logits.shape
    if not shape:
        raise ValueError("logits must have shape (C,), (N, C) or (N, C, d1, …), got ()")
    dim = class_dim(logits)
    labels = shape[:dim] + shape[dim + 1 :]
    if target.is_floating_point():
        if target.shape != shape:
            raise ValueError(
                "target of class probabilities must have the shape of logits, "
                f"{tuple(shape)}, got {tuple(target.shape)}"
            )
    elif target.dtype != torch.int64:
        raise TypeError(
            "target must be int64 class indices or floating-point class "
            f"probabilities, got {target.dtype}"
        )
    elif target.shape != labels:
        raise ValueError(
            f"target must have shape {tuple(labels)} to go with logits of shape "
            f"{tuple(shape)}, got {tuple(target.shape)}"
        )
    if weight is not None and weight.shape != shape[dim : dim + 1]:
        raise ValueError(
            f"weight must have shape ({shape[dim]},), one entry a class, "
            f"got {tuple(weight.shape)}"
        )
    if sample_weight is not None and sample_weight.shape != labels:
        raise ValueError(
            f"sample_weight must have shape {tuple(labels)}, one entry a loss, "
            f"got {tuple(sample_weight.shape)}"
        )


def any_seen(wrong: Tensor) -> bool:
    """Whether an entry is True; False where looking would stall or break a graph."""
    if wrong.device.type != "cpu" or torch.compiler.is_compiling():
        return False
    try:
        return bool(wrong.any())
    except RuntimeError:  # inside torch.func.vmap there is no value to look at
        return False


def check_labels(
    logits: Tensor, target: Tensor, ignore_index: int | None = None
) -> None:
    if any_seen(_outside(logits, target, ignore_index)):
        raise labels_out_of_range(logits, target, ignore_index)


def labels_out_of_range(
    logits: Tensor, target: Tensor, ignore_index: int | None
) -> ValueError:
    num_classes = logits.shape[class_dim(logits)]
    worst = target[_outside(logits, target, ignore_index)][0].item()
    return ValueError(f"labels must be in [0, {num_classes}), got {worst}")


def _outside(logits: Tensor, target: Tensor, ignore_index: int | None) -> Tensor:
    outside = (target < 0) | (target >= logits.shape[class_dim(logits)])
    return outside if ignore_index is None else outside & (target != ignore_index)


def _check_distribution(target: Tensor, dim: int) -> None:
    if any_seen(~(target >= 0)):
        raise ValueError(
            f"target probabilities must be at least 0, got {target.min().item():g}"
        )
    sums = target.sum(dim)
    off = (sums - 1).abs()
    if any_seen(off > SUM_TOLERANCE):
        worst = sums.flatten()[off.argmax()].item()
        raise ValueError(f"target probabilities must sum to 1, got {worst:g}")
