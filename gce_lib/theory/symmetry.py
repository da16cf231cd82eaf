"""How far a loss is from being symmetric: the range of its sum over all classes."""

from dataclasses import dataclass

import torch

from gce_lib.rng import generator, random_simplex


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
    at_minimum: torch.Tensor
    at_maximum: torch.Tensor

    @property
    def defect(self):
        return self.maximum - self.minimum


def symmetry_defect(loss, num_classes, *, points=2000, rounds=40, seed=0):
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

    Raises
    ------
    ValueError
        If `num_classes` is below 2 or the loss returns NaN or a wrong shape.
    """
    if num_classes < 2:
        raise ValueError(f"num_classes must be at least 2, got {num_classes}")
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


def class_sums(loss, f):
    """Return S(f) = Σ_j L(f, e_j) for every row of f, shape (N, C) -> (N,)."""
    n, c = f.shape
    values = loss(f.repeat_interleave(c, dim=0), torch.arange(c).repeat(n))
    if values.shape != (n * c,):
        raise ValueError(
            f"loss must return a tensor of shape {(n * c,)} for {n * c} predictions, "
            f"got {tuple(values.shape)}"
        )
    if values.isnan().any():
        row = f[values.isnan().nonzero()[0].item() // c]
        raise ValueError(f"loss must return numbers, got NaN for f = {row.tolist()}")
    return values.to(torch.float64).reshape(n, c).sum(dim=1)


def _landmarks(num_classes):
    """Return equal shares for the first m classes, m = 1 ... C, and all vertices."""
    shares = torch.ones(num_classes, num_classes, dtype=torch.float64).tril()
    shares /= shares.sum(dim=1, keepdim=True)
    return torch.cat([shares, torch.eye(num_classes, dtype=torch.float64)])
