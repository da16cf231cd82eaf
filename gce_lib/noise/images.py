"""Noise that depends on the image: instance-dependent labels, open-set images."""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gce_lib import checks
from gce_lib.rng import generator

from .checks import as_labels, as_tensor, check_labels, check_num_classes, check_rate
from .labels import NoisyLabels, draw_labels

FLIP_RATE_STD = 0.1


def instance_dependent(
    images: Any, labels: Any, rate: float, *, seed: int, num_classes: int | None = None
) -> NoisyLabels:
    """Flip each label with a probability, and to a class, that depend on its image.

    The part-dependent noise of Xia et al. (2020), *Part-dependent Label Noise: Towards
    Instance-dependent Label Noise*.  Image x of class y is flipped with a probability
    ρ of its own, drawn from a normal distribution with mean `rate` and standard
    deviation 0.1, truncated; a flipped label is j ≠ y with probability
    softmax over j ≠ y of (x · W_y)_j, where the matrix W_y, one a class, has standard
    normal entries.  Images are standardised first (one mean and one standard deviation
    for all pixels).  We differ in one point: the normal distribution is truncated to
    the widest interval inside [0, 1] that has `rate` in its middle, not to [0, 1], so
    that the expected noise rate is exactly `rate`, for small rates too.

    Taught in book/problem/noise-models.ipynb.

    Parameters
    ----------
    images : Tensor or array
        Images, shape (N, ...), any real dtype.
    labels : Tensor or array-like
        Clean labels, integers in [0, C), shape (N,).
    rate : float
        Expected noise rate, in [0, 1].
    seed : int
        Seed of the draw, at least 0.
    num_classes : int, optional
        Number of classes C; the largest label plus one if not given.

    Returns
    -------
    NoisyLabels
        Noisy and clean labels with the realised rate, realised T and a digest.
    """
    rate, rng = check_rate(rate), generator(seed)
    if num_classes is None:
        num_classes = max([1, *as_labels(labels).tolist()]) + 1
    num_classes = check_num_classes(num_classes)
    clean = check_labels(labels, num_classes)
    images = _check_images(images, len(clean))
    mean, deviation = _pixel_statistics(images)
    flip_rates = _flip_rates(rng, rate, len(clean))
    draws = torch.from_numpy(rng.random(len(clean)))
    noisy = clean.clone()
    for y in range(num_classes):
        of_class = clean == y
        features = (images[of_class].double().flatten(start_dim=1) - mean) / deviation
        scores = features @ _standard_normal(rng, (features.shape[1], num_classes))
        scores[:, y] = -torch.inf
        probabilities = flip_rates[of_class, None] * scores.softmax(dim=1)
        probabilities[:, y] = 1 - flip_rates[of_class]
        noisy[of_class] = draw_labels(probabilities, draws[of_class])
    return NoisyLabels(noisy, clean, num_classes, int(seed))


@dataclass(frozen=True, eq=False)
class OpenSet:
    """A data set some of whose training images show none of its classes.

    Made by `gce_lib.noise.open_set`.  Taught in book/problem/noise-models.ipynb.

    Attributes
    ----------
    dataset : ImageDataset
        The data set with some training images replaced; labels and test images as
        they were.
    source : Tensor
        For each training image the index of the outsider that replaced it, or -1;
        int64, shape (N,).
    seed : int
        The seed the images were drawn with.
    replaced : Tensor
        Where the image was replaced, bool, shape (N,).
    rate : float
        The realised share of replaced images, in [0, 1].
    digest : str
        SHA-256 of `source`, 64 hexadecimal digits, the same on every platform.
    """

    dataset: Any
    source: Tensor
    seed: int

    @cached_property
    def replaced(self) -> Tensor:
        return self.source >= 0

    @cached_property
    def rate(self) -> float:
        return self.replaced.double().mean().item()

    @cached_property
    def digest(self) -> str:
        data = self.source.numpy().astype("<i8").tobytes()
        return hashlib.sha256(b"open-set images\n" + data).hexdigest()


