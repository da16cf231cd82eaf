"""Finite problems to try the theorems on: random, tight, and against Theorem 2.

Taught in book/theory/bounds.ipynb; solved by `gce_lib.theory.check_theorem_1`.
"""

import numpy as np
import torch
from torch import Tensor

from gce_lib import checks
from gce_lib.rng import generator, random_simplex

from . import bounds, worst_cases
from .arguments import Number, as_float64
from .finite_problems import FiniteProblem, uniform_noise

NOISES = ("uniform", "class-dependent", "arbitrary")


def random_finite_problem(
    *,
    seed: int,
    count: int | None = None,
    noise: str = "uniform",
    truncated: bool = False,
    realizable: bool = False,
    num_classes: int = 3,
    num_inputs: int = 4,
    num_hypotheses: int = 8,
) -> FiniteProblem:
    """Draw a finite problem, or many at once, with predictions from flat to one-hot.

    Parameters
    ----------
    seed : int
        Seed of the draw: the same problems on every platform.
    count : int, optional
        Number of problems in a batch; none for one problem without batch dimension.
    noise : {"uniform", "class-dependent", "arbitrary"}
        Uniform noise with η in [0, 1 − 1/c); class-dependent noise in which every class
        keeps its label more often than it takes any other one; or any matrix at all.
    truncated : bool
        Whether to draw k from [0, 1), or let it be 0.
    realizable : bool
        Whether every input has one clean label and the first hypothesis knows them all,
        so that R(f*) = 0.
    num_classes, num_inputs, num_hypotheses : int
        Sizes C (at least 2), X and H (at least 1).

    Returns
    -------
    FiniteProblem
        With q drawn from [0.01, 1].

    Raises
    ------
    ValueError
        If `noise` is another word.
    """
    checks.choice("noise", noise, NOISES)
    num_classes = checks.integer("num_classes", num_classes, 2)
    num_inputs = checks.integer("num_inputs", num_inputs, 1)
    num_hypotheses = checks.integer("num_hypotheses", num_hypotheses, 1)
    rng = generator(seed)
    batch = () if count is None else (checks.integer("count", count, 1),)
    posterior = random_simplex(rng, (*batch, num_inputs, num_classes))
    hypotheses = random_simplex(rng, (*batch, num_hypotheses, num_inputs, num_classes))
    if realizable:
        labels = posterior.argmax(dim=-1)
        posterior = torch.nn.functional.one_hot(labels, num_classes).double()
        hypotheses[..., 0, :, :] = posterior
    return FiniteProblem(
        weights=random_simplex(rng, (*batch, num_inputs)),
        posterior=posterior,
        hypotheses=hypotheses,
        T=_random_noise(rng, batch, num_classes, noise),
        q=1 - 0.99 * _uniform(rng, batch),
        k=_uniform(rng, batch) * truncated,
    )


def tight_problem(
    q: Number, num_classes: int, noise_rate: Number, *, bound: str = "clean"
) -> FiniteProblem:
    """Make the problem in which uniform noise costs the most that it can.

    One input and two hypotheses.  The first is sure of a class: its class sum is the
    greatest.  For "noisy" the second is the uniform one, whose class sum is the least,
    and the two tie in clean risk: the noisy cost is A.  For "clean" they tie in noisy
    risk, and the clean cost is `largest_clean_cost`: for η up to
    1 − c^(−q) that is ``|A'|``, and the second hypothesis is uniform; beyond, the first
    is always right, and the second gives its class less than the others.

    Parameters
    ----------
    q : float or Tensor
        Exponent, in (0, 1]; a tensor makes a batch.
    num_classes : int
        Number of classes c, at least 2.
    noise_rate : float or Tensor
        η, in [0, 1 − 1/c).
    bound : {"clean", "noisy"}
        Which cost is to be the greatest.

    Returns
    -------
    FiniteProblem
        Hypothesis 0 is the one-hot one.

    Raises
    ------
    ValueError
        If `bound` is another word or an argument is out of range.
    """
    checks.choice("bound", bound, ("clean", "noisy"))
    num_classes = checks.integer("num_classes", num_classes, 2)
    exponent, eta = torch.broadcast_tensors(
        as_float64("q", q, "in (0, 1]"),
        as_float64("noise_rate", noise_rate, "in [0, 1 - 1/num_classes)"),
    )
    if (exponent == 0).any():
        raise ValueError("q must be in (0, 1], got 0")
    least_class_sum, _ = bounds.class_sum_bounds(exponent, num_classes)
    uniform_risk = least_class_sum / num_classes
    cost = torch.zeros_like(exponent)
    if bound == "clean":
        most = worst_cases.largest_clean_cost(exponent, num_classes, eta)
        cost = torch.as_tensor(most)
    error = exponent * (uniform_risk - cost).clamp(min=0.0)  # a wrong one-hot costs 1/q
    second_risk = torch.maximum(uniform_risk, cost)
    own = (torch.log1p(-(exponent * second_risk).clamp(max=1.0)) / exponent).exp()
    shape = exponent.shape
    one_hot = torch.eye(num_classes, dtype=torch.float64)[0].expand(*shape, -1)
    return FiniteProblem(
        weights=torch.ones(*shape, 1, dtype=torch.float64),
        posterior=_sharing(1 - error, num_classes)[..., None, :],
        hypotheses=torch.stack([one_hot, _sharing(own, num_classes)], dim=-2)[
            ..., None, :
        ],
        T=uniform_noise(eta, num_classes),
        q=exponent,
        k=torch.zeros_like(exponent),
    )


