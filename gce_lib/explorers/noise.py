"""Label noise, drawn live: its matrix, what it does to the labels, and to 36 images."""

import base64
import io
from copy import deepcopy
from functools import cache
from typing import Any

import numpy as np
import torch
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from gce_lib import data, noise, plots
from gce_lib.noise.labels import draw_labels
from gce_lib.rng import generator

from .base import Explorer, Interval, styles
from .bundle import bundle

COLUMNS, ROWS = 6, 6
KINDS = {
    "uniform": lambda rate: noise.symmetric(10, rate),
    "redrawn": lambda rate: noise.symmetric(10, rate, self_flips=True),
    "pair": lambda rate: noise.pair_flip(10, rate),
    "class-map": lambda rate: noise.class_map(10, noise.FASHION_MNIST_MAP, rate),
}
TITLES = {
    "uniform": "uniform noise",
    "redrawn": "labels redrawn over all classes",
    "pair": "pair noise",
    "class-map": "class-dependent noise",
}


class NoiseExplorer(Explorer):
    """A transition matrix, the labels it leaves, and a wall of relabelled images.

    The images are the first 36 of fashion-mini.  Each has two random numbers of its
    own: whether its label is flipped at this rate, and to what.  So a higher rate only
    adds wrong labels.  Taught in book/problem/noise-models.ipynb.

    Attributes
    ----------
    kind : "uniform", "redrawn", "pair" or "class-map"
        Uniform noise without and with self-flips, each class to the next one, or the
        class-dependent noise of Fashion-MNIST.
    rate : float in [0, 1]
        The nominal rate, as `gce_lib.noise` takes it.

    Raises
    ------
    traitlets.TraitError
        If a value lies outside its range, at construction or later.
    """

    _esm = bundle("noise/noise.js")
    _css = styles("noise/noise.css")
    _heights = (800, 1650)

    kind = traitlets.Enum(list(KINDS), "uniform").tag(sync=True)
    rate = Interval(0.4, "[0, 1]")
    examples = traitlets.Dict(read_only=True).tag(sync=True)

    @traitlets.default("examples")
    def _examples(self) -> dict:
        return deepcopy(examples())

    @property
    def T(self) -> torch.Tensor:
        """The transition matrix, float64, shape (10, 10)."""
        return KINDS[self.kind](self.rate)

    @property
    def given(self) -> torch.Tensor:
        """The labels of the 36 images under this noise, int64, shape (36,)."""
        clean = torch.tensor(self.examples["clean"])
        flip, target = torch.tensor(self.examples["draws"], dtype=torch.float64).T
        others = self.T.fill_diagonal_(0)[clean]
        return torch.where(flip < others.sum(dim=1), draw_labels(others, target), clean)

    def still(self) -> Figure:
        """Draw the present state with matplotlib."""
        figure = Figure(figsize=(9, 5.2), layout="constrained")
        grid = figure.add_gridspec(2, 2, height_ratios=(4, 1))
        names = self.examples["names"]
        T, prior = self.T, torch.tensor(self.examples["prior"], dtype=torch.float64)
        plots.transition_matrix(T, names, axes=figure.add_subplot(grid[0, 0]))
        bars = figure.add_subplot(grid[1, 0])
        right, total = (prior * T.diagonal()).numpy(), (prior @ T).numpy()
        bars.bar(names, right, color=plots.BLUE, label="right")
        bars.bar(names, total - right, bottom=right, color=plots.ORANGE, label="wrong")
        bars.set(xticks=[], ylabel="labels")
        bars.legend(frameon=False, fontsize="small", ncols=2, loc="upper left")
        bars.set_ylim(0, 0.3)
        bars.spines[["top", "right"]].set_visible(False)
        _draw_wall(figure.add_subplot(grid[:, 1]), self.given, names)
        return figure

    def alt(self) -> str:
        """Say what the still figure shows."""
        wrong = (self.given != torch.tensor(self.examples["clean"])).sum().item()
        return (
            f"The transition matrix of {TITLES[self.kind]} at a rate of"
            f" {self.rate:.2f} as a heat map of ten classes of clothing; below it, for"
            " each class, how many labels name it, rightly and wrongly; beside it 36"
            f" images with their labels, {wrong} of them wrong."
        )


@cache
def examples() -> dict:
    """What the page needs to know of fashion-mini, ready for JSON."""
    dataset, count = data.load("fashion-mini"), COLUMNS * ROWS
    labels = dataset.train_labels
    return {
        "names": ["T-shirt", *dataset.classes[1:]],
        "map": {str(i): j for i, j in noise.FASHION_MNIST_MAP.items()},
        "prior": (torch.bincount(labels, minlength=10) / len(labels)).tolist(),
        "clean": labels[:count].tolist(),
        "draws": generator(0).random((count, 2)).tolist(),
        "sprite": _sprite_url(_mosaic(dataset.train_images[:count])),
    }


def _mosaic(images: torch.Tensor) -> np.ndarray:
    """Gray images (N, H, W, 1), a row after the other, as one (rows H, columns W)."""
    _, height, width, _ = images.shape
    grid = images.reshape(ROWS, COLUMNS, height, width).permute(0, 2, 1, 3)
    return grid.reshape(ROWS * height, COLUMNS * width).numpy()


def _sprite_url(gray: np.ndarray) -> str:
    """A gray image as a PNG whose opacity it is, to be filled with any colour."""
    file = io.BytesIO()
    pixels = np.stack([np.zeros_like(gray), gray], axis=-1)
    Image.fromarray(pixels, "LA").save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def _draw_wall(axes: Axes, given: torch.Tensor, names: list[str]) -> None:
    """Draw the images above their labels; the wrong ones orange, with a cross."""
    dataset = data.load("fashion-mini")
    clean = dataset.train_labels[: len(given)]
    for i, label in enumerate(given.tolist()):
        row, column = divmod(i, COLUMNS)
        left, top = 40 * column, 46 * row
        image = 255 - dataset.train_images[i, :, :, 0].numpy()
        extent = (left, left + 28, top + 28, top)
        axes.imshow(image, cmap="gray", vmin=0, vmax=255, extent=extent)
        text, colour = names[label], "black"
        if label != clean[i]:
            text, colour = f"✗ {text}\n({names[clean[i]]})", plots.ORANGE
        where: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": 6}
        axes.text(left + 14, top + 30, text, color=colour, **where)
    axes.set(xlim=(-6, 40 * COLUMNS - 6), ylim=(46 * ROWS, -2))
    axes.set_axis_off()
