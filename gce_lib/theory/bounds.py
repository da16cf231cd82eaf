"""The theorems of the Generalized Cross Entropy loss, as functions that can be called.

L_q(f, e_y) = (1 − f_y^q)/q is the loss and S(f) = Σ_j L_q(f, e_j) its class sum.  R is
the risk on clean labels, R^η on noisy ones; f* minimises R and f̂ minimises R^η over the
same class of functions.  c is `num_classes`, η is `noise_rate`; with 0 < k < 1 the loss
is the truncated one, L_q(f_y) where f_y > k and L_q(k) elsewhere; k = 0 is L_q.

Every argument is a Python number or a tensor; tensors broadcast.  Numbers give a float,
a tensor among them gives a float64 tensor.  What is neither is a TypeError, what is out
of its range a ValueError.  Computed in float64, in forms that lose no digits as q goes
to 0 or 1.  Source: Zhang & Sabuncu (2018).  The same theorems on problems small enough
to be solved exactly: `gce_lib.theory.FiniteProblem`.
"""

import math
from typing import Any

import torch
from torch import Tensor

from . import class_sum
from .arguments import (
    ROUNDING,
    Number,
    Result,
    as_distributions,
    as_noise_rate,
    as_tensors,
    same_kind_as,
)


def class_sum_bounds(
    q: Number, num_classes: Number, k: Number = 0.0
) -> tuple[Result, Result]:
    """Bounds of the class sum S(f), whatever the prediction f (class-sum lemma).

    For L_q::

        (c − c^(1−q)) / q  ≤  S(f)  ≤  (c − 1) / q

    with equality for the uniform f on the left and for a one-hot f on the right.  For
    the truncated loss, with d = max(1, (1−q)^(1/q) / k)::

        d L_q(1/d) + (c − d) L_q(k)  ≤  S(f)  ≤  c L_q(k)

    For small k two more facts make the bounds go over into those of L_q: at most c
    classes share the probability, so d ≤ c; and the truncated loss is at most L_q, so
    S(f) ≤ (c − 1)/q.

    Taught in book/theory/bounds.ipynb.

    Parameters
    ----------
    q : float or Tensor
        Exponent, in [0, 1].
    num_classes : int or Tensor
        Number of classes c, at least 2.
    k : float or Tensor
        Truncation point, in [0, 1); 0 for L_q.

    Returns
    -------
    lower, upper : float or Tensor
        At q = 0, k = 0 (cross entropy) they are c log c and infinity.
    """
    inputs = (q, num_classes, k)
    q, c, k = as_tensors(q=q, num_classes=num_classes, k=k)
    return same_kind_as(inputs, *class_sum.bounds(q, c, k))


def class_sum_range(q: Number, num_classes: Number, k: Number = 0.0) -> Result:
    """The range G of the class sum, which decides every bound below.

    For L_q it is G = (c^(1−q) − 1)/q: infinite for cross entropy (q = 0), and 0 for
    q = 1, the one symmetric loss of the family.  For the truncated loss it is
    d (L_q(k) − L_q(1/d)) with d = max(1, (1−q)^(1/q) / k), see `class_sum_bounds`.

    Taught in book/theory/bounds.ipynb.

    Parameters
    ----------
    q : float or Tensor
        Exponent, in [0, 1].
    num_classes : int or Tensor
        Number of classes c, at least 2.
    k : float or Tensor
        Truncation point, in [0, 1); 0 for L_q.

    Returns
    -------
    float or Tensor
        G, at least 0.
    """
    inputs = (q, num_classes, k)
    q, c, k = as_tensors(q=q, num_classes=num_classes, k=k)
    return same_kind_as(inputs, class_sum.spread(q, c, k))


def noisy_risk_bound(
    q: Number, num_classes: Number, noise_rate: Number, k: Number = 0.0
) -> Result:
    """How much worse than f̂ the clean optimum f* is on noisy labels (Theorem 1).

    Uniform noise with η ≤ 1 − 1/c::

        0  ≤  R^η(f*) − R^η(f̂)  ≤  A = η G / (c − 1)

    Taught in book/theory/bounds.ipynb.

    Parameters
    ----------
    q : float or Tensor
        Exponent, in [0, 1].
    num_classes : int or Tensor
        Number of classes c, at least 2.
    noise_rate : float or Tensor
        η, the probability that a label is wrong, in [0, 1 − 1/c].
    k : float or Tensor
        Truncation point, in [0, 1); 0 for L_q.

    Returns
    -------
    float or Tensor
        A, at least 0; 0 without noise and infinite at q = 0 with noise.
    """
    inputs = (q, num_classes, noise_rate, k)
    q, c, k = as_tensors(q=q, num_classes=num_classes, k=k)
    eta = as_noise_rate(noise_rate, c)
    bound = class_sum.times(eta / (c - 1), class_sum.spread(q, c, k))
    return same_kind_as(inputs, bound)


