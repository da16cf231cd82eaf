"""A network as a training uses it: on its device, and asked for logits."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from gce_lib.devices import Precision

IMAGE, VOLUME = 4, 5  # dimensions of the weights of a convolution


def place(model: nn.Module, device: torch.device) -> None:
    """Move a network to its device, convolutions of images with their channels last."""
    model.to(device)
    dimensions = {parameter.ndim for parameter in model.parameters()}
    if IMAGE in dimensions and VOLUME not in dimensions:
        model.to(memory_format=torch.channels_last)


def logits_in(output: Any) -> Any:
    """Return what a network returned, or its ``.logits`` if it is an object with some.

    Networks of Transformers and other hubs return such objects.
    """
    return output if isinstance(output, Tensor) else getattr(output, "logits", output)


def ask(network: Callable[[Tensor], Any], x: Tensor, precision: Precision) -> Any:
    """Return a network's logits of a batch, as it computes them in a precision."""
    with precision.autocast():
        return logits_in(network(x))
