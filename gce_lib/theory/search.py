"""Alternate convex search for the truncated loss: what it lowers, in numbers."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from . import class_sum
from .arguments import as_tensors


def objective(p: Tensor, keep: Tensor, q: float, k: float) -> Tensor:
    """Return E(θ, w) = Σ w_i (L_q(p_i) − L_q(k)), which the search lowers in turns.

    Where w_i = 1 for p_i ≥ k and 0 elsewhere, E + n L_q(k) is the truncated loss of the
    n examples; for any other w it is at least that.

    Parameters
    ----------
    p : Tensor
        Floating point (N,), in [0, 1]: the probability of each label.
    keep : Tensor
        float (N,): the weights w, in [0, 1], or numbers of equal examples.
    q, k : float
        Exponent and threshold of the truncated loss, k above 0.
    """
    p = p.to(torch.float64)
    exponent, threshold = as_tensors(q=q, k=k)
    limit = class_sum.lq(-threshold.log(), exponent)
    gain = class_sum.lq(-p.log(), exponent) - limit
    return torch.where(keep > 0, keep * gain, 0.0).sum()


def objective_path(
    probabilities: Sequence[Tensor],
    scores: Sequence[float],
    pruning: Any,
    q: float,
) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
    """Follow E over a training that was pruned as ``fit`` prunes.

    A refresh judges by the network with the best score so far, which need not be the
    present one, so it may leave E above its least value over w.

    Taught in book/theory/truncated-loss.ipynb.

    Parameters
    ----------
    probabilities : sequence of Tensor
        Floating point (N,), after each epoch: the probability of each label.
    scores : sequence of float
        Noisy-validation accuracy after each epoch.
    pruning : gce_lib.training.Pruning
    q : float

    Returns
    -------
    path : list of (epoch, E / N)
        After each epoch, and once more after a refresh.
    least : list of (epoch, E / N)
        The least E over w, of the network after each epoch.
    """
    path, least = [], []
    keep = torch.ones_like(probabilities[0])
    for epoch, p in enumerate(probabilities, start=1):
        own = (p >= pruning.k).to(p.dtype)
        value, floor = (
            objective(p, w, q, pruning.k).item() / len(p) for w in (keep, own)
        )
        path.append((epoch, value))
        least.append((epoch, floor))
        if pruning.due(epoch):
            best = max(range(epoch), key=scores.__getitem__)
            keep = (probabilities[best] >= pruning.k).to(p.dtype)
            path.append((epoch, objective(p, keep, q, pruning.k).item() / len(p)))
    return path, least
