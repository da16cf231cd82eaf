"""L_q of sigmoids: binary and multi-label problems.

Each logit is a problem of its own, with two classes of probability σ(z) and 1 − σ(z).
"""

import torch.nn.functional as F
from torch import Tensor

from gce_lib import checks

from .gce import gce_from_nll
from .inputs import any_seen, at_least_float32
from .options import REDUCTIONS


def gce_bce_loss(
    logits: Tensor,
    target: Tensor,
    q: float = 0.7,
    *,
    pos_weight: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """t w₊ L_q(σ(z)) + (1 − t) L_q(1 − σ(z)), for logits z.

    q = 0 is `F.binary_cross_entropy_with_logits`, q = 1 is ``|t − σ(z)|``.

    Parameters
    ----------
    logits : Tensor, any shape, floating point
    target : Tensor of the shape of `logits`, floating point, in [0, 1]
        The probability that the label is 1.
    q : float in [0, 1]
    pos_weight : Tensor that broadcasts to the shape of `logits`, optional
        w₊: the weight of the positive part, one for each label for instance.
    weight : Tensor that broadcasts to the shape of `logits`, optional
        A factor for each loss.
    reduction : "mean", "sum" or "none"
        "mean" divides by the number of logits, as binary cross entropy does.

    Returns
    -------
    Tensor, a scalar, or of the shape of `logits` if `reduction` is "none".
        float64 for float64 logits, else float32.
    """
    checks.choice("reduction", reduction, REDUCTIONS)
    logits = at_least_float32("logits", logits)
    target = _checked_target(target, logits)
    positive = gce_from_nll(-F.logsigmoid(logits), q)
    if pos_weight is not None:
        positive = positive * _factor("pos_weight", pos_weight, logits)
    loss = target * positive + (1 - target) * gce_from_nll(-F.logsigmoid(-logits), q)
    if weight is not None:
        loss = loss * _factor("weight", weight, logits)
    return loss if reduction == "none" else getattr(loss, reduction)()


def _checked_target(target: Tensor, logits: Tensor) -> Tensor:
    if not checks.tensor("target", target).is_floating_point():
        raise TypeError(
            "target must be floating-point probabilities that the label is 1, "
            f"got {target.dtype}; convert it by target.float()"
        )
    if target.shape != logits.shape:
        raise ValueError(
            f"target must have the shape of logits, {tuple(logits.shape)}, "
            f"got {tuple(target.shape)}"
        )
    if any_seen(~((target >= 0) & (target <= 1))):
        outside = target[~((target >= 0) & (target <= 1))][0].item()
        raise ValueError(f"target must be in [0, 1], got {outside:g}")
    return target.to(logits.dtype)


def _factor(name: str, factor: Tensor, logits: Tensor) -> Tensor:
    shapes = checks.tensor(name, factor).shape, logits.shape
    pairs = zip(reversed(shapes[0]), reversed(shapes[1]), strict=False)
    if factor.ndim > logits.ndim or any(a not in (1, b) for a, b in pairs):
        raise ValueError(
            f"{name} must broadcast to the shape of logits, {tuple(shapes[1])}, "
            f"got {tuple(shapes[0])}"
        )
    return factor.to(logits.dtype)
