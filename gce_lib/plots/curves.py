"""Curves over one axis, a panel or several: the figures of the theory chapters."""

from collections.abc import Mapping, Sequence
from numbers import Real

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from .style import (
    BLUE,
    GREY,
    ORANGE,
    STYLES,
    Look,
    clean_axes,
    legend_below,
    q_style,
)


def curves(
    x: ArrayLike,
    panels: Mapping[str, Mapping],
    *,
    xlabel: str,
    ylabel: str,
    **settings: object,
) -> Figure:
    """Draw quantities over one axis, a panel for each title.

    Parameters
    ----------
    x : array-like (N,)
    panels : mapping of title -> mapping of name -> array-like (N,)
        The curves of a panel. A number as name is the exponent q, and the curve is
        drawn in its style; other names take the styles of the book in their order.
    xlabel, ylabel : str
    **settings
        Passed on to ``Axes.set`` of every panel: ``ylim``, ``yscale`` and the like.

    Notes
    -----
    Used in book/theory/bounds.ipynb and book/theory/truncated-loss.ipynb.
    """
    figure, row = plt.subplots(
        1,
        len(panels),
        figsize=(8 if len(panels) > 1 else 6.4, 3.6),
        layout="constrained",
        sharey=True,
        squeeze=False,
    )
    for axes, (title, lines) in zip(row[0], panels.items(), strict=True):
        for i, (name, values) in enumerate(lines.items()):
            _draw(axes, x, name, values, STYLES[i % len(STYLES)])
        axes.set(title=title, xlabel=xlabel, **settings)
        clean_axes(axes)
    row[0, 0].set(ylabel=ylabel)
    legend_below(figure)
    return figure


def _draw(
    axes: Axes, x: ArrayLike, name: float | str, values: ArrayLike, style: Look
) -> None:
    style = q_style(float(name)) if isinstance(name, Real) else {**style, "label": name}
    axes.plot(np.asarray(x), np.asarray(values), linewidth=2, **style)


def one_purse(shares: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> Figure:
    """Draw the share of |A'| against the share of A that each problem uses.

    Parameters
    ----------
    shares : mapping of title -> (clean, noisy)
        For every problem clean cost / |A'| and noisy cost / A, array-like (N,) each.
        Problems that use nothing are left out.

    Notes
    -----
    Used in book/theory/bounds.ipynb.
    """
    figure, row = plt.subplots(
        1,
        len(shares),
        figsize=(3 * len(shares), 3.2),
        layout="constrained",
        sharey=True,
        squeeze=False,
    )
    for axes, (title, (clean, noisy)) in zip(row[0], shares.items(), strict=True):
        x, y = np.asarray(clean), np.asarray(noisy)
        seen = x + y > 0
        axes.scatter(x[seen], y[seen], s=4, alpha=0.3, color=BLUE, linewidth=0)
        axes.plot((0, 1), (1, 0), color=ORANGE, linestyle="--")
        axes.set(title=title, xlabel="clean cost / |A'|", aspect="equal")
        clean_axes(axes)
    row[0, 0].set(ylabel="noisy cost / A")
    return figure


def steps(
    path: Sequence[tuple[float, float]],
    floor: Sequence[tuple[float, float]],
    names: tuple[str, str],
    ylabel: str,
) -> Axes:
    """Draw a value over the epochs, jumps included, above the least it could be.

    Parameters
    ----------
    path : sequence of (epoch, value)
        Two entries of one epoch are a jump, before and after.
    floor : sequence of (epoch, value)
    names : tuple of str
        Names of the two.
    ylabel : str

    Notes
    -----
    Used in book/theory/truncated-loss.ipynb.
    """
    axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")[1]
    axes.plot(*zip(*path, strict=True), color=BLUE, linewidth=2, label=names[0])
    axes.plot(*zip(*floor, strict=True), color=GREY, linestyle="--", label=names[1])
    axes.set(xlabel="epoch", ylabel=ylabel)
    axes.legend(frameon=False)
    return clean_axes(axes)
