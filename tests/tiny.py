"""A data set and labels so small that a training takes a fraction of a second."""

import numpy as np
import torch

from gce_lib import noise
from gce_lib.data import ImageDataset

CLASSES = ("left", "right", "top")


def dataset(train: int = 240, test: int = 60, channels: int = 1) -> ImageDataset:
    """Images of 8 × 8 pixels, bright in the part that the class names."""
    generator = np.random.Generator(np.random.PCG64(0))

    def split(count: int) -> tuple[np.ndarray, np.ndarray]:
        labels = generator.integers(len(CLASSES), size=count)
        images = generator.integers(80, size=(count, 8, 8, channels))
        for image, label in zip(images, labels, strict=True):
            part = (np.s_[:, :4], np.s_[:, 4:], np.s_[:4])[label]
            image[part] += 120
        return images.astype(np.uint8), labels

    x_train, y_train = split(train)
    x_test, y_test = split(test)
    return ImageDataset.from_arrays(
        "tiny",
        {
            "x_train": x_train,
            "y_train": y_train,
            "x_test": x_test,
            "y_test": y_test,
            "classes": CLASSES,
        },
    )


def dataset_of(images, labels=(0,), test: ImageDataset | None = None) -> ImageDataset:
    """Images and labels of your own, which are the test set too if none is given."""
    return ImageDataset.from_arrays(
        "tiny",
        {
            "x_train": images,
            "y_train": labels,
            "x_test": images if test is None else test.test_images,
            "y_test": labels if test is None else test.test_labels,
            "classes": CLASSES,
        },
    )


def noisy(data: ImageDataset, rate: float = 0.3, seed: int = 0) -> noise.NoisyLabels:
    """Symmetric noise on the training labels."""
    T = noise.symmetric(data.num_classes, rate)
    return noise.corrupt(data.train_labels, T, seed=seed)


def same_weights(first: torch.nn.Module, second: torch.nn.Module) -> bool:
    """Whether two networks agree to the bit."""
    pairs = zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)
