"""The figures of the book, drawn with matplotlib from numbers computed elsewhere.

Every function takes data and returns the matplotlib axes or figure it has drawn.
Colours can be told apart by colour-blind readers, and never carry a meaning alone.
"""

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

BLUE, ORANGE, GREEN, GREY = "#0064a8", "#c2500a", "#00795a", "#6b7280"
STYLES = (
    {"color": ORANGE, "linestyle": "--"},
    {"color": BLUE, "linestyle": "-"},
    {"color": GREEN, "linestyle": ":"},
    {"color": GREY, "linestyle": "-."},
)
_BETWEEN = LinearSegmentedColormap.from_list(
    "between", [(0, "#b4dbf2"), (0.7, BLUE), (1, "#04203c")]
)


def q_style(q: float) -> dict:
    """Line style of L_q: cross-entropy orange and dashed, MAE / 2 green and dotted.

    Between the two ends lie blues, darker for a larger q.
    """
    if q == 0:
        return {"color": ORANGE, "linestyle": "--", "label": "q = 0 (CE)"}
    if q == 1:
        return {"color": GREEN, "linestyle": ":", "label": "q = 1 (MAE / 2)"}
    return {"color": to_hex(_BETWEEN(q)), "linestyle": "-", "label": f"q = {q:g}"}


