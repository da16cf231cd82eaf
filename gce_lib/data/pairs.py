"""A data set of many classes made of one with few: two images side by side."""

from dataclasses import replace

import torch

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
    train = checks.integer("train", train, 1)
    test = checks.integer("test", test, 1)
    parts = {"train": (train, 0), "test": (test, 1)}
    arrays = {}
    for part, (count, seed) in parts.items():
        images = getattr(dataset, f"{part}_images")
        labels = getattr(dataset, f"{part}_labels")
        generator = torch.Generator().manual_seed(seed)
        a, b = torch.randint(len(labels), (2, count), generator=generator)
        arrays[f"{part}_images"] = torch.cat([images[a], images[b]], dim=2)
        arrays[f"{part}_labels"] = dataset.num_classes * labels[a] + labels[b]
    classes = tuple(f"{a} | {b}" for a in dataset.classes for b in dataset.classes)
    name = f"pairs of {dataset.name}"
    return replace(dataset, name=name, classes=classes, **arrays)
