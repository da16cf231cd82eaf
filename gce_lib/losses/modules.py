"""`nn.Module` twins of the losses, for code that keeps a criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from gce_lib import checks

from .gce import gce_loss, mae_loss, truncated_gce_loss
from .options import REDUCTIONS

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .options import ModuleOptions, Reduction


class _Loss(nn.Module):
    """The options that all share; `weight` is a buffer."""

    weight: Tensor | None

    def __init__(
        self,
        *,
        weight: Tensor | None = None,
        ignore_index: int = -100,
        label_smoothing: float = 0.0,
        reduction: Reduction = "mean",
    ) -> None:
        super().__init__()
        if weight is not None:
            checks.tensor("weight", weight)
        self.register_buffer("weight", weight)
        self.ignore_index = checks.integer("ignore_index", ignore_index)
        self.label_smoothing = checks.number("label_smoothing", label_smoothing, 0, 1)
        checks.choice("reduction", reduction, REDUCTIONS)
        self.reduction: Reduction = reduction

    def options(self) -> ModuleOptions:
        return {
            "weight": self.weight,
            "ignore_index": self.ignore_index,
            "label_smoothing": self.label_smoothing,
            "reduction": self.reduction,
        }

    def numbers(self) -> dict[str, float]:
        """The numbers of the formula."""
        return {}

    def extra_repr(self) -> str:
        """Everything that the values depend on; an option at rest is left out."""
        shown: dict[str, object] = dict(self.numbers())
        if self.weight is not None:
            shown["weight"] = self.weight.tolist()
        if self.ignore_index != -100:
            shown["ignore_index"] = self.ignore_index
        if self.label_smoothing:
            shown["label_smoothing"] = self.label_smoothing
        shown["reduction"] = self.reduction
        return ", ".join(f"{name}={value!r}" for name, value in shown.items())


class GCELoss(_Loss):
    """`gce_loss` as a Module; its parameters are described there.

    Examples
    --------
    >>> GCELoss(q=0.7)
    GCELoss(q=0.7, reduction='mean')
    """

    def __init__(self, q: float = 0.7, **options: Unpack[ModuleOptions]) -> None:
        super().__init__(**options)
        self.q = checks.number("q", q, 0, 1)

    def numbers(self) -> dict[str, float]:
        return {"q": self.q}

    def forward(
        self, logits: Tensor, target: Tensor, sample_weight: Tensor | None = None
    ) -> Tensor:
        return gce_loss(
            logits, target, self.q, sample_weight=sample_weight, **self.options()
        )


class TruncatedGCELoss(_Loss):
    """`truncated_gce_loss` as a Module; its parameters are described there."""

    def __init__(
        self, q: float = 0.7, k: float = 0.5, **options: Unpack[ModuleOptions]
    ) -> None:
        super().__init__(**options)
        self.q = checks.number("q", q, 0, 1)
        self.k = checks.number("k", k, 0, 1, below=True)

    def numbers(self) -> dict[str, float]:
        return {"q": self.q, "k": self.k}

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


class MAELoss(_Loss):
    """`mae_loss` as a Module; its parameters are described there."""

    def forward(
        self, logits: Tensor, target: Tensor, sample_weight: Tensor | None = None
    ) -> Tensor:
        return mae_loss(logits, target, sample_weight=sample_weight, **self.options())
