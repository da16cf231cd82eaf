"""Label cleaning: the labels that a network contradicts with confidence."""

from typing import Any

import torch
from torch import Tensor

from .checks import check_labels, check_probabilities


def label_issues(probabilities: Any, labels: Any) -> Tensor:
    """Mark the labels that predicted probabilities contradict with confidence.

    The confident joint of Northcutt et al. (2021), *Confident Learning: Estimating
    Uncertainty in Dataset Labels*: a prediction of class j is confident if its
    probability is at least the mean one among the examples labelled j. A label is
    marked if the most probable of the confident classes is another one.

    Taught in book/practice/since-2018.ipynb.

    Parameters
    ----------
    probabilities : Tensor or array-like
        Predicted probabilities, shape (N, C), N at least 1; rows sum to 1 within 1e-3.
    labels : Tensor or array-like
        The labels to judge, integers in [0, C), shape (N,).

    Returns
    -------
    Tensor
        Bool (N,): where the label is suspected to be wrong.

    Examples
    --------
    >>> label_issues([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.1, 0.9]], [0, 0, 1, 1])
    tensor([False, False, False, False])
    >>> label_issues([[0.8, 0.2], [0.8, 0.2], [0.9, 0.1], [0.1, 0.9]], [0, 0, 1, 1])
    tensor([False, False,  True, False])
    """
    p = check_probabilities(probabilities)
    labels = check_labels(labels, p.shape[1])
    if len(labels) != len(p):
        raise ValueError(
            f"labels must have one entry a row of probabilities, {len(p)}, "
            f"got {len(labels)}"
        )
    own = torch.nn.functional.one_hot(labels, p.shape[1])
    thresholds = (p * own).sum(dim=0) / own.sum(dim=0)  # NaN for a class without labels
    highest, confident = torch.where(p >= thresholds, p, -1).max(dim=1)
    return (highest >= 0) & (confident != labels)
