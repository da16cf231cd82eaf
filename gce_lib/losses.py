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

REDUCTIONS = ("none", "mean", "sum")
NEGLIGIBLE_Q = 1e-20  # L_q and cross-entropy are then the same float64 numbers


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
    _check_q(q)
    return _lq(_at_least_float32("nll", nll), q)


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
    _check_q(q)
    _check_k(k)
    return _truncated_lq(_at_least_float32("nll", nll), q, k)


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
    _check_q(q)
    return _loss(
        lambda nll: _lq(nll, q),
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
    _check_q(q)
    _check_k(k)
    return _loss(
        lambda nll: _truncated_lq(nll, q, k),
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
    return _loss(
        lambda nll: 2 * _lq(nll, 1.0),
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
        _check_options(label_smoothing, reduction)
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
        _check_q(q)
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
        _check_q(q)
        _check_k(k)
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
    if q < NEGLIGIBLE_Q:
        return nll
    # CELU(x) = expm1(x / α) · α for x ≤ 0. Its derivative is computed as exp(x / α),
    # where autograd's for expm1 is expm1 + 1, which loses every digit of a small p^q.
    return -F.celu(-nll, alpha=1 / q)


def _truncated_lq(nll: Tensor, q: float, k: float) -> Tensor:
    if k > 0:
        limit = -math.log(k)
        nll = torch.where(nll >= limit, limit, nll)
    return _lq(nll, q)


def _loss(
    pointwise,
    logits,
    target,
    weight,
    sample_weight,
    ignore_index,
    label_smoothing,
    reduction,
):
    """Apply `pointwise` to the nll and weigh and reduce it like F.cross_entropy."""
    _check_options(label_smoothing, reduction)
    logits = _at_least_float32("logits", logits)
    _check_shapes(logits, target, weight, sample_weight)
    soft = target.is_floating_point()
    if soft or label_smoothing > 0:
        loss = _loss_of_distribution(
            pointwise, logits, target, weight, ignore_index, label_smoothing
        )
    else:
        loss = pointwise(_nll(logits, target, ignore_index))
        if weight is not None:
            loss = loss * _weight_of(target, weight, ignore_index)
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
    return loss.sum() / _weight_of(target, weight, ignore_index).sum()


def _nll(logits: Tensor, target: Tensor, ignore_index: int) -> Tensor:
    try:
        return F.cross_entropy(
            logits, target, ignore_index=ignore_index, reduction="none"
        )
    except IndexError:
        raise _labels_out_of_range(logits, target, ignore_index) from None


def _loss_of_distribution(
    pointwise, logits, target, weight, ignore_index, label_smoothing
):
    """Σ_j t_j w_j L(p_j) for every position, t smoothed."""
    dim = _class_dim(logits)
    costs = pointwise(-F.log_softmax(logits, dim))  # (N, C, …): L(p_j)
    if weight is not None:
        costs = costs * weight.view(-1, *[1] * (logits.ndim - dim - 1))
    if target.is_floating_point():
        _check_distribution(target, dim)
        loss = (target * costs).sum(dim)
        ignored = None
    else:
        _check_labels(logits, target, ignore_index)
        ignored = target == ignore_index
        index = target.masked_fill(ignored, 0).unsqueeze(dim)
        loss = costs.gather(dim, index).squeeze(dim)
    if label_smoothing > 0:
        loss = (1 - label_smoothing) * loss + label_smoothing * costs.mean(dim)
    return loss if ignored is None else loss.masked_fill(ignored, 0)


def _weight_of(target: Tensor, weight: Tensor, ignore_index: int) -> Tensor:
    """The class weight of each label, 0 where it is ignored."""
    ignored = target == ignore_index
    return weight[target.masked_fill(ignored, 0)].masked_fill(ignored, 0)


def _class_dim(logits: Tensor) -> int:
    return 1 if logits.ndim > 1 else 0


def _at_least_float32(name: str, x: Tensor) -> Tensor:
    if x.dtype in (torch.float32, torch.float64):
        return x
    if not x.is_floating_point():
        raise TypeError(f"{name} must be floating point, got {x.dtype}")
    return x.float()


def _check_q(q: float) -> None:
    if not isinstance(q, float | int):
        raise TypeError(f"q must be a number in [0, 1], got {q!r}")
    if not 0 <= q <= 1:
        raise ValueError(f"q must be in [0, 1], got {q}")


def _check_k(k: float) -> None:
    if not isinstance(k, float | int):
        raise TypeError(f"k must be a number in [0, 1), got {k!r}")
    if not 0 <= k < 1:
        raise ValueError(f"k must be in [0, 1), got {k}")


def _check_options(label_smoothing: float, reduction: str) -> None:
    if reduction not in REDUCTIONS:
        raise ValueError(
            f"reduction must be 'none', 'mean' or 'sum', got {reduction!r}"
        )
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing must be in [0, 1], got {label_smoothing}")


def _check_shapes(logits, target, weight, sample_weight) -> None:
    if logits.ndim == 0:
        raise ValueError("logits must have shape (C,), (N, C) or (N, C, d1, …), got ()")
    dim = _class_dim(logits)
    shape = logits.shape
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
            f"weight must have one entry for each of {shape[dim]} classes, "
            f"got shape {tuple(weight.shape)}"
        )
    if sample_weight is not None and sample_weight.shape != labels:
        raise ValueError(
            f"sample_weight must have shape {tuple(labels)}, one entry a loss, "
            f"got {tuple(sample_weight.shape)}"
        )


def _readable(target: Tensor) -> bool:
    """Whether looking at the values is free of stalls and graph breaks."""
    return target.device.type == "cpu" and not torch.compiler.is_compiling()


def _check_labels(logits: Tensor, target: Tensor, ignore_index: int) -> None:
    if _readable(target):
        outside = (target < 0) | (target >= logits.shape[_class_dim(logits)])
        if (outside & (target != ignore_index)).any():
            raise _labels_out_of_range(logits, target, ignore_index)


def _labels_out_of_range(logits, target, ignore_index) -> ValueError:
    num_classes = logits.shape[_class_dim(logits)]
    outside = (target < 0) | (target >= num_classes)
    worst = target[outside & (target != ignore_index)][0].item()
    return ValueError(f"labels must be in [0, {num_classes}), got {worst}")


def _check_distribution(target: Tensor, dim: int) -> None:
    if not _readable(target):
        return
    if not (target >= 0).all():
        raise ValueError(
            f"target probabilities must be at least 0, got {target.min().item()}"
        )
    sums = target.sum(dim)
    if not ((sums - 1).abs() <= 0.01).all():
        worst = sums.flatten()[(sums - 1).abs().argmax()].item()
        raise ValueError(f"target probabilities must sum to 1, got {worst}")
