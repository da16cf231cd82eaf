"""The training examples: labels to learn from, which are wrong, which are held out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from gce_lib.data import ImageDataset, class_indices
from gce_lib.noise import NoisyLabels


@dataclass(frozen=True, eq=False)
class Split:
    """Labels and split of a training set; indices are positions in that set.

    Attributes
    ----------
    labels : Tensor
        int64 (N,), noisy.
    flipped : Tensor
        bool (N,), where the label is wrong.
    train, validation : Tensor
        int64, rising, together a partition of 0 … N − 1. Both have noisy labels.
    """

    labels: Tensor
    flipped: Tensor
    train: Tensor
    validation: Tensor

    @classmethod
    def of(
        cls,
        dataset: ImageDataset,
        labels: NoisyLabels | Tensor | ArrayLike | None,
        validation: float,
        seed: int,
    ) -> Split:
        """Hold out a random share of a data set's training examples.

        Parameters
        ----------
        dataset : ImageDataset
        labels : NoisyLabels, Tensor, array-like or None
            None: those of the data set. Integers (N,) are wrong where they differ from
            those.
        validation : float
            Share to hold out, in [0, 1).
        seed : int

        Raises
        ------
        ValueError, TypeError
            The labels are not a class index an example, or nothing is left to train on.
        """
        clean = dataset.train_labels.cpu()
        if labels is None:
            labels = clean
        flipped: Tensor | None = None
        if isinstance(labels, NoisyLabels):
            flipped = labels.flipped
            labels = labels.noisy
        labels = class_indices("labels", labels, len(clean), dataset.num_classes).cpu()
        if flipped is None:
            flipped = labels != clean
        generator = np.random.Generator(np.random.PCG64(seed))
        order = torch.from_numpy(generator.random(len(labels)).argsort(kind="stable"))
        held_out = round(validation * len(labels))
        if held_out == len(labels):
            raise ValueError(
                "validation must leave an example to train on, "
                f"got {validation} of {len(labels)}"
            )
        return cls(
            labels=labels,
            flipped=flipped,
            train=order[held_out:].sort().values,
            validation=order[:held_out].sort().values,
        )
