"""How far a loss is from being symmetric: the range of its sum over all classes.

A wrong argument, or a loss that returns something else than a number a prediction, is
a TypeError or a ValueError.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from gce_lib import checks
from gce_lib.rng import generator, random_simplex

Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class SymmetryDefect:
    """The least and the greatest class sum of a loss, and where they were found.

    Made by `gce_lib.theory.symmetry_defect`.

    Attributes
    ----------
    minimum, maximum : float
        Least and greatest value found of S(f) = Σ_j L(f, e_j).
    at_minimum, at_maximum : Tensor
        The probability vectors f there, float64, shape (C,).
    defect : float
        G = maximum − minimum: 0 for a symmetric loss, infinite for cross entropy.
    """

    minimum: float
    maximum: float
    at_minimum: Tensor
    at_maximum: Tensor

    @property
    def defect(self) -> float:
        return self.maximum - self.minimum


def symmetry_defect(
    loss: Loss, num_classes: int, *, points: int = 2000, rounds: int = 40, seed: int = 0
) -> SymmetryDefect:
    """Search the simplex for the least and the greatest class sum of any loss.

    S(f) = Σ_j L(f, e_j) is computed where the extremes of the usual losses lie (equal
    shares for the first m classes for every m, and all vertices) and at random points;
    the best of them are then improved by random steps towards other points of the
    simplex, which shrink from round to round.  So the result is numerical: the true
    range is at least as large.

    Taught in book/theory/bounds.ipynb.

    Parameters
    ----------
    loss : callable
        ``loss(f, y)`` with probabilities f, float64 of shape (N, C), zeros included,
        and classes y, int64 of shape (N,), returns the losses, shape (N,).  For a loss
        of logits: ``lambda f, y: gce_loss(f.log(), y, reduction="none")``.
    num_classes : int
        Number of classes C, at least 2.
    points : int
        Number of random points, and of steps a round.
    rounds : int
        Number of rounds of improvement.
    seed : int
        Seed of the search.

    Returns
    -------
    SymmetryDefect
    """
    num_classes = checks.integer("num_classes", num_classes, 2)
    points = checks.integer("points", points, 1)
    rounds = checks.integer("rounds", rounds, 0)
    rng = generator(seed)
    start = torch.cat(
        [_landmarks(num_classes), random_simplex(rng, (points, num_classes))]
    )
    extremes = {}
    for sign in (1, -1):
        f, values = start, sign * class_sums(loss, start)
        for step in torch.logspace(0, -6, rounds, dtype=torch.float64):
            best, least = f[values.argmin()], values.min()
            towards = random_simplex(rng, (points, num_classes))
            f = torch.cat([best[None], best + step * (towards - best)])
            values = torch.cat([least[None], sign * class_sums(loss, f[1:])])
        extremes[sign] = f[values.argmin()], sign * values.min().item()
    (at_minimum, minimum), (at_maximum, maximum) = extremes[1], extremes[-1]
    return SymmetryDefect(minimum, maximum, at_minimum, at_maximum)


def class_sums(loss: Loss, f: Tensor) -> Tensor:
    """Return S(f) = Σ_j L(f, e_j) for every row of f, shape (N, C) -> (N,)."""
    n, c = f.shape
    if not callable(loss) or isinstance(loss, type):
        raise TypeError(f"loss must be a function loss(f, y), got {checks.told(loss)}")
    values = loss(f.repeat_interleave(c, dim=0), torch.arange(c).repeat(n))
    if not isinstance(values, Tensor):
        raise TypeError(f"loss must return a tensor, got {checks.told(values)}")
    if values.shape != (n * c,):
        raise ValueError(
            f"loss must return a tensor of shape {(n * c,)} for {n * c} predictions, "
            f"got {tuple(values.shape)}"
        )
    if values.isnan().any():
        row = f[int(values.isnan().nonzero()[0]) // c]
        raise ValueError(f"loss must return numbers, got NaN for f = {row.tolist()}")
    return values.to(torch.float64).reshape(n, c).sum(dim=1)


def _landmarks(num_classes: int) -> Tensor:
    """Return equal shares for the first m classes, m = 1 ... C, and all vertices."""
    shares = torch.ones(num_classes, num_classes, dtype=torch.float64).tril()
    shares /= shares.sum(dim=1, keepdim=True)
    return torch.cat([shares, torch.eye(num_classes, dtype=torch.float64)])
