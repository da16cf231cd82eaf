"""Losses of other probabilities than the softmax: tempered, sharpened, clipped."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gce_lib import checks

from .gce import NEGLIGIBLE_Q, lq, miss
from .inputs import at_least_float32, class_dim
from .options import Options, loss_of_log_p
from .rivals import weights

if TYPE_CHECKING:
    from typing_extensions import Unpack

NEWTON_STEPS = 20


def bi_tempered_loss(
    logits: Tensor, target: Tensor, t1: float, t2: float, **options: Unpack[Options]
) -> Tensor:
    """L_q(p_y) − (1 − Σ_j p_j^{1+q}) / (1 + q), q = 1 − t1, p the tempered softmax.

    p_j = exp_{t2}(z_j − λ) with exp_t(x) = [1 + (1 − t) x]^{1/(1 − t)} and λ such that
    they sum to 1; t2 = 1 is the softmax, t1 = t2 = 1 cross entropy. With soft labels or
    smoothing it is, as everywhere here, the expected loss of a label drawn from them:
    the Bregman divergence of the paper up to a constant that the logits do not change.

    Parameters
    ----------
    t1 : float in [0, 1]
        Below 1 the loss is bounded.
    t2 : float of at least 1
        Above 1 the tail of the probabilities is heavier.

    Notes
    -----
    Amid, Warmuth, Anil and Koren, "Robust Bi-Tempered Logistic Loss Based on Bregman
    Divergences", NeurIPS 2019.
    """
    q = 1 - checks.number("t1", t1, 0, 1)
    t2 = checks.number("t2", t2, 1)

    def every(log_p: Tensor) -> Tensor:
        nll = -log_p if t2 == 1 else _tempered_nll(log_p, t2 - 1)
        own = nll if q < NEGLIGIBLE_Q else lq(nll, q)
        power = torch.exp(-(1 + q) * nll).sum(-1, keepdim=True)
        return own - (1 - power) / (1 + q)

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
    alpha, beta = weights(alpha, beta)

    def every(log_p: Tensor) -> Tensor:
        wrong = miss(-log_p)
        classes = torch.arange(log_p.shape[-1], device=log_p.device)
        largest = classes == log_p.argmax(-1, keepdim=True)
        log_mixed = torch.where(
            largest, torch.log1p(-wrong / (m + 1)), log_p - math.log1p(m)
        )
        return 2 * beta * wrong - alpha * log_mixed if alpha else 2 * beta * wrong

    return loss_of_log_p(every, logits, target, **options)


def clip_logits(logits: Tensor, tau: float) -> Tensor:
    """Shrink each vector of logits z to norm τ, if it is longer: z · min(1, τ/‖z‖₂).

    For any loss: `gce_loss(clip_logits(logits, tau), target)`. Masked classes (−inf)
    stay masked and do not count in the norm. This is the clamp of the paper; its
    official code rescales to 1/temperature once ‖z‖ exceeds the temperature.

    Parameters
    ----------
    logits : Tensor (N, C), (N, C, d1, …) or (C,), floating point
    tau : float above 0

    Returns
    -------
    Tensor of the shape of `logits`; float64 for float64, else float32.

    Notes
    -----
    Wei et al., "Mitigating Memorization of Noisy Labels by Clipping the Model
    Prediction", ICML 2023.
    """
    tau = checks.number("tau", tau, 0, above=True)
    z = at_least_float32("logits", logits)
    dim = class_dim(z)
    masked = z.isneginf()
    z = z.masked_fill(masked, 0)
    unit = z.detach().abs().amax(dim, keepdim=True).clamp(min=tau)  # against overflow
    norm = unit * torch.linalg.vector_norm(z / unit, dim=dim, keepdim=True)
    return (z * (tau / norm.clamp(min=tau))).masked_fill(masked, -torch.inf)


def _tempered_nll(z: Tensor, s: float) -> Tensor:
    """−log p_j = log(1 + s (λ − z_j)) / s, s = t2 − 1, λ by Newton's method.

    Solved for u = λ − max z in Σ_j p_j = 1, brought to the power −s, in which equation
    u is nearly linear. The last two steps are differentiated: Newton's quadratic
    convergence makes their first and second derivatives those of the solution.
    """
    depth = z.amax(-1, keepdim=True) - z
    u = torch.zeros_like(depth[..., :1])
    with torch.no_grad():
        for _ in range(NEWTON_STEPS):
            u = _newton_step(u, depth, s)
    for _ in range(2):
        u = _newton_step(u, depth, s)
    return torch.log1p(s * (u + depth)) / s


def _newton_step(u: Tensor, depth: Tensor, s: float) -> Tensor:
    nll = torch.log1p(s * (u + depth)) / s
    total = torch.exp(-nll).sum(-1, keepdim=True)
    slope = torch.exp(-(1 + s) * nll).sum(-1, keepdim=True)
    # g = total^−s − 1, g' = s total^(−s − 1) slope
    return u + total * (total**s - 1) / (s * slope)
