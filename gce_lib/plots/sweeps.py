"""What many runs say together: means over seeds, with error bars."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from .style import STYLES, clean_axes, legend_below


def by_seed(
    rows: pd.DataFrame, x: str, columns: Mapping[str, str]
) -> dict[str, dict[float, list[float]]]:
    """Return the curves of a panel: name -> x -> values, one a seed.

    Parameters
    ----------
    rows : DataFrame
        A row a run.
    x : str
        The column on the horizontal axis.
    columns : mapping of name -> column

    Notes
    -----
    Used in book/practice/choosing-q.ipynb.
    """
    groups = rows.groupby(x)
    return {
        name: {key: list(values) for key, values in groups[column]}
        for name, column in columns.items()
    }


def means_over_seeds(
    panels: Mapping[str, Mapping[str, Mapping[float, Sequence[float]]]],
    xlabel: str,
    ylabel: str,
    *,
    percent: bool = True,
    sharey: bool = False,
) -> Figure:
    """Draw curves through the means over seeds, with error bars and every seed.

    Parameters
    ----------
    panels : mapping of title -> name -> x -> values
        A panel for each title, a curve for each name, and at each x one value a seed.
        The error bar is the standard deviation of the seeds (with n − 1); a single
        seed has none. The curves stand a little beside each other, so that no error
        bar covers another one.
    xlabel, ylabel : str
    percent : bool
        Whether the values are shares, to be shown in per cent.
    sharey : bool
        Whether the panels have the same scale.

    Notes
    -----
    Used in book/practice/choosing-q.ipynb.
    """
    figure, row = plt.subplots(
        1,
        len(panels),
        figsize=(7.2 if len(panels) > 1 else 6, 3.4),
        layout="constrained",
        squeeze=False,
        sharey=sharey,
    )
    for axes, (title, curves) in zip(row[0], panels.items(), strict=True):
        xs = [x for points in curves.values() for x in points]
        step = 0.012 * (max(xs) - min(xs))
        for i, ((name, points), style) in enumerate(
            zip(curves.items(), STYLES, strict=False)
        ):
            x = np.sort(list(points)) + step * (i - (len(curves) - 1) / 2)
            values = [np.asarray(points[key], dtype=float) for key in sorted(points)]
            axes.errorbar(
                x,
                [v.mean() for v in values],
                yerr=[v.std(ddof=1) if len(v) > 1 else 0 for v in values],
                label=name,
                linewidth=2,
                capsize=3,
                **style,
            )
            axes.scatter(
                np.repeat(x, [len(v) for v in values]),
                np.concatenate(values),
                s=14,
                alpha=0.5,
                linewidth=0,
                color=style["color"],
            )
        axes.set(title=title, xlabel=xlabel)
        if percent:
            axes.yaxis.set_major_formatter(PercentFormatter(1))
        clean_axes(axes)
    row[0, 0].set(ylabel=ylabel)
    legend_below(figure)
    return figure
