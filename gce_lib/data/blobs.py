"""A data set made on the spot: clouds of points that any network can tell apart."""

import numpy as np

from .dataset import ImageDataset

SIDE = 4  # of an image, in pixels
TEST_PER_CLASS = 10


def blobs(
    num_classes: int = 100,
    *,
    per_class: int = 60,
    width: float = 14.0,
    seed: int = 0,
) -> ImageDataset:
    """Make Gaussian clouds around random centres, as grey images of 4 × 4 pixels.

    Taught in book/theory/ce-and-mae.ipynb.

    Parameters
    ----------
    num_classes : int
        Number of clouds, at least 2.
    per_class : int
        Training images of each class, at least 1; there are 10 test images of each.
    width : float
        Standard deviation of a cloud in grey values, at least 0; the centres lie
        between 50 and 205 in each pixel.
    seed : int

    Returns
    -------
    ImageDataset
        ``"blobs"``, with the classes in turn: 0, 1, …, 0, 1, …

    Raises
    ------
    ValueError
        An argument is out of its range.
    """
    for name, value, least in (
        ("num_classes", num_classes, 2),
        ("per_class", per_class, 1),
        ("width", width, 0),
    ):
        if not value >= least:
            raise ValueError(f"{name} must be at least {least}, got {value!r}")
    rng = np.random.Generator(np.random.PCG64(seed))
    centres = rng.uniform(50, 205, (num_classes, SIDE, SIDE))

    def draw(count: int):
        labels = np.arange(num_classes * count) % num_classes
        scatter = width * rng.standard_normal((len(labels), SIDE, SIDE))
        return (centres[labels] + scatter).clip(0, 255).astype(np.uint8), labels

    x_train, y_train = draw(per_class)
    x_test, y_test = draw(TEST_PER_CLASS)
    classes = [f"blob {i}" for i in range(num_classes)]
    arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test}
    return ImageDataset.from_arrays(
        "blobs", arrays | {"y_test": y_test, "classes": classes}
    )
