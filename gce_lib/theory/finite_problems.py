"""Learning problems small enough to be solved exactly, to try the theorems on.

Finitely many inputs, finitely many hypotheses: both risks of every hypothesis are sums,
both minimisers are found by looking, and one can say how much of a bound is used.
All tensors may have leading dimensions: thousands of problems are solved at once.
Taught in book/theory/bounds.ipynb.
"""

from dataclasses import dataclass
from functools import cached_property

import torch

from gce_lib import checks

from . import bounds, worst_cases

ROUNDING = 1e-11  # of a risk; two hypotheses closer than that are a tie


@dataclass(frozen=True, eq=False)
class FiniteProblem:
    """A learning problem with X inputs, C classes and H hypotheses, or a batch of them.

    Everything is float64; ... stands for the batch dimensions, none for one problem.

    Attributes
    ----------
    weights : Tensor
        Probability of each input, shape (..., X).
    posterior : Tensor
        Distribution of the clean label of each input, shape (..., X, C).
    hypotheses : Tensor
        What each hypothesis predicts for each input, shape (..., H, X, C).
    T : Tensor
        Transition matrix, shape (..., C, C), ``T[i, j] = P(noisy = j | clean = i)``.
    q, k : Tensor
        Parameters of the loss, shape (...): q in (0, 1], k in [0, 1), 0 for L_q.
    losses : Tensor
        L(f(x), e_j) for each class j, shape (..., H, X, C).
    clean_risks, noisy_risks : Tensor
        R and R^η of each hypothesis, shape (..., H).
    priors : Tensor
        Frequencies of the clean classes, shape (..., C).
    clean_rate : Tensor
        E[1 − η_y], the probability that a label is right, shape (...).
    """

    weights: torch.Tensor
    posterior: torch.Tensor
    hypotheses: torch.Tensor
    T: torch.Tensor
    q: torch.Tensor
    k: torch.Tensor

    def __post_init__(self):
        for name in ("weights", "posterior", "hypotheses", "T"):
            value = getattr(self, name)
            if not isinstance(value, torch.Tensor):
                raise TypeError(f"{name} must be a tensor, got {checks.told(value)}")
            sums = value.sum(dim=-1)
            if not ((value >= 0).all() and ((sums - 1).abs() <= 1e-9).all()):
                raise ValueError(
                    f"{name} must be distributions along the last dimension, got sums "
                    f"from {sums.min():.9g} to {sums.max():.9g} and the least entry "
                    f"{value.min():.6g}"
                )
        if not ((self.q > 0) & (self.q <= 1)).all():
            raise ValueError(f"q must be in (0, 1], got {self.q.tolist()}")
        if not ((self.k >= 0) & (self.k < 1)).all():
            raise ValueError(f"k must be in [0, 1), got {self.k.tolist()}")

    @property
    def num_classes(self) -> int:
        return self.T.shape[-1]

    @cached_property
    def losses(self) -> torch.Tensor:
        q, k = (value[..., None, None, None] for value in (self.q, self.k))
        return -torch.expm1(q * self.hypotheses.maximum(k).log()) / q

    @cached_property
    def clean_risks(self) -> torch.Tensor:
        return self._risks(self.posterior)

    @cached_property
    def noisy_risks(self) -> torch.Tensor:
        return self._risks(self.posterior @ self.T)

    @cached_property
    def priors(self) -> torch.Tensor:
        return (self.weights[..., None] * self.posterior).sum(dim=-2)

    @cached_property
    def clean_rate(self) -> torch.Tensor:
        return (self.priors * self.T.diagonal(dim1=-2, dim2=-1)).sum(dim=-1)

    def _risks(self, labels: torch.Tensor) -> torch.Tensor:
        joint = self.weights[..., None] * labels  # P(x, label), (..., X, C)
        return (joint[..., None, :, :] * self.losses).sum(dim=(-2, -1))


@dataclass(frozen=True, eq=False)
class BoundCheck:
    """The two inequalities of a theorem on a problem, or a batch of them.

    f* minimises the clean risk R, f̂ the noisy risk R^η.  Of hypotheses that tie f* is
    the one with the greatest noisy risk and f̂ the one with the greatest clean risk.

    Attributes
    ----------
    noisy_gap, noisy_bound : Tensor
        R^η(f*) − R^η(f̂), at least 0, and its upper bound (A, B or the sharp one).
    clean_gap, clean_bound : Tensor
        R(f*) − R(f̂), at most 0, and its lower bound (A', or minus infinity).
    noisy_used, clean_used : Tensor
        Gap / bound: 1 if the bound is attained, above 1 if it fails.
    holds : Tensor
        Whether both inequalities hold, bool.
    """

    noisy_gap: torch.Tensor
    noisy_bound: torch.Tensor
    clean_gap: torch.Tensor
    clean_bound: torch.Tensor

    @property
    def noisy_used(self) -> torch.Tensor:
        return _used(self.noisy_gap, self.noisy_bound)

    @property
    def clean_used(self) -> torch.Tensor:
        return _used(self.clean_gap, self.clean_bound)

    @property
    def holds(self) -> torch.Tensor:
        right_signs = (self.noisy_gap >= -ROUNDING) & (self.clean_gap <= ROUNDING)
        within = torch.maximum(self.noisy_used, self.clean_used) <= 1 + 1e-9
        return right_signs & within


