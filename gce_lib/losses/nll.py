"""−log p of the label, in float32 or float64.

Of large half-precision logits no float32 copy is made. For bfloat16 logits of shape
(4096, 32000), forward and backward on one busy core, that took 252 MiB beside the
logits, where `F.cross_entropy(logits.float(), …)` took 1,500, and a quarter of its
time: `python -m benchmarks.losses --threads 1`.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from .inputs import at_least_float32, class_dim, label_out_of_range

LARGE = 2**17  # logits from which on half precision is worth its own backward pass
CHUNK_ON_CPU = 2**18  # logits at a time: their float32 copies stay in the cache
CHUNK = 2**26  # elsewhere few large kernels are faster than many small ones
NO_INDEX = -(2**63)


def label_nll(logits: Tensor, index: Tensor) -> Tensor:
    """−log p of each label, all of which count: none is ignored."""
    try:
        if _is_large_half(logits):
            return _HalfNLL.apply(logits, index)
        return _nll(at_least_float32("logits", logits), index)
    except IndexError:
        raise label_out_of_range(index, logits.shape[class_dim(logits)]) from None


def _nll(logits: Tensor, index: Tensor) -> Tensor:
    return F.cross_entropy(logits, index, ignore_index=NO_INDEX, reduction="none")


def _is_large_half(logits: Tensor) -> bool:
    half = logits.dtype in (torch.bfloat16, torch.float16) and logits.ndim > 1
    return half and logits.numel() > LARGE and not torch.compiler.is_compiling()


class _HalfNLL(torch.autograd.Function):
    """The nll of half-precision logits in float32, a few rows at a time.

    Only the logits are kept for the backward pass, which computes their softmax again.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(logits: Tensor, index: Tensor) -> Tensor:
        rows = _rows(logits)
        parts = zip(logits.split(rows), index.split(rows), strict=True)
        return torch.cat([_nll(x.float(), y) for x, y in parts])

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor], output: Tensor) -> None:
        ctx.save_for_backward(*inputs, output)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        logits, index, nll = ctx.saved_tensors
        if torch.is_grad_enabled():  # a second derivative is asked for
            nll = _nll(logits.float(), index)
            return *torch.autograd.grad(nll, logits, grad, create_graph=True), None
        grad, index = grad.unsqueeze(1), index.unsqueeze(1)
        miss = torch.expm1(-nll).unsqueeze(1) * grad  # (p − 1) · grad
        result = torch.empty_like(logits)
        rows = _rows(logits)
        parts = (x.split(rows) for x in (result, logits, grad, index, miss))
        for out, x, g, i, m in zip(*parts, strict=True):
            out.copy_(F.softmax(x, 1, dtype=torch.float32).mul_(g).scatter_(1, i, m))
        return result, None


def _rows(logits: Tensor) -> int:
    chunk = CHUNK_ON_CPU if logits.device.type == "cpu" else CHUNK
    return max(1, chunk * len(logits) // logits.numel())
