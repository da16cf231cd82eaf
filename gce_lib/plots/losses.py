"""Losses: curves for each q, what they pull on, their values on the simplex."""

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .style import BLUE, ORANGE, clean_axes, legend_below, q_style


def family(
    function: Callable[[torch.Tensor, float], torch.Tensor],
    qs: Sequence[float] = (0, 0.25, 0.5, 0.7, 1),
    *,
    axes: Axes | None = None,
) -> Axes:
    """Draw a quantity against the probability p of the label, a curve for each q.

    Parameters
    ----------
    function : callable
        ``function(p, q)``: the quantity, of the shape of ``p``, float64 (401,).
    qs : sequence of float in [0, 1]
    axes : Axes, optional
        Where to draw; a new figure if not given.

    Notes
    -----
    Used in book/theory/lq-loss.ipynb.
    """
    if axes is None:
        axes = plt.subplots(figsize=(6.4, 3.5), layout="constrained")[1]
    p = torch.linspace(0, 1, 401, dtype=torch.float64).clamp(min=1e-6)
    for q in qs:
        axes.plot(p, function(p, q), linewidth=2, **q_style(q))
    axes.set(xlabel="p, the probability of the label", xlim=(0, 1))
    axes.legend(frameon=False)
    return clean_axes(axes)


def paths(panels: Mapping[str, Mapping[float, Sequence[float]]], ylabel: str) -> Figure:
    """Draw what happens step by step, on a logarithmic axis, a curve for each q.

    Parameters
    ----------
    panels : mapping of title -> {q: values}
        The values after 0, 1, 2, … steps; a panel for each title.
    ylabel : str

    Notes
    -----
    Used in book/theory/lq-loss.ipynb.
    """
    figure, row = plt.subplots(
        1, len(panels), figsize=(7.8, 3.5), layout="constrained", sharey=True
    )
    for axes, (title, curves) in zip(np.atleast_1d(row), panels.items(), strict=True):
        for q, values in curves.items():
            steps = range(1, len(values))
            axes.plot(steps, values[1:], linewidth=2, **q_style(q))
        axes.set(title=title, xlabel="step", xscale="log")
        clean_axes(axes)
    np.atleast_1d(row)[0].set(ylabel=ylabel)
    legend_below(figure)
    return figure


def pull_by_probability(
    p: Sequence[float],
    wrong: Sequence[bool],
    pulls: Mapping[str, Sequence[float]],
    *,
    bins: int = 20,
) -> Figure:
    """Draw how much right and wrong labels pull on a network, by their probability.

    Parameters
    ----------
    p : array-like (N,)
        The probability that the network gives to each label.
    wrong : array-like of bool (N,)
        Whether the label is wrong.
    pulls : mapping of title -> array-like (N,)
        How hard each example pulls; a panel for each title. The bars of a panel add up
        to 1, and its title is followed by the share of the wrong labels.
    bins : int

    Notes
    -----
    Used in book/theory/lq-loss.ipynb.
    """
    probability, is_wrong = np.asarray(p), np.asarray(wrong, dtype=bool)
    figure, row = plt.subplots(
        1, len(pulls), figsize=(7.8, 3.5), layout="constrained", sharey=True
    )
    for axes, (title, pull) in zip(np.atleast_1d(row), pulls.items(), strict=True):
        share = np.asarray(pull, dtype=float)
        share = share / share.sum()
        axes.hist(
            [probability[is_wrong], probability[~is_wrong]],
            bins=np.linspace(0, 1, bins + 1),
            weights=[share[is_wrong], share[~is_wrong]],
            stacked=True,
            color=[ORANGE, BLUE],
            hatch=["///", ""],
            edgecolor="white",
            linewidth=0,
            label=["wrong labels", "right labels"],
        )
        axes.set_title(
            f"{title}\nwrong labels: {share[wrong].sum():.0%} of the pull",
            fontsize="medium",
        )
        axes.set(xlabel="p of the label")
        clean_axes(axes)
    np.atleast_1d(row)[0].set(ylabel="share of the whole pull")
    legend_below(figure)
    return figure


def simplex(
    panels: Mapping[str, Callable[[torch.Tensor], torch.Tensor]],
    label: str,
    *,
    points: int = 80,
) -> Figure:
    """Draw functions of a prediction over all distributions on three classes.

    The corners of a triangle are the one-hot predictions, its middle is the uniform
    one.

    Parameters
    ----------
    panels : mapping of title -> function
        ``function(f)`` with f float64 (N, 3), rows that sum to 1, returns (N,).
    label : str
        What the colours mean, one scale for all panels.
    points : int
        Number of steps along a side of the triangle.

    Notes
    -----
    Used in book/theory/bounds.ipynb.
    """
    i, j = np.mgrid[: points + 1, : points + 1]
    inside = i + j <= points
    f = np.stack([points - i - j, i, j], axis=-1)[inside] / points
    x = f[:, 1] + f[:, 2] / 2
    y = np.sqrt(0.75) * f[:, 2]
    values = [np.asarray(function(torch.from_numpy(f))) for function in panels.values()]
    low, high = min(map(np.min, values)), max(map(np.max, values))
    figure, row = plt.subplots(
        1, len(panels), figsize=(9, 3), layout="constrained", squeeze=False
    )
    for axes, title, value in zip(row[0], panels, values, strict=True):
        scale = {"vmin": low, "vmax": high, "cmap": "cividis"}
        drawn = axes.tripcolor(x, y, value, shading="gouraud", **scale)
        for corner, where, side in (("1", (0, 0), "right"), ("2", (1, 0), "left")):
            axes.text(*where, f" $e_{corner}$ ", ha=side, va="top")
        axes.text(0.5, np.sqrt(0.75), "$e_3$", ha="center", va="bottom")
        axes.set_title(title, pad=16)
        axes.set_aspect("equal")
        axes.axis("off")
    figure.colorbar(drawn, ax=row[0].tolist(), label=label, shrink=0.8, format="%.2f")
    return figure
