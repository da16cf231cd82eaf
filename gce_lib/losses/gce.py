r"""The Generalized Cross Entropy losses, as functions of logits.

With p the softmax probability of the label and nll = −log p,

    L_q = (1 − p^q) / q = −expm1(−q · nll) / q,     dL_q / dnll = exp(−q · nll) = p^q.

Written so, nothing overflows, nothing is clamped and q → 0 is cross-entropy: the
probability itself is never formed. All losses take what `F.cross_entropy` takes.

Source: Zhang and Sabuncu, "Generalized Cross Entropy Loss for Training Deep Neural
Networks with Noisy Labels", NeurIPS 2018. Taught in book/theory/lq-loss.ipynb.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .options import (
    at_least_float32,
    check_inputs,
    check_number,
    check_reduction,
    class_dim,
    labels_out_of_range,
    weighted_loss,
)

NEGLIGIBLE_Q = 1e-20  # below it L_q and cross-entropy are the same float64 numbers


def gce_from_nll(nll: Tensor, q: float) -> Tensor:
    """L_q of each negative log-likelihood: −expm1(−q · nll) / q.

    For cross-entropies that are computed elsewhere: fused with the last layer, chunked,
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

    Raises
    ------
    ValueError, TypeError
        If q is not a number in [0, 1] or `nll` is not floating point.
    """
    check_number("q", q)
    return _truncated_lq(at_least_float32("nll", nll), q, 0.0)


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

    Raises
    ------
    ValueError, TypeError
        If q or k is not a number in its range or `nll` is not floating point.
    """
    check_number("q", q)
    check_number("k", k, top_allowed=False)
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
    reduction: str = "mean",
) -> Tensor:
    """Generalized cross-entropy L_q = (1 − p^q) / q between logits and labels.

    q = 0 is cross-entropy, q = 1 is 1 − p, half the mean absolute error.

    Parameters
    ----------
    logits : Tensor (N, C), (N, C, d1, …) or (C,), floating point
        Unnormalised scores, never probabilities.
    target : Tensor, int64 (N,), (N, d1, …) or (), or floating point like `logits`
        Class indices in [0, C), or for each position a distribution t over the classes,
        whose loss is Σ_j t_j L_q(p_j). (The alternative L_q(Σ_j t_j p_j) is the same
        for a one-hot t only; it does not reduce to cross-entropy with soft labels.)
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

    Raises
    ------
    ValueError, TypeError
        If an argument is out of its range or of the wrong shape or dtype. The values of
        labels are looked at on the CPU only; on an accelerator that would stall the
        queue, and a label out of range ends in a device assertion there.

    Notes
    -----
    Taught in book/theory/lq-loss.ipynb. Zhang and Sabuncu (2018).
    """
    check_number("q", q)
    return _loss(
        q,
        0.0,
        logits,
        target,
        weight,
        sample_weight,
        ignore_index,
        label_smoothing,
        reduction,
    )


