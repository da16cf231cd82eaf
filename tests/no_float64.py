"""A device without float64, wherever the tests run."""

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class NoFloat64(TorchDispatchMode):
    """A device without float64, such as Apple's MPS."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        made = func(*args, **(kwargs or {}))
        for part in made if isinstance(made, (tuple, list)) else [made]:
            if isinstance(part, torch.Tensor) and part.dtype == torch.float64:
                raise TypeError("Cannot convert a MPS Tensor to float64 dtype")
        return made
