"""Label noise: transition matrices, labels drawn from them, noise that sees images.

A transition matrix is a float64 tensor of shape (C, C) with
``T[i, j] = P(noisy = j | clean = i)``: a row per clean class, rows sum to 1.
Taught in book/problem/noise-models.ipynb.
"""

from .checks import check_transition_matrix
from .class_maps import CIFAR10_MAP, FASHION_MNIST_MAP
from .cleaning import label_issues
from .human import KINDS as HUMAN_KINDS
from .human import human, human_matrix
from .images import OpenSet, instance_dependent, open_set
from .labels import NoisyLabels
from .matrices import (
    cifar100_superclasses,
    class_map,
    corrupt,
    estimate_transition_matrix,
    pair_flip,
    symmetric,
)

__all__ = [
    "CIFAR10_MAP",
    "FASHION_MNIST_MAP",
    "HUMAN_KINDS",
    "NoisyLabels",
    "OpenSet",
    "check_transition_matrix",
    "cifar100_superclasses",
    "class_map",
    "corrupt",
    "estimate_transition_matrix",
    "human",
    "human_matrix",
    "instance_dependent",
    "label_issues",
    "open_set",
    "pair_flip",
    "symmetric",
]
