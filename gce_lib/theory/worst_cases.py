"""What the theorems leave open: the exact worst cases, in closed form or as a root."""

import torch
from torch import Tensor

from . import class_sum
from .arguments import (
    ROUNDING,
    Number,
    as_distributions,
    as_noise_rate,
    as_tensors,
    same_kind_as,
)


def largest_clean_cost(
    q: Number, num_classes: Number, noise_rate: Number
) -> float | Tensor:
    """The most that uniform noise can cost on clean labels, in any problem at all.

    The greatest R(f̂) − R(f*), over all inputs, labels and classes of functions, for
    L_q and η ≤ 1 − 1/c::

        |A'|       up to η = 1 − c^(−q), where Theorem 1 cannot be improved
        L_q(a)     beyond, with the least a for which
                   (1 − η) L_q(a) = η (c − 1)^(−q) (1 − a)^q / q
        1/q        from η = 1 / (1 + (c − 1)^(−q)) on: all that the loss can be

    `gce_lib.theory.tight_problem` makes a problem that attains it.

    Taught in book/theory/bounds.ipynb.

    Parameters
    ----------
    q : float or Tensor
        Exponent, in [0, 1].
    num_classes : int or Tensor
        Number of classes c, at least 2.
    noise_rate : float or Tensor
        η, the probability that a label is wrong, in [0, 1 − 1/c].

    Returns
    -------
    float or Tensor
        At least 0, at most ``|A'|``; 0 without noise, infinite at q = 0 with noise.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    inputs = (q, num_classes, noise_rate)
    exponent, c = as_tensors(q=q, num_classes=num_classes)
    eta = as_noise_rate(noise_rate, c)
    exponent, c, eta = torch.broadcast_tensors(exponent, c, eta)
    left = 1 - eta * c / (c - 1)  # what is left of the clean signal, in [0, 1]
    spread = class_sum.spread(exponent, c, torch.zeros_like(exponent))
    bound = class_sum.times(eta / (c - 1) / left, spread)  # |A'|
    attained = eta <= -torch.expm1(-exponent * c.log())
    lost = torch.where(left > ROUNDING, _lost_share(exponent, c, eta), 1.0)
    beyond = lost / exponent
    return same_kind_as(
        inputs, torch.where(attained & (left > ROUNDING), bound, beyond)
    )


def _lost_share(q: Tensor, c: Tensor, eta: Tensor) -> Tensor:
    """The root u = 1 − a^q, by bisection: below it the noisy labels prefer a < 1."""
    low, high = torch.zeros_like(eta), torch.ones_like(eta)
    for _ in range(60):  # down to the last bit
        u = (low + high) / 2
        other = -torch.expm1(torch.log1p(-u) / q)  # 1 − a
        gain = eta * (q * (other / (c - 1)).log()).exp()
        preferred = (1 - eta) * u <= gain
        low, high = torch.where(preferred, u, low), torch.where(preferred, high, u)
    return high


def class_dependent_noisy_risk_bound(q: Number, T: Tensor, priors: Tensor) -> Tensor:
    """The sharp bound of the noisy cost for class-dependent noise.

    If some f* has no risk at all, R(f*) = 0, then for any transition matrix T, with
    r = 1/(1 − q) and the norm ‖T_y‖_r = (Σ_j T_yj^r)^(1/r) of its row y::

        0  ≤  R^η(f*) − R^η(f̂)  ≤  E[‖T_y‖_r − T_yy] / q  ≤  E[η_y] / q

    The first of the two bounds is attained for every T and q, vanishes with the noise,
    and is never above the B of Theorem 2 where that holds.  As q goes to 0 it is
    E[η_y]/q less the conditional entropy of the noisy label given the clean one: it
    has no limit unless there is no noise.  At q = 1 the norm is the greatest entry.

    Taught in book/theory/bounds.ipynb.

    Parameters
    ----------
    q : float or Tensor
        Exponent, in [0, 1]; a tensor broadcasts with the shape (...).
    T : Tensor or array-like
        Transition matrix, shape (..., C, C), ``T[i, j] = P(noisy = j | clean = i)``.
    priors : Tensor or array-like
        Frequencies of the clean classes, shape (..., C), sums to 1.

    Returns
    -------
    Tensor
        float64, shape (...): at least 0; 0 without noise, infinite at q = 0 with noise.

    Raises
    ------
    ValueError
        If q is outside [0, 1], the rows of T or the priors are no distributions, or
        their shapes do not fit.
    """
    (q,) = as_tensors(q=q)
    T, priors = as_distributions("T", T), as_distributions("priors", priors)
    num_classes = T.shape[-1]
    if T.shape[-2:-1] != (num_classes,) or priors.shape[-1] != num_classes:
        raise ValueError(
            "T and priors must have the shapes (..., C, C) and (..., C), got "
            f"{tuple(T.shape)} and {tuple(priors.shape)}"
        )
    mean = (priors * _norm_less_diagonal(T, q)).sum(dim=-1)
    return torch.where(mean > 0, mean / q, 0.0)


def _norm_less_diagonal(T: Tensor, q: Tensor) -> Tensor:
    """‖T_y‖_r − T_yy of every row, as a sum of terms that are all at least 0."""
    q = q[..., None, None]
    greatest = T.amax(dim=-1, keepdim=True)
    below = (T / greatest).log()  # 0 for the greatest entry
    powers = torch.where(below < 0, below / (1 - q), 0.0).exp()
    others = powers.sort(dim=-1).values[..., :-1].sum(dim=-1)
    greatest = greatest.squeeze(-1)
    rise = greatest * torch.expm1((1 - q.squeeze(-1)) * torch.log1p(others))
    return greatest - T.diagonal(dim1=-2, dim2=-1) + rise
