"""What a loss says about a batch of logits: its value, and its slope in the logits."""

import inspect
from collections.abc import Callable

import torch
from torch import Tensor, nn

from gce_lib import checks


def check_loss(loss: object, *, weighted: bool) -> None:
    """Refuse what cannot be a loss, or with pruning one without ``sample_weight``."""
    if isinstance(loss, type) or not callable(loss):
        raise TypeError(
            "loss must be a function of logits and labels or an object such as "
            f"GCELoss(), got {checks.told(loss)}"
        )
    if weighted and not _takes(loss, "sample_weight", untold=True):
        raise TypeError(
            "loss must take sample_weight with pruning, as gce_loss does, "
            f"got {checks.told(loss)}, which does not"
        )


def remembers(loss: Callable[..., object]) -> bool:
    """Whether a loss asks for the numbers of the examples, as ``index``."""
    return _takes(loss, "index", untold=False)


def _takes(loss: Callable[..., object], name: str, *, untold: bool) -> bool:
    """Whether a loss has an argument; `untold` where it takes any or does not tell."""
    try:
        parameters = inspect.signature(
            loss.forward if isinstance(loss, nn.Module) else loss
        ).parameters
    except (TypeError, ValueError):  # compiled functions do not tell
        return untold
    anything = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    return name in parameters or (anything and untold)


def value_and_slope(
    loss: Callable[..., Tensor], logits: Tensor, y: Tensor, **options: Tensor
) -> tuple[Tensor, Tensor]:
    """Return ``loss(logits, y)``, a scalar, and its gradient in the logits (B, C)."""
    value = loss(logits, y, **options)
    if not isinstance(value, Tensor) or value.ndim:
        raise ValueError(f"loss must return a scalar tensor, got {checks.told(value)}")
    if not value.requires_grad:
        raise ValueError("loss must depend on the logits, got one without a gradient")
    (slope,) = torch.autograd.grad(value, logits)
    return value, slope
