"""The class sum of L_q and of the truncated loss: float64 tensors, all in range."""

import math

import torch
from torch import Tensor


def lq(nll: Tensor, q: Tensor) -> Tensor:
    """L_q as a function of nll = −log f_y: −expm1(−q nll)/q, and nll at q = 0."""
    x = q * nll
    finite = nll * torch.where(x > 0, -torch.expm1(-x) / x, 1.0)
    return torch.where(torch.isinf(nll), 1 / q, finite)


def bounds(q: Tensor, c: Tensor, k: Tensor) -> tuple[Tensor, Tensor]:
    """Return the lower and the upper bound of the class sum."""
    nll_k = -k.log()
    at_k = lq(nll_k, q)
    # log d; (1−q)^(1/q) is 1/e at q = 0 and 0 at q = 1
    peak = torch.where(q > 0, torch.log1p(-q) / q, -1.0)
    log_d = torch.where(k > 0, peak + nll_k, math.inf).clamp(min=0.0)
    log_d = torch.minimum(log_d, c.log())
    d = log_d.exp()
    rest = torch.where(log_d < c.log(), (c - d) * at_k, 0.0)
    lower = d * lq(log_d, q) + rest
    upper = torch.minimum(c * at_k, (c - 1) / q)
    return torch.minimum(lower, upper), upper


def spread(q: Tensor, c: Tensor, k: Tensor) -> Tensor:
    """Return the range G, the upper less the lower bound."""
    lower, upper = bounds(q, c, k)
    exact = torch.expm1((1 - q) * c.log()) / q  # no cancellation near q = 1
    return torch.where(k > 0, upper - lower, exact)


def times(factor: Tensor, value: Tensor) -> Tensor:
    """Return factor · value: 0 where the factor is 0, though the value be infinite."""
    return torch.where(factor == 0, 0.0, factor * value)
