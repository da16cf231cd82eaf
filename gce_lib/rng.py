"""Random numbers that are the same on every platform."""

import numpy as np
import torch

from . import checks


def generator(seed: int) -> np.random.Generator:
    """Return the random generator of `seed`: the same numbers on every platform."""
    return np.random.Generator(np.random.PCG64(checks.integer("seed", seed, 0)))


def streams(seed: int, count: int) -> list[int]:
    """Return ``count`` independent seeds below 2^64 that ``seed`` determines."""
    sequence = np.random.SeedSequence(checks.integer("seed", seed, 0))
    return sequence.generate_state(count, np.uint64).tolist()


def random_simplex(rng: np.random.Generator, shape: tuple[int, ...]) -> torch.Tensor:
    """Draw probability vectors along the last dimension, from flat to nearly one-hot.

    Exponential variables to the power s, normalised: s = 1 is the uniform distribution
    on the simplex, small s gives nearly equal, large s nearly one-hot vectors.  Every
    vector has an s of its own, log-uniform in [0.1, 10].
    """
    exponentials = -np.log1p(-rng.random(shape))
    sharpness = 10 ** (2 * rng.random((*shape[:-1], 1)) - 1)
    powers = (exponentials / exponentials.max(axis=-1, keepdims=True)) ** sharpness
    return torch.from_numpy(powers / powers.sum(axis=-1, keepdims=True))