def clean_risk_bound(
    q: Number, num_classes: Number, noise_rate: Number, k: Number = 0.0
) -> Result:
    """How much better than f̂ the clean optimum f* is on clean labels (Theorem 1).

    Uniform noise with η < 1 − 1/c::

        A' = −η G / (c − 1 − ηc)  ≤  R(f*) − R(f̂)  ≤  0

    For L_q it is attained exactly if η ≤ 1 − c^(−q); what can be attained beyond is
    `largest_clean_cost`.

    Taught in book/theory/bounds.ipynb.

    Parameters
    ----------
    q : float or Tensor
        Exponent, in [0, 1].
    num_classes : int or Tensor
        Number of classes c, at least 2.
    noise_rate : float or Tensor
        η, the probability that a label is wrong, in [0, 1 − 1/c].
    k : float or Tensor
        Truncation point, in [0, 1); 0 for L_q.

    Returns
    -------
    float or Tensor
        A', at most 0; 0 without noise, and minus infinity at η = 1 − 1/c, where noisy
        labels say nothing about the clean ones, and at q = 0 with noise.
    """
    inputs = (q, num_classes, noise_rate, k)
    q, c, k = as_tensors(q=q, num_classes=num_classes, k=k)
    eta = as_noise_rate(noise_rate, c)
    left = 1 - eta * c / (c - 1)  # what is left of the clean signal, in [0, 1]
    size = class_sum.times(eta / (c - 1) / left, class_sum.spread(q, c, k))
    return same_kind_as(inputs, torch.where(left > ROUNDING, 0.0 - size, -math.inf))


def class_dependent_risk_bound(
    q: Number, num_classes: Number, clean_rate: Number
) -> Result:
    """The bound B for class-dependent noise (Theorem 2).

    If some f* has no risk at all, R(f*) = 0, and every class keeps its label more often
    than it takes any other one, η_yi < 1 − η_y for i ≠ y::

        0  ≤  R^η(f*) − R^η(f̂)  ≤  B = G_q E[1 − η_y],   G_q = (c^(1−q) − 1)/q

    It bounds the noisy risk only, and needs both assumptions.  Under the first alone
    `class_dependent_noisy_risk_bound` is sharper, at every rate.

    Taught in book/theory/bounds.ipynb.

    Parameters
    ----------
    q : float or Tensor
        Exponent, in [0, 1].
    num_classes : int or Tensor
        Number of classes c, at least 2.
    clean_rate : float or Tensor
        E[1 − η_y], the probability that a label is right, in [0, 1].

    Returns
    -------
    float or Tensor
        B, at least 0; infinite at q = 0.
    """
    inputs = (q, num_classes, clean_rate)
    q, c, clean_rate = as_tensors(q=q, num_classes=num_classes, clean_rate=clean_rate)
    plain = class_sum.spread(q, c, torch.zeros_like(q))
    return same_kind_as(inputs, class_sum.times(clean_rate, plain))


def noisy_risk_minimizer(posterior: Any, q: Number) -> Tensor:
    """The prediction of least expected L_q, when nothing restricts f.

    For the distribution p̃ of the noisy label of an input it is::

        f_j ∝ p̃_j^(1/(1−q))

    which is p̃ itself at q = 0 and, at q = 1, all on the likeliest class (shared equally
    between classes that tie).  It never changes which class is likeliest.

    Taught in book/theory/bounds.ipynb.

    Parameters
    ----------
    posterior : Tensor or array-like
        p̃, shape (..., C), distributions along the last dimension.
    q : float or Tensor
        Exponent, in [0, 1]; a tensor broadcasts with the shape (...).

    Returns
    -------
    Tensor
        f, float64, shape (..., C), sums to 1 along the last dimension.
    """
    (q,) = as_tensors(q=q)
    p = as_distributions("posterior", posterior)
    below_best = (p / p.amax(dim=-1, keepdim=True)).log()  # 0 for the likeliest class
    power = torch.where(below_best < 0, below_best / (1 - q[..., None]), 0.0)
    return power.softmax(dim=-1)


def truncation_tightens_below(k: Number, num_classes: Number) -> Result:
    """The exponent q below which truncation makes the class-sum range G smaller.

    The range of the truncated loss, G_t, is smaller than that of L_q, G_q, exactly for
    q below the value returned: as q goes to 1, G_q goes to 0 and G_t to 1 − k.  So it
    is not true that truncation at some k tightens the bounds of Theorem 1 for every q.

    Taught in book/theory/truncated-loss.ipynb.

    Parameters
    ----------
    k : float or Tensor
        Truncation point, in [0, 1).
    num_classes : int or Tensor
        Number of classes c, at least 2.

    Returns
    -------
    float or Tensor
        The root q of G_t = G_q, in [0, 1); 0 at k = 0, where the two are the same.
    """
    inputs = (k, num_classes)
    wide: list[Tensor] = torch.broadcast_tensors(
        *as_tensors(k=k, num_classes=num_classes)
    )
    k, c = wide
    low, high = torch.zeros_like(k), torch.ones_like(k)
    for _ in range(60):  # bisection, down to the last bit
        q = (low + high) / 2
        lower, _ = class_sum.bounds(q, c, k)
        truncated = c * class_sum.lq(-k.log(), q) - lower
        tighter = truncated < class_sum.spread(q, c, torch.zeros_like(k))
        low, high = torch.where(tighter, q, low), torch.where(tighter, high, q)
    return same_kind_as(inputs, torch.where(k > 0, low, 0.0))