def check_theorem_1(problem: FiniteProblem) -> BoundCheck:
    """Compare both gaps of a problem with uniform noise to A and A' (Theorem 1).

    With k > 0 the bounds are those of the truncated loss.

    Parameters
    ----------
    problem : FiniteProblem
        With uniform noise, η ≤ 1 − 1/c.

    Returns
    -------
    BoundCheck

    Raises
    ------
    ValueError
        If the noise is not uniform or η is above 1 − 1/c.
    """
    c = problem.num_classes
    eta = 1 - problem.T[..., 0, 0]
    if not torch.allclose(problem.T, uniform_noise(eta, c), rtol=0, atol=1e-9):
        raise ValueError(
            "problem.T must be uniform noise (1 - η on the diagonal, η/(c - 1) "
            "elsewhere) for Theorem 1, got another transition matrix"
        )
    return BoundCheck(
        *_gaps(problem, bounds.noisy_risk_bound(problem.q, c, eta, problem.k)),
        bounds.clean_risk_bound(problem.q, c, eta, problem.k),
    )


def check_theorem_2(problem: FiniteProblem) -> BoundCheck:
    """Compare the noisy gap of a problem with class-dependent noise to B (Theorem 2).

    The assumptions are not required, so that one can see what happens without them; see
    `is_realizable` and `keeps_majority`.  The theorem bounds the noisy risk only: the
    bound of the clean gap is minus infinity.

    Parameters
    ----------
    problem : FiniteProblem
        With k = 0.

    Returns
    -------
    BoundCheck

    Raises
    ------
    ValueError
        If k is not 0.
    """
    _refuse_truncation(problem)
    bound = bounds.class_dependent_risk_bound(
        problem.q, problem.num_classes, problem.clean_rate
    )
    return BoundCheck(*_gaps(problem, bound), torch.full_like(bound, -torch.inf))


def check_sharp_bound(problem: FiniteProblem) -> BoundCheck:
    """Compare the noisy gap of a problem with the sharp bound for its matrix T.

    Of the assumptions of Theorem 2 it needs the first alone, see `is_realizable`; the
    bound of the clean gap is minus infinity.

    Parameters
    ----------
    problem : FiniteProblem
        With k = 0.

    Returns
    -------
    BoundCheck

    Raises
    ------
    ValueError
        If k is not 0.
    """
    _refuse_truncation(problem)
    bound = worst_cases.class_dependent_noisy_risk_bound(
        problem.q, problem.T, problem.priors
    )
    return BoundCheck(*_gaps(problem, bound), torch.full_like(bound, -torch.inf))


def is_realizable(problem: FiniteProblem) -> torch.Tensor:
    """Whether some hypothesis has no clean risk, R(f*) = 0: bool, shape (...)."""
    return problem.clean_risks.amin(dim=-1) <= ROUNDING


def keeps_majority(problem: FiniteProblem) -> torch.Tensor:
    """Whether η_yi < 1 − η_y for all i ≠ y: bool, shape (...)."""
    kept = problem.T.diagonal(dim1=-2, dim2=-1)[..., None]
    off_diagonal = ~torch.eye(problem.num_classes, dtype=torch.bool)
    return ((kept > problem.T) | ~off_diagonal).all(dim=(-2, -1))


def uniform_noise(noise_rate: float | torch.Tensor, num_classes: int) -> torch.Tensor:
    """Return the matrices of uniform noise for rates of shape (...): (..., C, C)."""
    eta = torch.as_tensor(noise_rate, dtype=torch.float64)[..., None, None]
    keep = torch.eye(num_classes, dtype=torch.float64)
    return (1 - eta) * keep + eta / (num_classes - 1) * (1 - keep)


def _refuse_truncation(problem: FiniteProblem) -> None:
    if (problem.k != 0).any():
        raise ValueError(
            f"problem.k must be 0 for Theorem 2, got {problem.k.max().item():.6g}"
        )


def _gaps(
    problem: FiniteProblem, noisy_bound: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return noisy gap, noisy bound, clean gap, in the order of BoundCheck."""
    clean, noisy = problem.clean_risks, problem.noisy_risks
    best_clean, best_noisy = _worst_of_best(clean, noisy), _worst_of_best(noisy, clean)
    noisy_gap = noisy.gather(-1, best_clean) - noisy.gather(-1, best_noisy)
    clean_gap = clean.gather(-1, best_clean) - clean.gather(-1, best_noisy)
    return noisy_gap.squeeze(-1), noisy_bound, clean_gap.squeeze(-1)


def _worst_of_best(risk: torch.Tensor, other_risk: torch.Tensor) -> torch.Tensor:
    """Return the index (..., 1) of the least risk; among ties, the greatest other."""
    ties = risk <= risk.amin(dim=-1, keepdim=True) + ROUNDING
    return torch.where(ties, other_risk, -torch.inf).argmax(dim=-1, keepdim=True)


def _used(gap: torch.Tensor, bound: torch.Tensor) -> torch.Tensor:
    return torch.where(gap.abs() <= ROUNDING, 0.0, gap / bound)
