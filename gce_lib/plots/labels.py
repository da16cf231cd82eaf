"""Noisy labels: images under their labels, and transition matrices."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from gce_lib.noise import NoisyLabels

from .style import BLUE, ORANGE, clean_axes


def image_wall(
    images: torch.Tensor,
    captions: Sequence[str],
    *,
    marked: Sequence[bool] | None = None,
    columns: int = 6,
) -> Figure:
    """Draw images in rows, each above its caption.

    Parameters
    ----------
    images : Tensor
        uint8 (N, H, W, C), with one channel or three.
    captions : sequence of str (N,)
    marked : sequence of bool (N,), optional
        Images to frame in orange, with a cross before their caption.
    columns : int

    Notes
    -----
    Used in book/problem/label-noise.ipynb.
    """
    pixels = np.asarray(images)
    marked = [False] * len(pixels) if marked is None else marked
    rows = -(-len(pixels) // columns)
    lines = 1 + max(caption.count("\n") for caption in captions)
    figure, grid = plt.subplots(
        rows,
        columns,
        figsize=(1.25 * columns, rows * (1.15 + 0.17 * lines)),
        layout="constrained",
        squeeze=False,
    )
    for axes in grid.flat[len(pixels) :]:
        axes.remove()
    for axes, image, caption, mark in zip(
        grid.flat, pixels, captions, marked, strict=False
    ):
        axes.imshow(image, cmap="gray_r", vmin=0, vmax=255)
        axes.set(xticks=[], yticks=[], frame_on=mark)
        axes.set_xlabel(f"✗ {caption}" if mark else caption)
        if mark:
            axes.spines[:].set(color=ORANGE, linewidth=2.5)
            axes.xaxis.label.set_color(ORANGE)
    return figure


def label_wall(
    images: torch.Tensor,
    labels: NoisyLabels,
    classes: Sequence[str],
    which: Sequence[int] = range(24),
    *,
    reveal: bool = True,
    columns: int = 6,
) -> Figure:
    """Draw some images under the labels they are given, wrong ones framed.

    Parameters
    ----------
    images : Tensor
        uint8 (N, H, W, C), all of them.
    labels : NoisyLabels
        Of the same N images.
    classes : sequence of str (C,)
    which : sequence of int
        The images to show.
    reveal : bool
        Whether to frame the wrong labels and add the true class in brackets.
    columns : int

    Notes
    -----
    Used in book/problem/label-noise.ipynb.
    """
    index = torch.as_tensor(list(which))
    given = [classes[label] for label in labels.noisy[index].tolist()]
    wrong = labels.flipped[index].tolist()
    if reveal:
        truth = [classes[label] for label in labels.clean[index].tolist()]
        given = [
            f"{name}\n({true})" if is_wrong else name
            for name, true, is_wrong in zip(given, truth, wrong, strict=True)
        ]
    marked = wrong if reveal else None
    return image_wall(images[index], given, marked=marked, columns=columns)


def transition_matrix(
    T: torch.Tensor,
    classes: Sequence[str],
    *,
    title: str = "",
    axes: Axes | None = None,
) -> Axes:
    """Draw a transition matrix as a heat map, its entries in per cent.

    The diagonal, where labels stay right, is blue, all else orange; an entry that
    rounds to 0 % is left out.

    Parameters
    ----------
    T : array-like (C, C)
        Rows are true classes, columns are given labels.
    classes : sequence of str (C,)
    title : str
    axes : Axes, optional
        Where to draw; a new figure if not given.

    Notes
    -----
    Used in book/problem/noise-models.ipynb.
    """
    if axes is None:
        axes = plt.subplots(figsize=(5, 4.4), layout="constrained")[1]
    shares = np.asarray(T)
    diagonal = np.eye(len(shares), dtype=bool)
    for part, colour in ((diagonal, BLUE), (~diagonal, ORANGE)):
        shades = LinearSegmentedColormap.from_list("shades", ["white", colour])
        shown = np.ma.array(np.sqrt(shares), mask=~part)  # small entries stay visible
        axes.imshow(shown, cmap=shades, vmin=0, vmax=1.4)
    for (i, j), value in np.ndenumerate(shares):
        if round(100 * value) > 0:
            axes.text(j, i, f"{100 * value:.0f}", ha="center", va="center", size=8)
    ticks = range(len(shares))
    axes.set_xticks(ticks, classes, rotation=90)
    axes.set_yticks(ticks, classes)
    axes.tick_params(length=0, labelsize="small")
    axes.spines[:].set_visible(False)
    axes.set(title=title, xlabel="given label", ylabel="true class")
    return axes


def realised_rates(rates: Sequence[float], noise_rate: float, count: int) -> Axes:
    """Draw a histogram of realised noise rates, and what chance makes of them.

    Parameters
    ----------
    rates : sequence of float in [0, 1]
        The share of wrong labels in each draw of the noise.
    noise_rate : float in (0, 1)
        The rate that was asked for.
    count : int
        Number of labels in a draw. The line is the normal density with mean
        `noise_rate` and variance `noise_rate` (1 − `noise_rate`) / `count`.

    Notes
    -----
    Used in book/problem/noise-models.ipynb.
    """
    axes = plt.subplots(figsize=(6.2, 3.1), layout="constrained")[1]
    axes.hist(rates, bins=12, density=True, color=BLUE, alpha=0.6, label="drawn")
    scatter = np.sqrt(noise_rate * (1 - noise_rate) / count)
    x = noise_rate + scatter * np.linspace(-4, 4, 200)
    density = np.exp(-0.5 * ((x - noise_rate) / scatter) ** 2)
    density /= scatter * np.sqrt(2 * np.pi)
    axes.plot(x, density, color=ORANGE, linestyle="--", label="binomial")
    axes.set(xlabel="realised noise rate of a draw", ylabel="density")
    axes.legend(frameon=False)
    return clean_axes(axes)