def tight_class_dependent_problem(
    q: Number, T: Tensor, priors: Tensor
) -> FiniteProblem:
    """Make the problem in which the noise T has the greatest noisy cost.

    An input for each class, a hypothesis that knows all classes, and the unrestricted
    minimiser of the noisy risk: the noisy cost is
    `gce_lib.theory.class_dependent_noisy_risk_bound`.

    Parameters
    ----------
    q : float or Tensor
        Exponent, in (0, 1]; a tensor broadcasts with the shape (...).
    T : Tensor
        Transition matrix, shape (..., C, C).
    priors : Tensor
        Frequencies of the clean classes, shape (..., C).

    Returns
    -------
    FiniteProblem
        Hypothesis 0 has no clean risk, hypothesis 1 the least noisy risk.
    """
    T, priors = (torch.as_tensor(value, dtype=torch.float64) for value in (T, priors))
    q = torch.as_tensor(q, dtype=torch.float64).expand(priors.shape[:-1])
    own = torch.eye(T.shape[-1], dtype=torch.float64).expand(T.shape)
    learned = bounds.noisy_risk_minimizer(T, q[..., None])
    return FiniteProblem(
        weights=priors,
        posterior=own,
        hypotheses=torch.stack([own, learned], dim=-3),
        T=T,
        q=q,
        k=torch.zeros_like(q),
    )


def theorem_2_counterexample(missing: str, q: float = 0.7) -> FiniteProblem:
    """Make a problem on which Theorem 2 fails, because one assumption is missing.

    One input, two classes, and the two hypotheses that are sure of one class.

    Parameters
    ----------
    missing : {"realizable", "majority"}
        "realizable": the clean label is class 0 with probability 0.51, so R(f*) > 0.
        "majority": class 0 takes the label 1 with probability 0.9.
    q : float
        Exponent, in (0, 1]; the bound fails for q above 0.3 without "realizable", and
        for every q without "majority".

    Returns
    -------
    FiniteProblem

    Raises
    ------
    ValueError
        If `missing` is another word.
    """
    cases = {"realizable": (0.51, 0.49), "majority": (1.0, 0.9)}
    checks.choice("missing", missing, tuple(cases))
    q = checks.number("q", q, 0, 1, above=True)
    share, flipped = cases[missing]
    numbers = {
        "weights": [1.0],
        "posterior": [[share, 1 - share]],
        "hypotheses": [[[1.0, 0.0]], [[0.0, 1.0]]],
        "T": [[1 - flipped, flipped], [0.0, 1.0]],
        "q": q,
        "k": 0.0,
    }
    return FiniteProblem(
        **{name: torch.tensor(n, dtype=torch.float64) for name, n in numbers.items()}
    )


def _sharing(own: Tensor, num_classes: int) -> Tensor:
    """Distributions with `own` (...) on class 0 and the rest spread evenly."""
    others = ((1 - own) / (num_classes - 1))[..., None]
    others = others.expand(*own.shape, num_classes - 1)
    return torch.cat([own[..., None], others], dim=-1)


def _random_noise(
    rng: np.random.Generator, batch: tuple[int, ...], num_classes: int, noise: str
) -> Tensor:
    if noise == "uniform":
        rate = (1 - 1 / num_classes) * _uniform(rng, batch)
        return uniform_noise(rate, num_classes)
    T = random_simplex(rng, (*batch, num_classes, num_classes))
    if noise == "arbitrary":
        return T
    # exchange the greatest entry of each row with the one on the diagonal
    own = torch.arange(num_classes).expand(T.shape[:-1])[..., None]
    best = T.argmax(dim=-1, keepdim=True)
    greatest, diagonal = T.gather(-1, best), T.gather(-1, own)
    return T.scatter(-1, best, diagonal).scatter(-1, own, greatest)


def _uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> Tensor:
    return torch.as_tensor(rng.random(shape), dtype=torch.float64)
