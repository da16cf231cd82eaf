"""Tokens by their weight, and what is cut out of an image."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from .style import BLUE, ORANGE

MASKS = ListedColormap(["white", BLUE, ORANGE])
DARK = 0.55  # the weight from which a letter is white


def token_weights(
    lines: Sequence[str], weights: Mapping[str, Sequence], wrong: Sequence[bool]
) -> Figure:
    """Write lines of tokens, each token the darker the larger its weight.

    Parameters
    ----------
    lines : sequence of str (N,)
        One token a character. All have the same length.
    weights : mapping of title -> array-like (N, M)
        Weights in [0, 1] of the last M tokens; a panel for each title. The other
        tokens are not trained on and stay grey.
    wrong : sequence of bool (N,)
        Lines to put a cross before.

    Notes
    -----
    Used in book/practice/other-places.ipynb.
    """
    figure, row = plt.subplots(
        1, len(weights), figsize=(7.6, 0.32 * len(lines) + 0.6), layout="constrained"
    )
    for axes, (title, given) in zip(np.atleast_1d(row), weights.items(), strict=True):
        values = np.asarray(given)
        first = len(lines[0]) - values.shape[1]
        extent = (first - 0.5, len(lines[0]) - 0.5, len(lines) - 0.5, -0.5)
        axes.imshow(values, cmap="Blues", vmin=0, vmax=1, extent=extent, aspect="auto")
        of_lines = zip(lines, values.tolist(), wrong, strict=True)
        for i, (line, weight, cross) in enumerate(of_lines):
            _write(axes, i, line, [None] * first + weight, cross)
        axes.set(title=title, xlim=(-1.8, len(lines[0]) - 0.5), xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    return figure


def _write(
    axes: Axes, i: int, line: str, weights: list[float | None], wrong: bool
) -> None:
    for j, (token, weight) in enumerate(zip(line, weights, strict=True)):
        colour = "white" if weight is not None and weight > DARK else "black"
        colour = "0.45" if weight is None else colour
        axes.text(
            j, i, token, color=colour, ha="center", va="center", family="monospace"
        )
    if wrong:
        axes.text(-1.2, i, "✗", color=ORANGE, ha="center", va="center")


def masks(images: torch.Tensor, rows: Mapping[str, torch.Tensor]) -> Figure:
    """Draw images and, below them, what several networks or people cut out of them.

    Parameters
    ----------
    images : Tensor
        float (N, 1, H, W).
    rows : mapping of title -> Tensor
        Integers (N, H, W): 0 background, 1 and 2 the classes; 255 is left grey.

    Notes
    -----
    Used in book/practice/other-places.ipynb.
    """
    count = len(images)
    figure, grid = plt.subplots(
        1 + len(rows),
        count,
        figsize=(1.1 * count, 1.15 * (1 + len(rows))),
        layout="constrained",
        squeeze=False,
    )
    for axes, image in zip(grid[0], images, strict=True):
        axes.imshow(image[0], cmap="gray")
    for line, found in zip(grid[1:], rows.values(), strict=True):
        for axes, mask in zip(line, found, strict=True):
            known = np.ma.masked_greater(np.asarray(mask), 2)
            axes.set_facecolor("0.8")
            axes.imshow(known, cmap=MASKS, vmin=0, vmax=2, interpolation="nearest")
    for axes, title in zip(grid[:, 0], ("image", *rows), strict=True):
        axes.set_ylabel(title)
    for axes in grid.flat:
        axes.set(xticks=[], yticks=[])
    return figure