def truncated_gce_loss(
    logits: Tensor,
    target: Tensor,
    q: float = 0.7,
    k: float = 0.5,
    *,
    weight: Tensor | None = None,
    sample_weight: Tensor | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> Tensor:
    """Truncated L_q: the constant L_q(k) where p ≤ k, L_q elsewhere.

    Parameters
    ----------
    q : float in [0, 1]
    k : float in [0, 1)
        Examples whose label has at most this probability have no gradient. 0 is
        `gce_loss`. With k = 0.5 a freshly initialised network has none at all: train
        with `gce_loss` first.
    logits, target, weight, sample_weight, ignore_index, label_smoothing, reduction
        As in `gce_loss`; so are the return value and the errors.

    Notes
    -----
    Taught in book/theory/truncated-loss.ipynb. Zhang and Sabuncu (2018).
    """
    check_number("q", q)
    check_number("k", k, top_allowed=False)
    return _loss(
        q,
        k,
        logits,
        target,
        weight,
        sample_weight,
        ignore_index,
        label_smoothing,
        reduction,
    )


def mae_loss(
    logits: Tensor,
    target: Tensor,
    *,
    weight: Tensor | None = None,
    sample_weight: Tensor | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> Tensor:
    """Mean absolute error ‖e_y − softmax(logits)‖₁ = 2 − 2p, which is 2 L_1.

    Parameters
    ----------
    logits, target, weight, sample_weight, ignore_index, label_smoothing, reduction
        As in `gce_loss`; so are the return value and the errors.

    Notes
    -----
    Taught in book/theory/ce-and-mae.ipynb. Ghosh, Kumar and Sastry, "Robust Loss
    Functions under Label Noise for Deep Neural Networks", AAAI 2017.
    """
    return 2 * _loss(
        1.0,
        0.0,
        logits,
        target,
        weight,
        sample_weight,
        ignore_index,
        label_smoothing,
        reduction,
    )


class _Loss(nn.Module):
    """The options that the three Modules share; `weight` is a buffer."""

    def __init__(self, weight, ignore_index, label_smoothing, reduction):
        super().__init__()
        check_number("label_smoothing", label_smoothing)
        check_reduction(reduction)
        self.register_buffer("weight", weight)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing
        self.reduction = reduction

    def options(self) -> dict:
        return {
            "weight": self.weight,
            "ignore_index": self.ignore_index,
            "label_smoothing": self.label_smoothing,
            "reduction": self.reduction,
        }

    def extra_repr(self) -> str:
        return f"reduction={self.reduction!r}"


class GCELoss(_Loss):
    """`gce_loss` as a Module; its parameters are described there.

    Examples
    --------
    >>> GCELoss(q=0.7)
    GCELoss(q=0.7, reduction='mean')
    """

    def __init__(
        self,
        q: float = 0.7,
        *,
        weight: Tensor | None = None,
        ignore_index: int = -100,
        label_smoothing: float = 0.0,
        reduction: str = "mean",
    ):
        super().__init__(weight, ignore_index, label_smoothing, reduction)
        check_number("q", q)
        self.q = q

    def forward(
        self, logits: Tensor, target: Tensor, sample_weight: Tensor | None = None
    ) -> Tensor:
        return gce_loss(
            logits, target, self.q, sample_weight=sample_weight, **self.options()
        )

    def extra_repr(self) -> str:
        return f"q={self.q}, {super().extra_repr()}"


class TruncatedGCELoss(_Loss):
    """`truncated_gce_loss` as a Module; its parameters are described there."""

    def __init__(
        self,
        q: float = 0.7,
        k: float = 0.5,
        *,
        weight: Tensor | None = None,
        ignore_index: int = -100,
        label_smoothing: float = 0.0,
        reduction: str = "mean",
    ):
        super().__init__(weight, ignore_index, label_smoothing, reduction)
        check_number("q", q)
        check_number("k", k, top_allowed=False)
        self.q = q
        self.k = k

    def forward(
        self, logits: Tensor, target: Tensor, sample_weight: Tensor | None = None
    ) -> Tensor:
        return truncated_gce_loss(
            logits,
            target,
            self.q,
            self.k,
            sample_weight=sample_weight,
            **self.options(),
        )

    def extra_repr(self) -> str:
        return f"q={self.q}, k={self.k}, {super().extra_repr()}"


class MAELoss(_Loss):
    """`mae_loss` as a Module; its parameters are described there."""

    def __init__(
        self,
        *,
        weight: Tensor | None = None,
        ignore_index: int = -100,
        label_smoothing: float = 0.0,
        reduction: str = "mean",
    ):
        super().__init__(weight, ignore_index, label_smoothing, reduction)

    def forward(
        self, logits: Tensor, target: Tensor, sample_weight: Tensor | None = None
    ) -> Tensor:
        return mae_loss(logits, target, sample_weight=sample_weight, **self.options())


def _lq(nll: Tensor, q: float) -> Tensor:
    """−expm1(−q · nll) / q, whose derivative is computed as exp(−q · nll).

    Autograd's own derivative of expm1 is expm1 + 1, of which no digit is right once
    p^q is tiny. So the value comes from expm1, and the slope from a zero beside it.
    """
    exponent = nll * -q
    weight = exponent.exp()
    zero = weight - weight.detach()
    return (torch.expm1(exponent.detach()) + zero) / -q


def _truncated_lq(nll: Tensor, q: float, k: float) -> Tensor:
    if k > 0:
        limit = -math.log(k)
        nll = torch.where(nll >= limit, limit, nll)
    return nll if q < NEGLIGIBLE_Q else _lq(nll, q)


def _loss(
    q, k, logits, target, weight, sample_weight, ignore_index, smoothing, reduction
):
    check_number("label_smoothing", smoothing)
    check_reduction(reduction)
    check_inputs(logits, target, weight, sample_weight)
    hard = smoothing == 0 and sample_weight is None and not target.is_floating_point()
    if hard and _is_small(logits):
        return _small_loss(q, k, logits, target, weight, ignore_index, reduction)
    return weighted_loss(
        lambda nll: _truncated_lq(nll, q, k),
        logits,
        target,
        weight,
        sample_weight,
        ignore_index,
        smoothing,
        reduction,
    )


def _celu_is_exact() -> bool:
    """Whether this PyTorch computes CELU by expm1; older ones take exp − 1 on CPUs."""
    ones = torch.ones(64)
    return torch.allclose(F.celu(-ones, 1e8), -ones)


CELU_IS_EXACT = _celu_is_exact()


def _is_small(logits: Tensor) -> bool:
    """Whether the number of calls costs more time than the arithmetic in them."""
    if torch.compiler.is_compiling() or logits.dtype == torch.float64:
        return False  # CELU's α is a float32 number, even for float64 tensors
    return CELU_IS_EXACT and logits.numel() <= (
        2**14 if logits.device.type == "cpu" else 2**17
    )


def _small_loss(q, k, logits, target, weight, ignore_index, reduction) -> Tensor:
    """The loss of every class, then the label's: more arithmetic in fewer calls."""
    logits = at_least_float32("logits", logits)
    gains = F.log_softmax(logits, class_dim(logits))
    if k > 0:
        gains = F.threshold(gains, math.log(k), math.log(k))
    if q >= NEGLIGIBLE_Q:
        gains = F.celu(gains, 1 / q)  # (p^q − 1) / q
    try:
        return F.nll_loss(
            gains, target, weight, ignore_index=ignore_index, reduction=reduction
        )
    except IndexError:
        raise labels_out_of_range(logits, target, ignore_index) from None
