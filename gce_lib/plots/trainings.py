"""What trainings did: curves over epochs, and right against wrong labels."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from .style import BLUE, GREY, ORANGE, STYLES, clean_axes, legend_below


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
        The columns of `gce_lib.training.History` to draw, a panel for each.
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
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
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
    is_wrong = np.asarray(wrong, dtype=bool)
    figure, row = plt.subplots(
        1,
        len(panels),
        figsize=(7.2 if len(panels) > 1 else 6, 3.2),
        layout="constrained",
        sharey=True,
        squeeze=False,
    )
    for axes, (title, values) in zip(row[0], panels.items(), strict=True):
        numbers = np.asarray(values)
        groups = [numbers[is_wrong], numbers[~is_wrong]]
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
