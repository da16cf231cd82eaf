"""The training examples: labels to learn from, which are wrong, which are held out."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gce_lib.data import ImageDataset
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
    def of(cls, dataset: ImageDataset, labels, validation: float, seed: int):
        """Hold out a random share of a data set's training examples.

        Parameters
        ----------
        dataset : ImageDataset
        labels : NoisyLabels, Tensor or None
            None: those of the data set. A tensor, int64 (N,), is wrong where it differs
            from those.
        validation : float
            Share to hold out, in [0, 1).
        seed : int

        Raises
        ------
        ValueError
            The labels are not one class index an image, or the share is out of range.
        """
        clean = dataset.train_labels.cpu()
        if labels is None:
            labels = clean
        if isinstance(labels, NoisyLabels):
            labels, flipped = labels.noisy, labels.flipped
        else:
            labels, flipped = torch.as_tensor(labels).cpu(), None
        if labels.shape != clean.shape or labels.dtype != torch.int64:
            raise ValueError(
                f"labels must be int64 {tuple(clean.shape)}, "
                f"got {labels.dtype} {tuple(labels.shape)}"
            )
        if labels.min() < 0 or labels.max() >= dataset.num_classes:
            raise ValueError(
                f"labels must be in [0, {dataset.num_classes - 1}], "
                f"got {labels.min()} to {labels.max()}"
            )
        if not 0 <= validation < 1:
            raise ValueError(f"validation must be in [0, 1), got {validation}")
        if flipped is None:
            flipped = labels != clean
        generator = np.random.Generator(np.random.PCG64(seed))
        order = torch.from_numpy(generator.random(len(labels)).argsort(kind="stable"))
        held_out = round(validation * len(labels))
        return cls(
            labels=labels,
            flipped=flipped,
            train=order[held_out:].sort().values,
            validation=order[:held_out].sort().values,
        )
