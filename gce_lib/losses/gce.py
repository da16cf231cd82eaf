r"""The Generalized Cross Entropy losses, as functions of logits.

With p the softmax probability of the label and nll = −log p,

    L_q = (1 − p^q) / q = (1 − exp(−q · nll)) / q,   dL_q / dnll = exp(−q · nll) = p^q.

Written so, nothing overflows, nothing is clamped and q → 0 is cross entropy: the
probability itself is never formed. All losses take what `F.cross_entropy` takes, need
no more memory (`python -m benchmarks.losses`), and raise `ValueError` or `TypeError`,
in one sentence, for arguments out of range, of the wrong shape or of the wrong kind.

Source: Zhang and Sabuncu, "Generalized Cross Entropy Loss for Training Deep Neural
Networks with Noisy Labels", NeurIPS 2018. Taught in book/theory/lq-loss.ipynb.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gce_lib import checks

from .inputs import at_least_float32
from .options import Options, Reduction, loss_of_nll

if TYPE_CHECKING:
    from typing_extensions import Unpack

NEGLIGIBLE_Q = 1e-20  # below it L_q and cross entropy are the same float64 numbers


def gce_from_nll(nll: Tensor, q: float) -> Tensor:
    """L_q of each negative log-likelihood: (1 − exp(−q · nll)) / q.

    For cross entropies that are computed elsewhere: fused with the last layer, chunked,
    or one a token.

    Parameters
    ----------
    nll : Tensor, any shape, floating point
        −log p of the label, in nats: what `F.cross_entropy(..., reduction="none")`
        returns.
    q : float in [0, 1]
        0 returns `nll` itself, 1 returns 1 − p.

    Returns
    -------
    Tensor of the shape of `nll`; float64 for float64, else float32.
    """
    return truncated_gce_from_nll(nll, q, 0.0)


def truncated_gce_from_nll(nll: Tensor, q: float, k: float) -> Tensor:
    """Truncated L_q of each negative log-likelihood.

    L_q(k) = (1 − k^q) / q, with zero gradient, where p ≤ k; L_q elsewhere.

    Parameters
    ----------
    nll : Tensor, any shape, floating point
        −log p of the label, in nats.
    q : float in [0, 1]
    k : float in [0, 1)
        The probability below which an example no longer counts; 0 truncates nothing.

    Returns
    -------
    Tensor of the shape of `nll`; float64 for float64, else float32.
    """
    q = checks.number("q", q, 0, 1)
    k = checks.number("k", k, 0, 1, below=True)
    return _truncated_lq(at_least_float32("nll", nll), q, k)


def gce_loss(
    logits: Tensor,
    target: Tensor,
    q: float = 0.7,
    *,
    weight: Tensor | None = None,
    sample_weight: Tensor | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: Reduction = "mean",
) -> Tensor:
    """Generalized cross entropy L_q = (1 − p^q) / q between logits and labels.

    q = 0 is cross entropy, q = 1 is 1 − p, half the mean absolute error.

    Parameters
    ----------
    logits : Tensor (N, C), (N, C, d1, …) or (C,), floating point
        Unnormalised scores, never probabilities.
    target : Tensor (N,), (N, d1, …) or (), int64 or uint8; or like `logits`
        Class indices in [0, C), or for each position a distribution t over the classes,
        whose loss is Σ_j t_j L_q(p_j). (The alternative L_q(Σ_j t_j p_j) is the same
        for a one-hot t only; it does not reduce to cross entropy with soft labels.)
    q : float in [0, 1]
    weight : Tensor (C,), optional
        A weight for each class.
    sample_weight : Tensor of the shape of the unreduced loss, optional
        A factor for each loss. It does not enter the divisor of "mean", so a weight of
        0 prunes an example and leaves the pull of the others as it was.
    ignore_index : int
        Class indices with this value have loss 0 and are not counted.
    label_smoothing : float in [0, 1]
        ε: the target becomes (1 − ε) t + ε / C.
    reduction : "mean", "sum" or "none"
        "mean" is that of `F.cross_entropy`: for class indices the sum is divided by the
        summed class weights of the labels that are not ignored (their number if there
        is no `weight`), for distributions by the number of positions. A mean over
        nothing is NaN and has zero gradient.

    Returns
    -------
    Tensor, a scalar, or of the shape of the labels if `reduction` is "none".
        float64 for float64 logits, else float32: half precision is computed and
        returned in float32, as `F.cross_entropy` does under autocast.

    Notes
    -----
    The values of labels are looked at on the CPU only; on an accelerator that would
    stall the queue, and a label out of range ends in a device assertion there.
    """
    return truncated_gce_loss(
        logits,
        target,
        q,
        0.0,
        weight=weight,
        sample_weight=sample_weight,
        ignore_index=ignore_index,
        label_smoothing=label_smoothing,
        reduction=reduction,
    )


def truncated_gce_loss(
    logits: Tensor,
    target: Tensor,
    q: float = 0.7,
    k: float = 0.5,
    **options: Unpack[Options],
) -> Tensor:
    """Truncated L_q: the constant L_q(k) where p ≤ k, L_q elsewhere.

    Parameters
    ----------
    logits, target, q
        As in `gce_loss`.
    k : float in [0, 1)
        Examples whose label has at most this probability have no gradient. 0 is
        `gce_loss`. With k = 0.5 a freshly initialised network has none at all: train
        with `gce_loss` first.
    **options
        weight, sample_weight, ignore_index, label_smoothing, reduction: as in
        `gce_loss`.

    Notes
    -----
    Taught in book/theory/truncated-loss.ipynb.
    """
    q = checks.number("q", q, 0, 1)
    k = checks.number("k", k, 0, 1, below=True)
    return loss_of_nll(lambda nll: _truncated_lq(nll, q, k), logits, target, **options)


def mae_loss(logits: Tensor, target: Tensor, **options: Unpack[Options]) -> Tensor:
    """Mean absolute error ‖e_y − softmax(logits)‖₁ = 2 − 2p, which is 2 L_1.

    Parameters
    ----------
    logits, target, **options
        As in `gce_loss`.

    Notes
    -----
    Taught in book/theory/ce-and-mae.ipynb. Ghosh, Kumar and Sastry, "Robust Loss
    Functions under Label Noise for Deep Neural Networks", AAAI 2017.
    """
    return loss_of_nll(lambda nll: 2 * miss(nll), logits, target, **options)


def miss(nll: Tensor) -> Tensor:
    """1 − p, to the last digits where p is nearly 1."""
    return lq(nll, 1.0)


def lq(nll: Tensor, q: float) -> Tensor:
    """(1 − exp(−q · nll)) / q for q > 0, in floating point as good as on paper.

    1 − u, with u = exp(−q · nll), would lose the digits that u loses by rounding. So
    the rounding δ is found by a logarithm and taken out: exp(x) = u (1 − δ) with
    δ = log u − x. It takes no `expm1`, which some compilers replace by exp − 1 and
    whose derivative expm1 + 1 has no right digit once p^q is tiny; this one's is u.
    """
    exponent = nll * -q
    u = torch.exp(exponent)
    rounding = torch.log(u.detach()) - exponent.detach()
    rounding = torch.nan_to_num(rounding, 0.0, 0.0, 0.0)  # where u is 0
    return torch.addcmul(1 - u, u, rounding) / q


def _truncated_lq(nll: Tensor, q: float, k: float) -> Tensor:
    if k > 0:
        limit = -math.log(k)
        nll = torch.where(nll >= limit, limit, nll)
    return nll if q < NEGLIGIBLE_Q else lq(nll, q)