def open_set(dataset: Any, outsiders: Tensor, rate: float, *, seed: int) -> OpenSet:
    """Replace training images by images of other classes and keep their labels.

    Each training image is replaced with probability `rate`, independently; no outsider
    is used twice.  Labels and test images stay.

    Taught in book/problem/noise-models.ipynb.

    Parameters
    ----------
    dataset : ImageDataset
        Or any dataclass with `train_images`, a uint8 tensor of shape
        (N, H, W, channels).
    outsiders : Tensor
        Images of none of the classes, uint8, shape (M, H, W, channels).
    rate : float
        Expected share of replaced images, in [0, 1].
    seed : int
        Seed of the draw, at least 0.

    Returns
    -------
    OpenSet
        The new data set, where it was changed, and a digest.
    """
    rate, rng = check_rate(rate), generator(seed)
    images = getattr(dataset, "train_images", None)
    if not isinstance(images, Tensor):
        raise TypeError(
            "dataset must be a data set with train_images, such as gce_lib.data.load "
            f"returns, got {checks.told(dataset)}"
        )
    if not isinstance(outsiders, Tensor):
        raise TypeError(
            f"outsiders must be a tensor of images, got {checks.told(outsiders)}"
        )
    if outsiders.dtype != images.dtype or outsiders.shape[1:] != images.shape[1:]:
        raise ValueError(
            f"outsiders must be {images.dtype} images of shape "
            f"{tuple(images.shape[1:])} like the training images, got "
            f"{outsiders.dtype} of shape {tuple(outsiders.shape[1:])}"
        )
    replaced = torch.from_numpy(rng.random(len(images)) < rate)
    count = int(replaced.sum())
    if len(outsiders) < count:
        raise ValueError(
            f"outsiders must be at least {count} images to replace {count} of "
            f"{len(images)}, got {len(outsiders)}"
        )
    order = torch.from_numpy(np.argsort(rng.random(len(outsiders)), kind="stable"))
    source = torch.full((len(images),), -1)
    source[replaced] = order[:count]
    new_images = images.clone()
    new_images[replaced] = outsiders[order[:count]]
    return OpenSet(replace(dataset, train_images=new_images), source, int(seed))


def _check_images(images: Any, count: int) -> Tensor:
    """Return `images` as a tensor (N, ...) on the CPU, as many as the labels."""
    images = as_tensor("images", images)
    if images.ndim < 2 or len(images) != count:
        raise ValueError(
            f"images must have a shape (N, ...) with N = {count} like the labels, "
            f"got {tuple(images.shape)}"
        )
    if not torch.isfinite(images).all():
        raise ValueError("images must be finite, got a NaN or infinite value")
    return images


def _pixel_statistics(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and standard deviation of all pixels (1 if they are all alike)."""
    chunks = images.split(4096)  # a whole data set in float64 need not fit in memory
    mean = sum(chunk.double().sum() for chunk in chunks) / images.numel()
    squares = sum((chunk.double() - mean).square().sum() for chunk in chunks)
    deviation = (squares / images.numel()).sqrt()
    return mean, torch.where(deviation > 0, deviation, 1.0)


def _flip_rates(rng: np.random.Generator, rate: float, count: int) -> Tensor:
    """Draw from a normal distribution around `rate`, cut off evenly on both sides."""
    reach = torch.tensor(min(rate, 1 - rate) / FLIP_RATE_STD, dtype=torch.float64)
    low, high = torch.special.ndtr(-reach), torch.special.ndtr(reach)
    u = torch.from_numpy(rng.random(count))
    deviates = torch.special.ndtri(low + (high - low) * u)
    return rate + FLIP_RATE_STD * deviates.clamp(-reach, reach)


def _standard_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Tensor:
    """Draw standard normal numbers by inversion, the same on every platform."""
    u = torch.from_numpy(rng.random(shape)).clamp(min=2.0**-54)
    return torch.special.ndtri(u)
