"""The options of `F.cross_entropy`, for any loss of one label.

A loss says what it is for a single label (`loss_of_nll`) or for every label at once
(`loss_of_log_p`). Weights, ignored labels, smoothing, soft labels and reductions are
added here, once for all of them, and mean what they mean in `F.cross_entropy`. All is
computed in float32, or in float64 for float64 logits; whatever dtype the weights and
soft labels come in, they are cast to that one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypedDict

import torch
import torch.nn.functional as F
from torch import Tensor

from gce_lib import checks

from .inputs import (
    at_least_float32,
    check_distribution,
    check_inputs,
    check_labels,
    class_dim,
)
from .nll import label_nll

if TYPE_CHECKING:
    from typing_extensions import Unpack

REDUCTIONS = ("none", "mean", "sum")
Reduction = Literal["mean", "sum", "none"]


class ModuleOptions(TypedDict, total=False):
    """The options that a Module of a loss keeps; `gce_loss` describes them."""

    weight: Tensor | None
    ignore_index: int
    label_smoothing: float
    reduction: Reduction


class Options(ModuleOptions, total=False):
    """The options of every loss; `gce_loss` describes them."""

    sample_weight: Tensor | None


def loss_of_nll(
    pointwise: Callable[[Tensor], Tensor],
    logits: Tensor,
    target: Tensor,
    **options: Unpack[Options],
) -> Tensor:
    """`pointwise` of −log p of the label."""
    return loss_of_log_p(
        lambda log_p: pointwise(-log_p),
        logits,
        target,
        of_label=lambda logits, index: pointwise(label_nll(logits, index)),
        **options,
    )


def loss_of_log_p(
    of_every: Callable[[Tensor], Tensor],
    logits: Tensor,
    target: Tensor,
    *,
    of_label: Callable[[Tensor, Tensor], Tensor] | None = None,
    weight: Tensor | None = None,
    sample_weight: Tensor | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> Tensor:
    """The loss of every label from log p, weighed and reduced.

    Parameters
    ----------
    of_every : callable
        From log p, classes last, to the losses of all labels, of the same shape.
    of_label : callable, optional
        From logits and class indices to their losses: a shorter way where there is one.
    logits, target, weight, sample_weight, ignore_index, label_smoothing, reduction
        As in `gce_loss`.
    """
    smoothing = checks.number("label_smoothing", label_smoothing, 0, 1)
    ignore_index = checks.integer("ignore_index", ignore_index)
    checks.choice("reduction", reduction, REDUCTIONS)
    check_inputs(logits, target, weight, sample_weight)
    dtype = torch.promote_types(logits.dtype, torch.float32)
    weight = None if weight is None else weight.to(dtype)
    index: Tensor | None = None
    ignored: Tensor | None = None
    if target.is_floating_point():
        target = target.to(dtype).movedim(class_dim(logits), -1)
        check_distribution(target, -1)
    else:
        ignored = target == ignore_index
        index = target.long().masked_fill(ignored, 0)
    if of_label is None or index is None or smoothing > 0:
        loss = _of_distribution(
            of_every(log_probabilities(logits)), target, index, weight, smoothing
        )
    else:
        loss = of_label(logits, index)
        if weight is not None:
            loss = _times(_of_index(weight, index), loss)
    if ignored is not None:
        loss = loss.masked_fill(ignored, 0)
    if sample_weight is not None:
        loss = _times(sample_weight.to(dtype), loss)
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    if index is None or ignored is None:
        return loss.mean()
    if weight is None:
        return loss.sum() / (~ignored).sum()
    return loss.sum() / _of_index(weight, index).masked_fill(ignored, 0).sum()


def _of_distribution(
    costs: Tensor,
    target: Tensor,
    index: Tensor | None,
    weight: Tensor | None,
    smoothing: float,
) -> Tensor:
    """Σ_j t_j w_j L_j at every position, t smoothed; classes last."""
    if weight is not None:
        costs = _times(weight, costs)
    if index is None:
        loss = _times(target, costs).sum(-1)
    else:
        check_labels(index, costs.shape[-1])
        loss = costs.gather(-1, index.unsqueeze(-1)).squeeze(-1)
    if smoothing > 0:
        loss = (1 - smoothing) * loss + smoothing * costs.mean(-1)
    return loss


def _times(factor: Tensor, costs: Tensor) -> Tensor:
    """Factor times cost; 0, not NaN, where a factor of 0 meets an infinite cost."""
    return factor * costs.masked_fill((factor == 0) & costs.isinf(), 0)


def log_probabilities(logits: Tensor) -> Tensor:
    """Return log p, classes last."""
    dim = class_dim(logits)
    return F.log_softmax(at_least_float32("logits", logits), dim).movedim(dim, -1)


def _of_index(weight: Tensor, index: Tensor) -> Tensor:
    """The class weight of each label."""
    return weight.index_select(0, index.flatten()).view(index.shape)
