"""A folder of data sets with the names of the real ones and images of 8 × 8 pixels."""

from pathlib import Path

import numpy as np

from gce_lib.experiments import grid

SIZES = {"fashion-mnist": (1, 10), "cifar10": (3, 10), "cifar100": (3, 100)}


def write(root: Path) -> Path:
    """Write the files that ``load(name, root=root)`` finds, and return the folder."""
    for name, (channels, classes) in SIZES.items():
        generator = np.random.Generator(np.random.PCG64(classes + channels))
        patterns = generator.integers(176, size=(classes, 8, 8, channels))
        arrays = {"classes": np.array([f"class {i}" for i in range(classes)])}
        for part, count in (("train", 600), ("test", 200)):
            labels = np.arange(count) % classes
            images = patterns[labels] + generator.integers(80, size=(count, 8, 8, 1))
            arrays |= {f"x_{part}": images.astype(np.uint8), f"y_{part}": labels}
        np.savez(root / f"{name}.npz", **arrays)
    return root


def short_runs(epochs: int = 2, **choices):
    """Return runs that take a fraction of a second each."""
    return grid(dataset="fashion-mnist", epochs=epochs, **choices)