def clean_axes(axes: Axes) -> Axes:
    """Take away the frame that no value is read from, and draw a faint grid."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    axes.set_axisbelow(True)
    return axes


def legend_below(figure: Figure) -> None:
    """Put one legend for all panels below them, with each label once."""
    named = {}
    for axes in figure.axes:
        handles, labels = axes.get_legend_handles_labels()
        named |= dict(zip(labels, handles, strict=True))
    figure.legend(
        named.values(),
        named.keys(),
        loc="outside lower center",
        ncols=len(named),
        frameon=False,
    )


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
    p, wrong = np.asarray(p), np.asarray(wrong, dtype=bool)
    figure, row = plt.subplots(
        1, len(pulls), figsize=(7.8, 3.5), layout="constrained", sharey=True
    )
    for axes, (title, pull) in zip(np.atleast_1d(row), pulls.items(), strict=True):
        share = np.asarray(pull, dtype=float)
        share = share / share.sum()
        axes.hist(
            [p[wrong], p[~wrong]],
            bins=np.linspace(0, 1, bins + 1),
            weights=[share[wrong], share[~wrong]],
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
    images = np.asarray(images)
    marked = [False] * len(images) if marked is None else marked
    rows = -(-len(images) // columns)
    lines = 1 + max(caption.count("\n") for caption in captions)
    figure, grid = plt.subplots(
        rows,
        columns,
        figsize=(1.25 * columns, rows * (1.15 + 0.17 * lines)),
        layout="constrained",
        squeeze=False,
    )
    for axes in grid.flat[len(images) :]:
        axes.remove()
    for axes, image, caption, mark in zip(
        grid.flat, images, captions, marked, strict=False
    ):
        axes.imshow(image, cmap="gray_r", vmin=0, vmax=255)
        axes.set(xticks=[], yticks=[], frame_on=mark)
        axes.set_xlabel(f"✗ {caption}" if mark else caption)
        if mark:
            axes.spines[:].set(color=ORANGE, linewidth=2.5)
            axes.xaxis.label.set_color(ORANGE)
    return figure


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
    T = np.asarray(T)
    diagonal = np.eye(len(T), dtype=bool)
    for part, colour in ((diagonal, BLUE), (~diagonal, ORANGE)):
        shades = LinearSegmentedColormap.from_list("shades", ["white", colour])
        shown = np.ma.array(np.sqrt(T), mask=~part)  # small entries stay visible
        axes.imshow(shown, cmap=shades, vmin=0, vmax=1.4)
    for (i, j), value in np.ndenumerate(T):
        if round(100 * value) > 0:
            axes.text(j, i, f"{100 * value:.0f}", ha="center", va="center", size=8)
    ticks = range(len(T))
    axes.set_xticks(ticks, classes, rotation=90)
    axes.set_yticks(ticks, classes)
    axes.tick_params(length=0, labelsize="small")
    axes.spines[:].set_visible(False)
    axes.set(title=title, xlabel="given label", ylabel="true class")
    return axes


def training_curves(
    runs: Mapping[str, Sequence], columns: Mapping[str, str], *, percent: bool = True
) -> Figure:
    """Draw columns of training histories, epoch by epoch.

    Parameters
    ----------
    runs : mapping of name -> sequence of History
        The histories of one loss, a line each: several seeds have the same style.
        A mapping with the columns ``"epoch"`` and `columns` will do.
    columns : mapping of column -> title
        The columns of `gce_lib.history.History` to draw, a panel for each.
    percent : bool
        Whether the columns are shares, to be shown in per cent.

    Notes
    -----
    Used in book/problem/label-noise.ipynb.
    """
    figure, row = plt.subplots(
        1,
        len(columns),
        figsize=(7.2 if len(columns) > 1 else 6, 3.3),
        layout="constrained",
        squeeze=False,
    )
    for axes, (column, title) in zip(row[0], columns.items(), strict=True):
        for (name, histories), style in zip(runs.items(), STYLES, strict=False):
            for i, history in enumerate(histories):
                label = name if i == 0 else None
                width = 2.2 if len(histories) == 1 else 1.4
                axes.plot(
                    history["epoch"],
                    history[column],
                    label=label,
                    linewidth=width,
                    **style,
                )
        axes.set(title=title, xlabel="epoch")
        if percent:
            axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        clean_axes(axes)
    legend_below(figure)
    return figure


def noisy_against_clean(
    runs: Mapping[str, Sequence], rate: float, num_classes: int
) -> Axes:
    """Draw the noisy-validation accuracy of every epoch against its test accuracy.

    The line is what to expect under uniform noise: a prediction that is right with
    probability A agrees with the noisy label with probability
    (1 − rate) A + rate (1 − A) / (num_classes − 1).

    Parameters
    ----------
    runs : mapping of name -> sequence of History
    rate : float in [0, 1]
        The noise rate.
    num_classes : int

    Notes
    -----
    Used in book/problem/label-noise.ipynb.
    """
    axes = plt.subplots(figsize=(6, 3.8), layout="constrained")[1]
    for (name, histories), style, marker in zip(
        runs.items(), STYLES, "o^sD", strict=False
    ):
        axes.scatter(
            np.concatenate([history["test_accuracy"] for history in histories]),
            np.concatenate([history["validation_accuracy"] for history in histories]),
            s=22,
            alpha=0.7,
            marker=marker,
            color=style["color"],
            linewidth=0,
            label=name,
        )
    expected = [rate * (1 - a) / (num_classes - 1) + (1 - rate) * a for a in (0, 1)]
    axes.plot((0, 1), expected, color="black", linewidth=1, label="expected")
    axes.axhline(1 - rate, color=GREY, linewidth=1, linestyle=":")
    axes.text(0.02, 1 - rate, "1 − η", va="bottom", color=GREY)
    axes.set(
        xlabel="test accuracy (clean labels)",
        ylabel="validation accuracy (noisy labels)",
        xlim=(0, 1),
        ylim=(0, None),
    )
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.legend(frameon=False)
    return clean_axes(axes)


def right_and_wrong(
    panels: Mapping[str, Sequence[float]],
    wrong: Sequence[bool],
    xlabel: str,
    *,
    bins: int = 20,
) -> Figure:
    """Draw how a number in [0, 1] is spread over right and over wrong labels.

    Parameters
    ----------
    panels : mapping of title -> array-like (N,)
        A number in [0, 1] for each example; a panel for each title. Both histograms of
        a panel add up to 100 %.
    wrong : array-like of bool (N,)
        Whether the label of the example is wrong.
    xlabel : str
    bins : int

    Notes
    -----
    Used in book/problem/label-noise.ipynb.
    """
    wrong = np.asarray(wrong, dtype=bool)
    figure, row = plt.subplots(
        1,
        len(panels),
        figsize=(7.2 if len(panels) > 1 else 6, 3.2),
        layout="constrained",
        sharey=True,
        squeeze=False,
    )
    for axes, (title, values) in zip(row[0], panels.items(), strict=True):
        values = np.asarray(values)
        groups = [values[wrong], values[~wrong]]
        axes.hist(
            groups,
            bins=np.linspace(0, 1, bins + 1),
            weights=[np.full(len(group), 1 / max(len(group), 1)) for group in groups],
            color=[ORANGE, BLUE],
            hatch=["///", ""],
            edgecolor="white",
            linewidth=0,
            label=["wrong labels", "right labels"],
        )
        axes.set(title=title, xlabel=xlabel)
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        clean_axes(axes)
    row[0, 0].set(ylabel="share of the labels")
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
