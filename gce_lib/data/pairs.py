"""A data set of many classes made of one with few: two images side by side."""

from dataclasses import replace

import torch
from torch import Tensor

from gce_lib import checks

from .dataset import ImageDataset


def side_by_side(
    dataset: ImageDataset, *, train: int = 10_000, test: int = 2_000
) -> ImageDataset:
    """Put random pairs of images side by side; each pair of classes is a class.

    Taught in book/practice/choosing-q.ipynb.

    Parameters
    ----------
    dataset : ImageDataset
        With c classes and images of shape (H, W, C).
    train, test : int
        Number of pairs, at least 1. Both are drawn with replacement, always the same.

    Returns
    -------
    ImageDataset
        With c² classes, c·a + b for a on the left and b on the right, and images of
        shape (H, 2W, C).
    """
    whole = dataset.kind == "images" and len(dataset.test_images)
    if not whole:
        raise ValueError(
            f"dataset must have images to train and to test on, got {dataset!r}"
        )
    train = checks.integer("train", train, 1)
    test = checks.integer("test", test, 1)
    classes = tuple(f"{a} | {b}" for a in dataset.classes for b in dataset.classes)
    many = dataset.num_classes
    train_images, train_labels = _pairs(
        dataset.train_images, dataset.train_labels, many, train, seed=0
    )
    test_images, test_labels = _pairs(
        dataset.test_images, dataset.test_labels, many, test, seed=1
    )
    return replace(
        dataset,
        name=f"pairs of {dataset.name}",
        classes=classes,
        train_images=train_images,
        train_labels=train_labels,
        test_images=test_images,
        test_labels=test_labels,
    )


def _pairs(
    images: Tensor, labels: Tensor, num_classes: int, count: int, seed: int
) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    a, b = torch.randint(len(labels), (2, count), generator=generator)
    return torch.cat([images[a], images[b]], dim=2), num_classes * labels[a] + labels[b]
