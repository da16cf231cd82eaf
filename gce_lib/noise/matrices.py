"""Label noise: transition matrices, and labels drawn from them.

A transition matrix is a float64 tensor of shape (C, C) with
``T[i, j] = P(noisy = j | clean = i)``: a row per clean class, rows sum to 1.
Taught in book/problem/noise-models.ipynb.

Whatever is wrong with an argument is a TypeError (of the wrong kind) or a ValueError
(out of its range), in one sentence.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gce_lib import checks
from gce_lib.rng import generator

from .checks import (
    check_labels,
    check_mapping,
    check_num_classes,
    check_probabilities,
    check_rate,
    check_transition_matrix,
)
from .class_maps import next_in_superclass
from .labels import NoisyLabels, draw_labels


def symmetric(num_classes: int, rate: float, *, self_flips: bool = False) -> Tensor:
    """Uniform noise: every wrong label is equally likely.

    Taught in book/problem/noise-models.ipynb.

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
    """
    num_classes, rate = check_num_classes(num_classes), check_rate(rate)
    eta = rate * (num_classes - 1) / num_classes if self_flips else rate
    T = torch.full(
        (num_classes, num_classes), eta / (num_classes - 1), dtype=torch.float64
    )
    return T.fill_diagonal_(1 - eta)


def pair_flip(num_classes: int, rate: float) -> Tensor:
    """Pair noise: class i becomes class i + 1, the last one class 0.

    Taught in book/problem/noise-models.ipynb.

    Parameters
    ----------
    num_classes : int
        Number of classes C, at least 2.
    rate : float
        Probability in [0, 1] that a label is flipped.

    Returns
    -------
    Tensor
        T, float64, shape (C, C).
    """
    num_classes = check_num_classes(num_classes)
    following = {i: (i + 1) % num_classes for i in range(num_classes)}
    return class_map(num_classes, following, rate)


def class_map(num_classes: int, mapping: Mapping[int, int], rate: float) -> Tensor:
    """Class-dependent noise: some classes are taken for one other class.

    Taught in book/problem/noise-models.ipynb.

    Parameters
    ----------
    num_classes : int
        Number of classes C, at least 2.
    mapping : Mapping of int to int
        The class each confused class becomes, such as `CIFAR10_MAP`; classes that are
        no key keep their labels.
    rate : float
        Probability in [0, 1] that a label of a confused class is flipped.

    Returns
    -------
    Tensor
        T, float64, shape (C, C).
    """
    num_classes, rate = check_num_classes(num_classes), check_rate(rate)
    T = torch.eye(num_classes, dtype=torch.float64)
    for source, target in check_mapping(mapping, num_classes).items():
        T[source, source], T[source, target] = 1 - rate, rate
    return T


def cifar100_superclasses(rate: float) -> Tensor:
    """CIFAR-100 noise: a class becomes the next one of its superclass, circularly.

    The superclasses are the data set's own 20 groups of 5 classes, listed in
    `gce_lib.class_maps`, not blocks of 5 successive indices.

    Taught in book/problem/noise-models.ipynb.

    Parameters
    ----------
    rate : float
        Probability in [0, 1] that a label is flipped.

    Returns
    -------
    Tensor
        T, float64, shape (100, 100).
    """
    return class_map(100, next_in_superclass(), rate)


def corrupt(labels: Any, T: Any, *, seed: int) -> NoisyLabels:
    """Draw a noisy label for every clean one, independently, from its row of T.

    Taught in book/problem/noise-models.ipynb.

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
    """
    T = check_transition_matrix(T)
    clean = check_labels(labels, num_classes=len(T))
    draws = torch.from_numpy(generator(seed).random(len(clean)))
    return NoisyLabels(draw_labels(T[clean], draws), clean, len(T), int(seed))


def estimate_transition_matrix(
    probabilities: Any, *, percentile: float = 100.0
) -> Tensor:
    """Estimate T from the predictions of a model that was trained on noisy labels.

    The anchor points of Patrini et al. (2017), *Making Deep Neural Networks Robust to
    Label Noise*: the example that the model is surest to be of class i is taken to be
    of class i, so its predicted distribution of noisy labels is row i of T.

    Taught in book/problem/noise-models.ipynb.

    Parameters
    ----------
    probabilities : Tensor or array-like
        Predicted probabilities of the noisy labels, shape (N, C), N at least 1; rows
        sum to 1 within 1e-3.
    percentile : float
        In [0, 100].  Below 100 the anchor of class i is the example at this percentile
        of the predicted probabilities of class i, which outliers cannot decide.

    Returns
    -------
    Tensor
        The estimate of T, float64, shape (C, C), rows sum to 1.
    """
    probabilities = check_probabilities(probabilities)
    percentile = checks.number("percentile", percentile, 0, 100)
    last = len(probabilities) - 1
    ranked = probabilities.argsort(dim=0, stable=True)  # (N, C)
    anchors = ranked[round(percentile / 100 * last)]  # (C,)
    T = probabilities[anchors]
    return T / T.sum(dim=1, keepdim=True)
