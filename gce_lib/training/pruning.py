"""Alternate convex search for the truncated loss: the keep table.

The truncated loss is flat where p_y ≤ k, so descending it from a random start teaches
nothing. Alternate convex search minimises instead, over the network and w ∈ [0, 1]^n,

    Σ w_i L_q(f(x_i), y_i) − L_q(k) Σ w_i,

in turns: the network by SGD, and w in closed form, w_i = 1 where f_{y_i}(x_i) ≥ k and 0
elsewhere. The table of the w_i starts with ones and is refreshed every few epochs.
Taught in book/theory/truncated-loss.ipynb.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from gce_lib import checks


@dataclass(frozen=True)
class Pruning:
    """When and how to refresh the keep table; an argument of ``fit``.

    Attributes
    ----------
    k : float
        In [0, 1): an example is kept where the probability of its label is at least k.
    start : int
        First epoch, counted from 0, before which the table is refreshed.
    every : int
        Epochs from one refresh to the next.

    Raises
    ------
    ValueError, TypeError
        An attribute is out of its range or of another kind.
    """

    k: float = 0.5
    start: int = 40
    every: int = 10

    def __post_init__(self):
        values = {
            "k": checks.number("k", self.k, 0, 1, below=True),
            "start": checks.integer("start", self.start, 0),
            "every": checks.integer("every", self.every, 1),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def due(self, epoch: int) -> bool:
        """Whether the table is refreshed before ``epoch``, counted from 0."""
        return epoch >= self.start and (epoch - self.start) % self.every == 0

    def keep(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Solve the w-step.

        Parameters
        ----------
        logits : Tensor
            float (N, C).
        labels : Tensor
            int64 (N,), the noisy labels.

        Returns
        -------
        Tensor
            float32 (N,): 1 to keep, 0 to prune.
        """
        return (label_probability(logits, labels) >= self.k).float()


def label_probability(logits: Tensor, labels: Tensor) -> Tensor:
    """Return p, the probability that a network gives to each label.

    For looking at labels, not for computing a loss: a small p underflows to 0.

    Taught in book/problem/label-noise.ipynb.

    Parameters
    ----------
    logits : Tensor
        float (N, C).
    labels : Tensor
        int64 (N,), in [0, C).

    Returns
    -------
    Tensor
        (N,), in [0, 1], of the dtype of the logits.
    """
    return logits.softmax(dim=1).gather(1, labels[:, None]).squeeze(1)


def assess(keep: Tensor, flipped: Tensor) -> dict[str, float]:
    """Compare what was pruned with what was truly flipped.

    Parameters
    ----------
    keep : Tensor
        float (N,), 1 for a kept and 0 for a pruned example.
    flipped : Tensor
        bool (N,), where the label is wrong.

    Returns
    -------
    dict
        ``kept``, ``pruning_precision`` and ``pruning_recall``, see
        :class:`gce_lib.training.History`; NaN where nothing was pruned or flipped.
    """
    pruned = keep == 0
    counts = torch.stack([pruned.sum(), flipped.sum(), (pruned & flipped).sum()])
    num_pruned, num_flipped, both = counts.tolist()
    return {
        "kept": 1 - num_pruned / len(keep),
        "pruning_precision": both / num_pruned if num_pruned else math.nan,
        "pruning_recall": both / num_flipped if num_flipped else math.nan,
    }
