"""Random numbers that are the same on every platform."""

from numbers import Integral

import numpy as np
import torch


def generator(seed):
    """Return the random generator of `seed`: the same numbers on every platform."""
    if not isinstance(seed, Integral) or seed < 0:
        raise ValueError(f"seed must be an integer of at least 0, got {seed!r}")
    return np.random.Generator(np.random.PCG64(int(seed)))


def random_simplex(rng, shape):
    """Draw probability vectors along the last dimension, from flat to nearly one-hot.

    Exponential variables to the power s, normalised: s = 1 is the uniform distribution
    on the simplex, small s gives nearly equal, large s nearly one-hot vectors.  Every
    vector has an s of its own, log-uniform in [0.1, 10].
    """
    exponentials = -np.log1p(-rng.random(shape))
    sharpness = 10 ** (2 * rng.random((*shape[:-1], 1)) - 1)
    powers = (exponentials / exponentials.max(axis=-1, keepdims=True)) ** sharpness
    return torch.from_numpy(powers / powers.sum(axis=-1, keepdims=True))
