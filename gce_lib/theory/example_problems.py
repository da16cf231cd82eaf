"""Finite problems to try the theorems on: random, tight, and against Theorem 2.

Taught in book/theory/bounds.ipynb; solved by `gce_lib.theory.check_theorem_1`.
"""

import torch

from gce_lib.rng import generator, random_simplex

from . import bounds
from .finite_problems import FiniteProblem, uniform_noise

NOISES = ("uniform", "class-dependent", "arbitrary")


def random_finite_problem(
    *,
    seed,
    count=None,
    noise="uniform",
    truncated=False,
    realizable=False,
    num_classes=3,
    num_inputs=4,
    num_hypotheses=8,
):
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
    if noise not in NOISES:
        raise ValueError(f"noise must be one of {', '.join(NOISES)}, got {noise!r}")
    rng = generator(seed)
    batch = () if count is None else (count,)
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


def tight_problem(q, num_classes, noise_rate, *, bound="clean"):
    """Make the problem that attains a bound of Theorem 1: no better bound is possible.

    One input and two hypotheses, a one-hot one (least symmetric, its class sum is the
    greatest) and the uniform one (its class sum is the least).  The one-hot hypothesis
    errs with a probability chosen such that the two tie: in clean risk, then the noisy
    risks differ by A; or in noisy risk, then the clean risks differ by A'.

    Parameters
    ----------
    q : float or Tensor
        Exponent, in (0, 1]; a tensor makes a batch.
    num_classes : int
        Number of classes c, at least 2.
    noise_rate : float or Tensor
        η, in [0, 1 − 1/c).
    bound : {"clean", "noisy"}
        Which bound to attain, A' or A.

    Returns
    -------
    FiniteProblem
        Hypothesis 0 is the one-hot one, hypothesis 1 the uniform one.

    Raises
    ------
    ValueError
        If `bound` is another word, an argument is out of range, or the size of A' is
        above the risk of the uniform hypothesis, so that no problem attains it.
    """
    if bound not in ("clean", "noisy"):
        raise ValueError(f"bound must be 'clean' or 'noisy', got {bound!r}")
    q, eta = torch.broadcast_tensors(
        *(torch.as_tensor(value, dtype=torch.float64) for value in (q, noise_rate))
    )
    least_class_sum, _ = bounds.class_sum_bounds(q, num_classes)
    one_hot_risk = uniform_risk = least_class_sum / num_classes
    if bound == "clean":
        one_hot_risk = uniform_risk + bounds.clean_risk_bound(q, num_classes, eta)
    if (one_hot_risk < 0).any():
        raise ValueError(
            "noise_rate must be low enough for |A'| to be at most the risk of the "
            f"uniform prediction, got a risk below it of {one_hot_risk.min():.6g}"
        )
    error = (q * one_hot_risk)[..., None]  # a wrong one-hot prediction costs 1/q
    others = (error / (num_classes - 1)).expand(*q.shape, num_classes - 1)
    one_hot = torch.eye(num_classes, dtype=torch.float64)[0]
    uniform = torch.full((num_classes,), 1 / num_classes, dtype=torch.float64)
    return FiniteProblem(
        weights=torch.ones(*q.shape, 1, dtype=torch.float64),
        posterior=torch.cat([1 - error, others], dim=-1)[..., None, :],
        hypotheses=torch.stack([one_hot, uniform])[:, None].expand(
            *q.shape, 2, 1, num_classes
        ),
        T=uniform_noise(eta, num_classes),
        q=q,
        k=torch.zeros_like(q),
    )


def theorem_2_counterexample(missing, q=0.7):
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
    if missing not in cases:
        raise ValueError(f"missing must be one of {', '.join(cases)}, got {missing!r}")
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


def _random_noise(rng, batch, num_classes, noise):
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


def _uniform(rng, shape):
    return torch.as_tensor(rng.random(shape), dtype=torch.float64)
