"""Rivals of L_q that are made of normalised cross entropy and a passive loss beside it.

They depend on the probabilities of all classes; options, defaults and errors are those
of the other rivals. Nothing is clamped but where a paper's formula does so.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gce_lib import checks

from .gce import miss
from .options import Options, loss_of_log_p
from .rivals import LOG_ZERO_PAPER, negative_log_zero, weights

if TYPE_CHECKING:
    from typing_extensions import Unpack


def normalized_cross_entropy(
    logits: Tensor, target: Tensor, **options: Unpack[Options]
) -> Tensor:
    """log p / Σ_j log p_j: cross entropy as its share of the sum over all labels.

    Where classes are masked out by −inf, they share the whole sum: the label's loss is
    1 if it is the only one of them.

    Notes
    -----
    Ma, Huang, Wang, Romano, Erfani and Bailey, "Normalized Loss Functions for Deep
    Learning with Noisy Labels", ICML 2020.
    """
    return loss_of_log_p(_shares, logits, target, **options)


def active_passive_loss(
    logits: Tensor,
    target: Tensor,
    alpha: float = 1.0,
    beta: float = 1.0,
    *,
    log_zero: float = LOG_ZERO_PAPER,
    **options: Unpack[Options],
) -> Tensor:
    """α NCE + β RCE: an active loss pulls the label up, a passive one the rest down.

    Parameters
    ----------
    alpha, beta : float of at least 0
        Weights of `normalized_cross_entropy` and `reverse_cross_entropy`. Published for
        CIFAR-10: 1 and 1.
    log_zero : float below 0
        What stands for log 0 in the passive part. Published: `LOG_ZERO_REPOSITORIES`,
        which is not the default here: `gce_lib.losses.rivals` says why it matters.

    Notes
    -----
    Ma et al., "Normalized Loss Functions for Deep Learning with Noisy Labels",
    ICML 2020.
    """
    alpha, beta = weights(alpha, beta)
    slope = -beta * negative_log_zero(log_zero)
    return loss_of_log_p(
        lambda log_p: alpha * _shares(log_p) + slope * miss(-log_p),
        logits,
        target,
        **options,
    )


def active_negative_loss(
    logits: Tensor,
    target: Tensor,
    alpha: float = 5.0,
    beta: float = 5.0,
    **options: Unpack[Options],
) -> Tensor:
    """α NCE + β NNCE, NNCE = 1 − u_y / Σ_j u_j with u_j = max(0, log p_j − log 1e-7).

    The method also adds δ‖θ‖₁ over the network's weights and leaves out weight decay;
    that is for the optimiser.

    Parameters
    ----------
    alpha, beta : float of at least 0
        Published: 5, 5 (δ = 5e-5) for CIFAR-10, 10, 1 (δ = 5e-7) for CIFAR-100.

    Notes
    -----
    Ye et al., "Active Negative Loss Functions for Learning with Noisy Labels",
    NeurIPS 2023.
    """
    alpha, beta = weights(alpha, beta)

    def every(log_p: Tensor) -> Tensor:
        room = torch.relu(log_p - math.log(1e-7))
        negative = 1 - room / room.sum(-1, keepdim=True)
        return alpha * _shares(log_p) + beta * negative

    return loss_of_log_p(every, logits, target, **options)


def joint_asymmetric_loss(
    logits: Tensor,
    target: Tensor,
    alpha: float = 1.0,
    beta: float = 1.0,
    a: float = 30.0,
    **options: Unpack[Options],
) -> Tensor:
    """α NCE + β AMSE, AMSE = ‖a e − p‖² / C, e one-hot.

    Parameters
    ----------
    alpha, beta : float of at least 0
        Published: 5 and 1 for CIFAR-100.
    a : float of at least 1
        Published: 30 for CIFAR-10, 20 for CIFAR-100.

    Notes
    -----
    "Joint Asymmetric Loss for Learning with Noisy Labels", ICCV 2025, arXiv 2507.17692.
    """
    alpha, beta = weights(alpha, beta)
    a = checks.number("a", a, 1)

    def every(log_p: Tensor) -> Tensor:
        p, wrong = torch.exp(log_p), miss(-log_p)
        others = (p * p).sum(-1, keepdim=True) - p * p
        square = (a - 1 + wrong) ** 2 + others
        return alpha * _shares(log_p) + beta / log_p.shape[-1] * square

    return loss_of_log_p(every, logits, target, **options)


def _shares(log_p: Tensor) -> Tensor:
    """log p_y / Σ_j log p_j; masked classes, all of them −inf, share it equally."""
    masked = log_p.isneginf()
    infinite = masked.sum(-1, keepdim=True)
    finite = log_p.masked_fill(masked, 0)
    total = finite.sum(-1, keepdim=True).masked_fill(infinite > 0, 1)
    return torch.where(infinite > 0, masked / infinite.clamp(min=1), finite / total)
