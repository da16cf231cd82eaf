"""The losses that L_q is compared with, each from its paper, in log space.

All take logits (N, C), (N, C, d1, …) or (C,) and int64 labels of the shape of the
logits without the class dimension, compute in float32 (float64 for float64 logits) and
return the mean, the sum or each loss. They raise ValueError or TypeError for shapes,
dtypes, labels and numbers that are none of these. Compared with L_q in
book/practice/reproduction.ipynb.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from .gce import gce_from_nll
from .options import (
    any_seen,
    at_least_float32,
    check_inputs,
    check_labels,
    class_dim,
    reduce,
)

LOG_ZERO = -4.0
ROW_TOLERANCE = 1e-4


def symmetric_cross_entropy(
    logits: Tensor,
    target: Tensor,
    alpha: float = 0.1,
    beta: float = 1.0,
    *,
    log_zero: float = LOG_ZERO,
    reduction: str = "mean",
) -> Tensor:
    """α CE + β RCE: cross-entropy and reverse cross-entropy.

    Parameters
    ----------
    logits, target
        See the module.
    alpha, beta : float
        Weights of cross-entropy and of `reverse_cross_entropy`.
    log_zero : float below 0
        What stands for log 0 in the reverse part. Code that clamps the one-hot label at
        1e-4 has log(1e-4) = −9.21 here.
    reduction : "mean", "sum" or "none"

    Notes
    -----
    Wang, Ma, Chen, Luo, Yi and Bailey, "Symmetric Cross Entropy for Robust Learning
    with Noisy Labels", ICCV 2019.
    """
    nll = _label_nll(_log_p(logits, target), target)
    return reduce(alpha * nll + beta * _reverse(nll, log_zero), reduction)


def reverse_cross_entropy(
    logits: Tensor,
    target: Tensor,
    *,
    log_zero: float = LOG_ZERO,
    reduction: str = "mean",
) -> Tensor:
    """−Σ_j p_j log e_j = −A (1 − p_y), where A stands for log 0.

    A = −2 is the mean absolute error.

    Parameters
    ----------
    logits, target
        See the module.
    log_zero : float below 0
        A.
    reduction : "mean", "sum" or "none"

    Notes
    -----
    Wang et al., "Symmetric Cross Entropy for Robust Learning with Noisy Labels",
    ICCV 2019.
    """
    return reduce(
        _reverse(_label_nll(_log_p(logits, target), target), log_zero), reduction
    )


def normalized_cross_entropy(
    logits: Tensor, target: Tensor, *, reduction: str = "mean"
) -> Tensor:
    """log p_y / Σ_j log p_j: cross-entropy as its share of the sum over all labels.

    Parameters
    ----------
    logits, target
        See the module.
    reduction : "mean", "sum" or "none"

    Notes
    -----
    Ma, Huang, Wang, Romano, Erfani and Bailey, "Normalized Loss Functions for Deep
    Learning with Noisy Labels", ICML 2020.
    """
    return reduce(_normalized(_log_p(logits, target), target), reduction)


def active_passive_loss(
    logits: Tensor,
    target: Tensor,
    alpha: float = 1.0,
    beta: float = 1.0,
    *,
    log_zero: float = LOG_ZERO,
    reduction: str = "mean",
) -> Tensor:
    """α NCE + β RCE: an active loss pulls the label up, a passive one the rest down.

    Parameters
    ----------
    logits, target
        See the module.
    alpha, beta : float
        Weights of `normalized_cross_entropy` and `reverse_cross_entropy`.
    log_zero : float below 0
        What stands for log 0 in the passive part.
    reduction : "mean", "sum" or "none"

    Notes
    -----
    Ma et al., "Normalized Loss Functions for Deep Learning with Noisy Labels",
    ICML 2020.
    """
    log_p = _log_p(logits, target)
    active = _normalized(log_p, target)
    passive = _reverse(_label_nll(log_p, target), log_zero)
    return reduce(alpha * active + beta * passive, reduction)


def asymmetric_gce_loss(
    logits: Tensor,
    target: Tensor,
    a: float = 0.6,
    q: float = 0.6,
    *,
    reduction: str = "mean",
) -> Tensor:
    """((a + 1)^q − (a + p_y)^q) / q; a → 0 is L_q.

    Parameters
    ----------
    logits, target
        See the module.
    a, q : float above 0
    reduction : "mean", "sum" or "none"

    Notes
    -----
    Zhou, Liu, Jiang, Gao and Ji, "Asymmetric Loss Functions for Learning with Noisy
    Labels", ICML 2021.
    """
    _check_positive("a", a)
    _check_positive("q", q)
    miss = gce_from_nll(_label_nll(_log_p(logits, target), target), 1.0)  # 1 − p
    # (a + p) / (a + 1) = 1 − (1 − p) / (a + 1)
    loss = -torch.expm1(q * torch.log1p(-miss / (a + 1))) * ((a + 1) ** q / q)
    return reduce(loss, reduction)


def forward_corrected_loss(
    logits: Tensor, target: Tensor, T: Tensor, *, reduction: str = "mean"
) -> Tensor:
    """−log Σ_i T[i, y] p_i: cross-entropy of the noisy label that T predicts.

    Parameters
    ----------
    logits, target
        See the module.
    T : Tensor (C, C)
        T[i, j] = P(noisy = j | clean = i): its rows sum to 1. A label that no class can
        turn into has infinite loss.
    reduction : "mean", "sum" or "none"

    Notes
    -----
    Patrini, Rozza, Menon, Nock and Qu, "Making Deep Neural Networks Robust to Label
    Noise: a Loss Correction Approach", CVPR 2017.
    """
    log_p = _log_p(logits, target)
    _check_transition(T, log_p.shape[-1])
    log_columns = T.to(log_p).log().T[target]  # (N, …, C): log T[i, y]
    return reduce(-torch.logsumexp(log_columns + log_p, -1), reduction)


def backward_corrected_loss(
    logits: Tensor, target: Tensor, T: Tensor, *, reduction: str = "mean"
) -> Tensor:
    """Σ_j T⁻¹[y, j] (−log p_j): unbiased for the clean cross-entropy, may be negative.

    Parameters
    ----------
    logits, target
        See the module.
    T : Tensor (C, C), invertible
        T[i, j] = P(noisy = j | clean = i): its rows sum to 1.
    reduction : "mean", "sum" or "none"

    Notes
    -----
    Patrini et al., "Making Deep Neural Networks Robust to Label Noise: a Loss
    Correction Approach", CVPR 2017.
    """
    log_p = _log_p(logits, target)
    _check_transition(T, log_p.shape[-1])
    inverse, failed = torch.linalg.inv_ex(T.to(log_p))
    if any_seen(failed > 0):
        raise ValueError("T must be invertible, got a singular matrix")
    return reduce(-(inverse[target] * log_p).sum(-1), reduction)


def _log_p(logits: Tensor, target: Tensor) -> Tensor:
    """log p_j, classes last, once the logits go with the class indices."""
    logits = at_least_float32("logits", logits)
    if target.is_floating_point():
        raise TypeError(f"target must be int64 class indices, got {target.dtype}")
    check_inputs(logits, target)
    check_labels(logits, target)
    dim = class_dim(logits)
    return F.log_softmax(logits, dim).movedim(dim, -1)


def _label_nll(log_p: Tensor, target: Tensor) -> Tensor:
    return -log_p.gather(-1, target.unsqueeze(-1)).squeeze(-1)


def _reverse(nll: Tensor, log_zero: float) -> Tensor:
    if not log_zero < 0:
        raise ValueError(f"log_zero must be below 0, got {log_zero}")
    return -log_zero * gce_from_nll(nll, 1.0)


def _normalized(log_p: Tensor, target: Tensor) -> Tensor:
    return _label_nll(log_p, target) / -log_p.sum(-1)


def _check_positive(name: str, value: float) -> None:
    if not value > 0:
        raise ValueError(f"{name} must be above 0, got {value}")


def _check_transition(T: Tensor, num_classes: int) -> None:
    if T.shape != (num_classes, num_classes):
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
