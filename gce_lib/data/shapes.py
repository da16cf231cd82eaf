"""Discs and squares to cut out, outlined by somebody who is sometimes in a hurry."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gce_lib import checks, rng

SIDE = 32  # of an image, in pixels
UNKNOWN = 255  # the mask of a pixel that nobody looked at
GREYS = (0.0, 1.0, -1.0)  # background, disc, square
SCATTER = 0.4  # standard deviation of the noise in a pixel


@dataclass(frozen=True, eq=False)
class Shapes:
    """Images with one shape each, and what is said of each pixel.

    Attributes
    ----------
    images : Tensor
        float32 (N, 1, 32, 32).
    masks : Tensor
        int64 (N, 32, 32): 0 background, 1 disc, 2 square.
    drawn : Tensor
        int64 (N, 32, 32): as outlined, some of them too large; 255 along the frame.
    """

    images: Tensor
    masks: Tensor
    drawn: Tensor


def shapes(count: int, *, sloppy: float = 0.4, seed: int = 0) -> Shapes:
    """Make noisy images of a bright disc or a dark square each, and their masks.

    Taught in book/practice/other-places.ipynb.

    Parameters
    ----------
    count : int
        At least 1.
    sloppy : float in [0, 1]
        Share of outlines that run one to four pixels outside of the shape.
    seed : int
    """
    checks.integer("count", count, 1)
    checks.number("sloppy", sloppy, 0, 1)
    random = rng.generator(seed)
    kinds = random.integers(1, 3, (count, 1, 1))
    centres = random.integers(11, 21, (2, count, 1, 1))
    sizes = random.integers(5, 9, (count, 1, 1))
    margins = random.integers(1, 5, sizes.shape) * (random.random(sizes.shape) < sloppy)
    masks = _fill(kinds, centres, sizes)
    images = np.array(GREYS)[masks] + random.normal(0, SCATTER, masks.shape)
    drawn = _fill(kinds, centres, sizes + margins)
    drawn[:, [0, -1]] = drawn[:, :, [0, -1]] = UNKNOWN
    return Shapes(
        torch.from_numpy(images)[:, None].float(),
        torch.from_numpy(masks),
        torch.from_numpy(drawn),
    )


def _fill(kinds: np.ndarray, centres: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    down, across = abs(rows - centres[0]), abs(columns - centres[1])
    disc = down**2 + across**2 <= sizes**2
    square = np.maximum(down, across) <= sizes
    return np.where(np.where(kinds == 1, disc, square), kinds, 0)
