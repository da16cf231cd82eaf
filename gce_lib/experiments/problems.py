"""The noisy data set that a run trains on."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from gce_lib import noise
from gce_lib.data import DataError, ImageDataset
from gce_lib.vocabulary import OUTSIDERS, Spec

from .runs import Run

CLASS_MAPS = {
    "cifar10": noise.CIFAR10_MAP,
    "fashion-mini": noise.FASHION_MNIST_MAP,
    "fashion-mnist": noise.FASHION_MNIST_MAP,
    "fashion-mnist-h": noise.FASHION_MNIST_MAP,
}
_PEOPLES_MATRIX = {
    name: "cifar10" if name == "cifar10" else "fashion-mnist" for name in CLASS_MAPS
}
Load = Callable[[str], ImageDataset]


@dataclass(frozen=True, eq=False)
class NoisyProblem:
    """A data set and its noise.

    Attributes
    ----------
    dataset : ImageDataset
        With its clean labels; with open-set noise some images are outsiders.
    labels : NoisyLabels
        One a training image; with open-set noise all are as published.
    T : Tensor
        float64 (C, C), ``T[i, j] = P(noisy = j | clean = i)``: what the labels were
        drawn with; the realised one for instance-dependent and human noise.
    rate : float
        Realised share of wrong labels, or of outsiders.
    digest : str
        SHA-256 of all that was drawn.
    """

    dataset: ImageDataset
    labels: noise.NoisyLabels
    T: Tensor
    rate: float
    digest: str


def prepare(
    run: Run, load: Load, human: Callable[..., noise.NoisyLabels] = noise.human
) -> NoisyProblem:
    """Load a run's data set and draw its noise, the same for every loss and network.

    Parameters
    ----------
    run : Run
    load : callable
        ``load(name)`` returns a data set, as :func:`gce_lib.data.load`.
    human : callable
        ``human(name, kind, seed=s)`` returns people's labels, as
        :func:`gce_lib.noise.human`.
    """
    dataset = _part(load(run.dataset), run)
    kind = run.noise_model
    rate = kind.numbers[0] if kind.numbers else 0.0
    seed = run.seeds.noise
    if kind.name == "human":
        labels = _of_people(dataset, human(run.dataset, *kind.words, seed=seed))
        return NoisyProblem(dataset, labels, labels.T, labels.rate, labels.digest)
    if kind.name == "open-set":
        return _open_set(dataset, rate, seed, load)
    if kind.name == "instance":
        labels = noise.instance_dependent(
            dataset.train_images,
            dataset.train_labels,
            rate,
            seed=seed,
            num_classes=dataset.num_classes,
        )
        return NoisyProblem(dataset, labels, labels.T, labels.rate, labels.digest)
    T = _transition_matrix(dataset, kind, rate)
    labels = noise.corrupt(dataset.train_labels, T, seed=seed)
    return NoisyProblem(dataset, labels, T, labels.rate, labels.digest)


def _of_people(dataset: ImageDataset, labels: noise.NoisyLabels) -> noise.NoisyLabels:
    """Return the labels of the images that the run trains on."""
    count = len(dataset.train_labels)
    noisy, clean = labels.noisy[:count], labels.clean[:count]
    if not torch.equal(clean, dataset.train_labels):
        raise DataError(
            f"the images of {dataset.name} must stand in the published order, in which "
            "people labelled them, got another order of clean labels"
        )
    return noise.NoisyLabels.from_arrays(noisy, clean, labels.num_classes)


def _open_set(
    dataset: ImageDataset, rate: float, seed: int, load: Load
) -> NoisyProblem:
    outsiders = load(OUTSIDERS[dataset.name]).train_images
    opened = noise.open_set(dataset, outsiders, rate, seed=seed)
    T = noise.symmetric(dataset.num_classes, 0.0)
    labels = noise.corrupt(dataset.train_labels, T, seed=seed)
    return NoisyProblem(opened.dataset, labels, T, opened.rate, opened.digest)


def _transition_matrix(dataset: ImageDataset, kind: Spec, rate: float) -> Tensor:
    classes = dataset.num_classes
    if kind.name == "human-matrix":
        return noise.human_matrix(_PEOPLES_MATRIX[dataset.name], *kind.words)
    if kind.name == "class-map":
        return noise.class_map(classes, CLASS_MAPS[dataset.name], rate)
    if kind.name == "superclass":
        return noise.cifar100_superclasses(rate)
    if kind.name == "pair":
        return noise.pair_flip(classes, rate)
    return noise.symmetric(classes, rate)


def _part(dataset: ImageDataset, run: Run) -> ImageDataset:
    """Return the classes and training examples that the run asks for."""
    if run.num_classes is not None:
        dataset = _first_classes(dataset, run.num_classes)
    size = run.train_size
    if size is None:
        return dataset
    if size > len(dataset.train_labels):
        raise ValueError(
            f"train_size must be at most {len(dataset.train_labels)} for "
            f"{dataset.name}, got {size}"
        )
    return replace(
        dataset,
        train_images=dataset.train_images[:size],
        train_labels=dataset.train_labels[:size],
    )


def _first_classes(dataset: ImageDataset, count: int) -> ImageDataset:
    if count > dataset.num_classes:
        raise ValueError(
            f"num_classes must be at most {dataset.num_classes} for "
            f"{dataset.name}, got {count}"
        )
    train, test = dataset.train_labels < count, dataset.test_labels < count
    return replace(
        dataset,
        train_images=dataset.train_images[train],
        train_labels=dataset.train_labels[train],
        test_images=dataset.test_images[test],
        test_labels=dataset.test_labels[test],
        classes=dataset.classes[:count],
    )
