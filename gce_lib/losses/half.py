"""−log p of half-precision logits in float32, without a float32 copy of them all."""

import torch
import torch.nn.functional as F
from torch import Tensor

CHUNK_ON_CPU = 2**18  # logits at a time: their float32 copies stay in the cache
CHUNK = 2**26  # elsewhere few large kernels are faster than many small ones


class HalfNLL(torch.autograd.Function):
    """F.cross_entropy(logits.float(), target, reduction="none"), a few rows at a time.

    Only the logits are kept for the backward pass, which computes their softmax again.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(logits, target, ignore_index):
        rows = _rows(logits)
        return torch.cat(
            [
                F.cross_entropy(
                    x.float(), y, ignore_index=ignore_index, reduction="none"
                )
                for x, y in zip(logits.split(rows), target.split(rows), strict=True)
            ]
        )

    @staticmethod
    def setup_context(ctx, inputs, output):
        logits, target, ctx.ignore_index = inputs
        ctx.save_for_backward(logits, target, output)

    @staticmethod
    def backward(ctx, grad):
        logits, target, nll = ctx.saved_tensors
        if torch.is_grad_enabled():  # a second derivative is asked for
            nll = F.cross_entropy(
                logits.float(), target, ignore_index=ctx.ignore_index, reduction="none"
            )
            return (
                *torch.autograd.grad(nll, logits, grad, create_graph=True),
                None,
                None,
            )
        ignored = target == ctx.ignore_index
        grad = grad.masked_fill(ignored, 0).unsqueeze(1)
        index = target.masked_fill(ignored, 0).unsqueeze(1)
        miss = torch.expm1(-nll).unsqueeze(1) * grad  # (p − 1) · grad
        result = torch.empty_like(logits)
        rows = _rows(logits)
        parts = (x.split(rows) for x in (result, logits, grad, index, miss))
        for out, x, g, i, m in zip(*parts, strict=True):
            out.copy_(F.softmax(x, 1, dtype=torch.float32).mul_(g).scatter_(1, i, m))
        return result, None, None


def _rows(logits: Tensor) -> int:
    chunk = CHUNK_ON_CPU if logits.device.type == "cpu" else CHUNK
    return max(1, chunk * len(logits) // logits.numel())
