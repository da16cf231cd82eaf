"""The noisy data set that a run trains on."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from torch import Tensor

from gce_lib import noise
from gce_lib.data import ImageDataset
from gce_lib.vocabulary import OUTSIDERS

from .runs import Run

CLASS_MAPS = {
    "cifar10": noise.CIFAR10_MAP,
    "fashion-mini": noise.FASHION_MNIST_MAP,
    "fashion-mnist": noise.FASHION_MNIST_MAP,
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
        drawn with; the realised one for instance-dependent noise.
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


def prepare(run: Run, load: Load) -> NoisyProblem:
    """Load a run's data set and draw its noise, the same for every loss and network.

    Parameters
    ----------
    run : Run
    load : callable
        ``load(name)`` returns a data set, as :func:`gce_lib.data.load`.
    """
    dataset = _part(load(run.dataset), run)
    kind = run.noise_model
    rate = kind.values[0] if kind.values else 0.0
    seed = run.seeds.noise
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
    T = _transition_matrix(dataset, kind.name, rate)
    labels = noise.corrupt(dataset.train_labels, T, seed=seed)
    return NoisyProblem(dataset, labels, T, labels.rate, labels.digest)


def _open_set(dataset: ImageDataset, rate: float, seed: int, load: Load):
    outsiders = load(OUTSIDERS[dataset.name]).train_images
    opened = noise.open_set(dataset, outsiders, rate, seed=seed)
    T = noise.symmetric(dataset.num_classes, 0.0)
    labels = noise.corrupt(dataset.train_labels, T, seed=seed)
    return NoisyProblem(opened.dataset, labels, T, opened.rate, opened.digest)


def _transition_matrix(dataset: ImageDataset, name: str, rate: float) -> Tensor:
    classes = dataset.num_classes
    if name == "class-map":
        return noise.class_map(classes, CLASS_MAPS[dataset.name], rate)
    if name == "superclass":
        return noise.cifar100_superclasses(rate)
    if name == "pair":
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
