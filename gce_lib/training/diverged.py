"""When a training comes to nothing: the error, and whose fault it was."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from gce_lib.data import Batches
from gce_lib.devices import Precision

from .history import History
from .network import ask
from .slope import remembers


class Diverged(RuntimeError):
    """The loss or the weights became infinite; the model holds its last good weights.

    Attributes
    ----------
    history : History
        Of the epochs before.
    """

    def __init__(self, message: str, history: History):
        super().__init__(message)
        self.history = history


@torch.no_grad()
def advice(
    model: nn.Module,
    loss: Callable[..., Tensor],
    batches: Batches,
    precision: Precision,
    lr: float,
) -> str:
    """Return what to change, from a look at one batch with the last good weights.

    Where inputs, weights, logits and loss are finite there, the steps were too large.
    """
    if not all(value.isfinite().all() for value in model.state_dict().values()):
        return "the weights were not finite before: make the network anew"
    x, y, index = next(iter(batches))
    if not x.isfinite().all():
        return "the inputs are not finite: look at mean and std of the data set"
    model.eval()
    logits = ask(model, x, precision)
    if not logits.isfinite().all():
        return "the network's outputs are not finite for finite inputs: look at it"
    options = {"index": index} if remembers(loss) else {}
    if not loss(logits.float(), y, **options).isfinite():
        return (
            "the loss is not finite for finite logits: look at it, or try an lr "
            f"below {lr}"
        )
    return f"try an lr below {lr}"
