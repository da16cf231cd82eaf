"""How hard a loss pulls: on the logits, on a label, at any distance."""

import math
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .style import BLUE, GREEN, ORANGE, Look, clean_axes, legend_below


def pulls(
    panels: Mapping[str, Sequence[Sequence[float]]],
    names: Sequence[str] = ("CE", "MAE / 2"),
) -> Figure:
    """Draw minus the gradient in the logits, a bar for each logit and loss.

    Parameters
    ----------
    panels : mapping of title -> gradients
        One gradient (C,) for each loss; entry 0 is that of the label.
    names : sequence of str
        Two losses, in the order of the gradients.

    Notes
    -----
    Used in book/theory/ce-and-mae.ipynb.
    """
    figure, row = plt.subplots(
        1, len(panels), figsize=(7.6, 3.2), layout="constrained", sharey=True
    )
    looks = ({"color": ORANGE, "hatch": "///"}, {"color": GREEN})
    for axes, (title, gradients) in zip(
        np.atleast_1d(row), panels.items(), strict=True
    ):
        for gradient, name, look, shift in zip(
            gradients, names, looks, (-0.2, 0.2), strict=True
        ):
            places = np.arange(len(gradient))
            bars = {"width": 0.38, "edgecolor": "white", "linewidth": 0, "label": name}
            axes.bar(places + shift, -np.asarray(gradient), **bars, **look)
        axes.set(title=title, xlabel="logit")
        axes.set_xticks(places, ["label", *map(str, places[1:] + 1)])
        axes.axhline(0, color="black", linewidth=0.8)
        clean_axes(axes)
    np.atleast_1d(row)[0].set(ylabel="pull (minus the gradient)")
    legend_below(figure)
    return figure


def weights(panels: Mapping[str, Sequence[float]], p: Sequence[float]) -> Figure:
    """Draw weights against cross entropy, which is a dashed line at 1.

    Parameters
    ----------
    panels : mapping of title -> array-like (N,)
        The weight of a label with probability p; a panel for each title.
    p : array-like (N,)

    Notes
    -----
    Used in book/theory/lq-loss.ipynb.
    """
    figure, row = plt.subplots(
        1, len(panels), figsize=(7.8, 3.4), layout="constrained", sharey=True
    )
    for axes, (title, weight) in zip(np.atleast_1d(row), panels.items(), strict=True):
        axes.axhline(1, color=ORANGE, linestyle="--", label="CE")
        axes.plot(p, weight, color=BLUE, linewidth=2)
        axes.set(title=title, xlabel="p, the probability of the label", ylim=(0, 1.3))
        clean_axes(axes)
    first = np.atleast_1d(row)[0]
    first.set(ylabel="weight")
    first.legend(frameon=False, loc="lower right")
    return figure


def weight_by_gap(
    gaps: Sequence[float], weights: Mapping[str, Sequence[float]]
) -> Axes:
    """Draw the weight of a label against its logit gap; a cross where it is lost.

    Parameters
    ----------
    gaps : sequence of float (N,)
        How far the logit of the label lies below the other one.
    weights : mapping of name -> sequence of float (N,)
        Three losses. A weight that is 0 or NaN is not drawn; where a curve ends before
        the last gap it ends in a cross.

    Notes
    -----
    Used in book/practice/pitfalls.ipynb.
    """
    axes = plt.subplots(figsize=(6.4, 3.4), layout="constrained")[1]
    looks: tuple[Look, ...] = (
        {"color": ORANGE, "linewidth": 3.4, "linestyle": ":"},
        {"color": GREEN, "linewidth": 9, "alpha": 0.4},
        {"color": BLUE, "linewidth": 1.2},
    )
    for (name, values), look in zip(weights.items(), looks, strict=True):
        shown = [w or math.nan for w in values]  # a logarithmic axis has no zero
        axes.plot(gaps, shown, label=name, **look)
        last = max(i for i, w in enumerate(shown) if not math.isnan(w))
        if last < len(gaps) - 1:
            cross: Look = {"color": look["color"], "markersize": 11, "mew": 3}
            axes.plot(gaps[last], shown[last], "x", **cross)
    axes.set(yscale="log", xlabel="logit gap", ylabel="weight against cross entropy")
    axes.legend(frameon=False)
    return clean_axes(axes)
