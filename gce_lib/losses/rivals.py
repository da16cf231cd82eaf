"""The losses that L_q is compared with, each from its paper, in log space.

All take logits and labels, and the options of `gce_loss`: weight, sample_weight,
ignore_index, label_smoothing, reduction. The first group depends on the probability p
of the label alone, the second on all probabilities. Nothing is clamped but where a
paper's formula does so. The defaults are the published settings for CIFAR-10; where a
paper uses others elsewhere, the loss says so. As everywhere, arguments that are wrong
raise `ValueError` or `TypeError`.

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
from .options import Options, loss_of_log_p, loss_of_nll

if TYPE_CHECKING:
    from typing_extensions import Unpack

LOG_ZERO_PAPER = -4.0
LOG_ZERO_REPOSITORIES = math.log(1e-4)
VANISHED = 800.0  # exp(−800) is 0 in float64, too


# of the label's probability alone ----------------------------------------------------


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
    alpha, beta = _weights(alpha, beta)
    slope = -beta * _log_zero(log_zero)

    def loss(nll):
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
    slope = -_log_zero(log_zero)
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

    def loss(nll):
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

    def loss(nll):
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
    pi = _inside("pi", pi)
    rest = math.log1p(-pi)

    def loss(nll):
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

    def loss(nll):
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

    def loss(nll):
        tangent = 1 + log_tau - tau * torch.exp(-nll)
        return torch.where(nll < log_tau, nll, tangent)

    return loss_of_nll(loss, logits, target, **options)


# of all probabilities ----------------------------------------------------------------


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
        which is not the default here; see the module.

    Notes
    -----
    Ma et al., "Normalized Loss Functions for Deep Learning with Noisy Labels",
    ICML 2020.
    """
    alpha, beta = _weights(alpha, beta)
    slope = -beta * _log_zero(log_zero)
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
    alpha, beta = _weights(alpha, beta)

    def every(log_p):
        room = torch.relu(log_p - math.log(1e-7))
        negative = 1 - room / room.sum(-1, keepdim=True)
        return alpha * _shares(log_p) + beta * negative

    return loss_of_log_p(every, logits, target, **options)


def epsilon_softmax_loss(
    logits: Tensor,
    target: Tensor,
    m: float = 1e5,
    alpha: float = 0.01,
    beta: float = 5.0,
    **options: Unpack[Options],
) -> Tensor:
    """−α log p̃ + β · 2 (1 − p), p̃ = (p + m [y is the largest class]) / (m + 1).

    Parameters
    ----------
    m : float of at least 0
        Published for CIFAR-10: 1e5 (uniform noise), 1e3 (class-dependent).
    alpha, beta : float of at least 0
        Published for CIFAR-10: α = 0.01 (uniform), 0.02 (class-dependent), β = 5.

    Notes
    -----
    "ε-Softmax: Approximating One-Hot Vectors for Mitigating Label Noise", NeurIPS 2024.
    """
    m = checks.number("m", m, 0)
    alpha, beta = _weights(alpha, beta)

    def every(log_p):
        wrong = miss(-log_p)
        classes = torch.arange(log_p.shape[-1], device=log_p.device)
        largest = classes == log_p.argmax(-1, keepdim=True)
        log_mixed = torch.where(
            largest, torch.log1p(-wrong / (m + 1)), log_p - math.log1p(m)
        )
        return 2 * beta * wrong - alpha * log_mixed if alpha else 2 * beta * wrong

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
    alpha, beta = _weights(alpha, beta)
    a = checks.number("a", a, 1)

    def every(log_p):
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


def _weights(alpha: float, beta: float) -> tuple[float, float]:
    return checks.number("alpha", alpha, 0), checks.number("beta", beta, 0)


def _log_zero(value: float) -> float:
    return checks.number("log_zero", value, high=0, below=True)


def _inside(name: str, value: float) -> float:
    return checks.number(name, value, 0, 1, above=True, below=True)
