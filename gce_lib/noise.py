"""Label noise: transition matrices, and labels drawn from them.

A transition matrix is a float64 tensor of shape (C, C) with
``T[i, j] = P(noisy = j | clean = i)``: a row per clean class, rows sum to 1.
Taught in book/problem/noise-models.ipynb.
"""

import numpy as np
import torch

from gce_lib._noise_checks import (
    check_labels,
    check_num_classes,
    check_rate,
    check_transition_matrix,
    generator,
)
from gce_lib.noisy_labels import NoisyLabels


def symmetric(num_classes, rate, *, self_flips=False):
    """Uniform noise: every wrong label is equally likely.

    Parameters
    ----------
    num_classes : int
        Number of classes C, at least 2.
    rate : float
        Probability in [0, 1] that a label is re-drawn: over the other C − 1 classes,
        so that it is the noise rate η of the paper; or, with `self_flips`, over all
        C classes, so that η is only ``rate * (C - 1) / C``.
    self_flips : bool
        Whether a re-drawn label may be the clean one again.

    Returns
    -------
    Tensor
        T, float64, shape (C, C).

    Raises
    ------
    ValueError
        If `num_classes` is no integer of at least 2 or `rate` is outside [0, 1].
    """
    num_classes, rate = check_num_classes(num_classes), check_rate(rate)
    eta = rate * (num_classes - 1) / num_classes if self_flips else rate
    T = torch.full(
        (num_classes, num_classes), eta / (num_classes - 1), dtype=torch.float64
    )
    return T.fill_diagonal_(1 - eta)


def corrupt(labels, T, *, seed):
    """Draw a noisy label for every clean one, independently, from its row of T.

    Parameters
    ----------
    labels : Tensor or array-like
        Clean labels, integers in [0, C), shape (N,).
    T : Tensor or array-like
        Transition matrix, shape (C, C), ``T[i, j] = P(noisy = j | clean = i)``.
    seed : int
        Seed of the draw, at least 0: the same seed gives the same labels on every
        platform, another seed gives independent ones.

    Returns
    -------
    NoisyLabels
        Noisy and clean labels with the realised rate, realised T and a digest.

    Raises
    ------
    ValueError
        If T is not square, not finite, negative or its rows do not sum to 1; if labels
        are not one-dimensional or outside [0, C); if `seed` is negative.
    TypeError
        If labels are not integers.
    """
    T = check_transition_matrix(T)
    clean = check_labels(labels, num_classes=len(T))
    draws = generator(seed).random(len(clean))
    cumulative = np.cumsum(T.numpy(), axis=1)
    cumulative /= cumulative[:, -1:]  # exactly 1 from the last possible class on
    noisy = (draws[:, None] >= cumulative[clean.numpy()]).sum(axis=1, dtype=np.int64)
    return NoisyLabels(torch.from_numpy(noisy), clean, len(T), int(seed))
