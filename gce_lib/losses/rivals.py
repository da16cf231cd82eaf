"""Rivals of L_q that depend on the probability p of the label alone, in log space.

All take logits and labels, and the options of `gce_loss`: weight, sample_weight,
ignore_index, label_smoothing, reduction. Nothing is clamped. The defaults are the
published settings for CIFAR-10; where a paper uses others elsewhere, the loss says so.
As everywhere, arguments that are wrong raise `ValueError` or `TypeError`.

A trap of the reverse cross entropy: log 0, the logarithm of a label's zeros, is −4 in
the paper that introduced it and ln 1e-4 = −9.21, 2.3 times as much, in every repository
since. Both have a name here: `LOG_ZERO_PAPER` and `LOG_ZERO_REPOSITORIES`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gce_lib import checks

from .gce import lq, miss
from .options import Options, loss_of_nll

if TYPE_CHECKING:
    from typing_extensions import Unpack

LOG_ZERO_PAPER = -4.0
LOG_ZERO_REPOSITORIES = math.log(1e-4)
VANISHED = 800.0  # exp(−800) is 0 in float64, too


def symmetric_cross_entropy(
    logits: Tensor,
    target: Tensor,
    alpha: float = 0.1,
    beta: float = 1.0,
    *,
    log_zero: float = LOG_ZERO_PAPER,
    **options: Unpack[Options],
) -> Tensor:
    """α CE + β RCE: cross entropy and reverse cross entropy.

    Parameters
    ----------
    alpha, beta : float of at least 0
        Weights of cross entropy and of `reverse_cross_entropy`. Published for CIFAR-10:
        0.1 and 1.
    log_zero : float below 0
        What stands for log 0 in the reverse part; see the module for the two in use.

    Notes
    -----
    Wang, Ma, Chen, Luo, Yi and Bailey, "Symmetric Cross Entropy for Robust Learning
    with Noisy Labels", ICCV 2019.
    """
    alpha, beta = weights(alpha, beta)
    slope = -beta * negative_log_zero(log_zero)

    def loss(nll: Tensor) -> Tensor:
        reverse = slope * miss(nll)
        return alpha * nll + reverse if alpha else reverse

    return loss_of_nll(loss, logits, target, **options)


def reverse_cross_entropy(
    logits: Tensor,
    target: Tensor,
    *,
    log_zero: float = LOG_ZERO_PAPER,
    **options: Unpack[Options],
) -> Tensor:
    """−Σ_j p_j log e_j = −A (1 − p), where A stands for log 0.

    A = −2 is the mean absolute error.

    Parameters
    ----------
    log_zero : float below 0
        A; see the module for the two in use.

    Notes
    -----
    Wang et al., "Symmetric Cross Entropy for Robust Learning with Noisy Labels",
    ICCV 2019.
    """
    slope = -negative_log_zero(log_zero)
    return loss_of_nll(lambda nll: slope * miss(nll), logits, target, **options)


def asymmetric_gce_loss(
    logits: Tensor,
    target: Tensor,
    a: float = 0.6,
    q: float = 0.6,
    **options: Unpack[Options],
) -> Tensor:
    """((a + 1)^q − (a + p)^q) / q; a → 0 is L_q.

    Parameters
    ----------
    a, q : float above 0

    Notes
    -----
    Zhou, Liu, Jiang, Gao and Ji, "Asymmetric Loss Functions for Learning with Noisy
    Labels", ICML 2021.
    """
    a = checks.number("a", a, 0, above=True)
    q = checks.number("q", q, 0, above=True)

    def loss(nll: Tensor) -> Tensor:
        # (a + p) / (a + 1) = 1 − (1 − p) / (a + 1)
        return (a + 1) ** q * lq(-torch.log1p(-miss(nll) / (a + 1)), q)

    return loss_of_nll(loss, logits, target, **options)


def asymmetric_unhinged_loss(
    logits: Tensor,
    target: Tensor,
    a: float = 5.5,
    q: float = 3.0,
    **options: Unpack[Options],
) -> Tensor:
    """((a − p)^q − (a − 1)^q) / q.

    Parameters
    ----------
    a : float above 1
        Published beside α NCE with α = 1, β = 4: a = 6.3, q = 1.5.
    q : float above 0

    Notes
    -----
    Zhou et al., "Asymmetric Loss Functions for Learning with Noisy Labels", ICML 2021.
    """
    a = checks.number("a", a, 1, above=True)
    q = checks.number("q", q, 0, above=True)

    def loss(nll: Tensor) -> Tensor:
        # (a − p) / (a − 1) = 1 + (1 − p) / (a − 1)
        return -((a - 1) ** q) * lq(-torch.log1p(miss(nll) / (a - 1)), q)

    return loss_of_nll(loss, logits, target, **options)


def jensen_shannon_loss(
    logits: Tensor, target: Tensor, pi: float = 0.5, **options: Unpack[Options]
) -> Tensor:
    """[H(π e + (1 − π) p) − (1 − π) H(p)] / (−(1 − π) log(1 − π)), e one-hot.

    All terms but those of the label cancel. π → 0 is cross entropy, π → 1 half the mean
    absolute error. (The generalised form with two augmented views and a consistency
    term is another loss.)

    Parameters
    ----------
    pi : float in (0, 1)
        Published: 0.5.

    Notes
    -----
    Englesson and Azizpour, "Generalized Jensen-Shannon Divergence Loss for Learning
    with Noisy Labels", NeurIPS 2021.
    """
    pi = checks.number("pi", pi, 0, 1, above=True, below=True)
    rest = math.log1p(-pi)

    def loss(nll: Tensor) -> Tensor:
        nll = nll.clamp(max=VANISHED)  # p log p is 0 from there on
        wrong = miss(nll)
        mixed = torch.log1p((pi - 1) * wrong)  # log(π + (1 − π) p)
        entropy = mixed * (1 / (pi - 1) + wrong) - nll * torch.exp(-nll)
        return wrong - entropy / rest

    return loss_of_nll(loss, logits, target, **options)


def taylor_cross_entropy(
    logits: Tensor, target: Tensor, t: int = 2, **options: Unpack[Options]
) -> Tensor:
    """Σ_{i ≤ t} (1 − p)^i / i: the first terms of −log p; t = 1 is L_1.

    Parameters
    ----------
    t : int of at least 1

    Notes
    -----
    Feng et al., "Can Cross Entropy Loss Be Robust to Label Noise?",
    IJCAI 2020.
    """
    t = checks.integer("t", t, 1)

    def loss(nll: Tensor) -> Tensor:
        wrong = miss(nll)
        total = wrong / t
        for i in range(t - 1, 0, -1):  # Horner
            total = wrong * (1 / i + total)
        return total

    return loss_of_nll(loss, logits, target, **options)


def partially_huberised_cross_entropy(
    logits: Tensor, target: Tensor, tau: float = 10.0, **options: Unpack[Options]
) -> Tensor:
    """−log p where p > 1/τ, its tangent −τ p + 1 + log τ elsewhere.

    Parameters
    ----------
    tau : float of at least 1
        The slope that it keeps to.

    Notes
    -----
    Menon et al., "Can Gradient Clipping Mitigate Label Noise?",
    ICLR 2020.
    """
    tau = checks.number("tau", tau, 1)
    log_tau = math.log(tau)

    def loss(nll: Tensor) -> Tensor:
        tangent = 1 + log_tau - tau * torch.exp(-nll)
        return torch.where(nll < log_tau, nll, tangent)

    return loss_of_nll(loss, logits, target, **options)


def weights(alpha: float, beta: float) -> tuple[float, float]:
    """Return the weights of two parts of a loss, checked."""
    return checks.number("alpha", alpha, 0), checks.number("beta", beta, 0)


def negative_log_zero(value: float) -> float:
    """Return what stands for log 0, checked."""
    return checks.number("log_zero", value, high=0, below=True)
