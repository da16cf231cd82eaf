"""Methods compared: accuracies over the noise rate, a line for each method."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from .style import BLUE, GREEN, GREY, ORANGE, clean_axes, legend_below

_LOOKS = {
    "ce": (ORANGE, "--", "o"),
    "mae": (GREEN, ":", "s"),
    "gce": (BLUE, "-", "D"),
    "acs": ("#04203c", "-", "v"),
    "truncated": ("#7d9fc0", "-", "^"),
    "forward": (GREY, "-.", "P"),
    "forward-estimated": ("#a3326b", "-.", "X"),
}
_TITLES = {
    "symmetric": "uniform noise",
    "class-map": "class-dependent noise",
    "superclass": "class-dependent noise",
    "open-set": "open-set noise",
}


def method_style(loss: str) -> dict:
    """Colour and dashes of one of the seven methods, such as ``"gce:0.7"``."""
    colour, dashes, _ = _look(loss)
    return {"color": colour, "linestyle": dashes}


def accuracy_by_noise(cells: pd.DataFrame, methods: Sequence[str]) -> Figure:
    """Draw accuracies against the noise rate, a panel for each kind of noise.

    Parameters
    ----------
    cells : DataFrame
        From :func:`gce_lib.experiments.summarise`: a row a cell, with ``noise`` such as
        ``"symmetric:0.4"``, ``loss``, and ``mean`` and ``std`` in %.
    methods : sequence of str
        The losses to draw, in the order of the legend, such as ``"gce:0.7"``; a name
        before the colon occurs once.

    Notes
    -----
    Used in book/practice/reproduction.ipynb.
    """
    parts = cells["noise"].str.split(":", expand=True)
    cells = cells.assign(kind=parts[0], rate=parts[1].astype(float))
    kinds = list(cells["kind"].unique())
    figure, row = plt.subplots(
        1,
        len(kinds),
        figsize=(4 * len(kinds), 3.8),
        layout="constrained",
        sharey=True,
        squeeze=False,
    )
    for axes, kind in zip(row[0], kinds, strict=True):
        for method in methods:
            chosen = (cells["kind"] == kind) & (cells["loss"] == method)
            line = cells[chosen].sort_values("rate")
            axes.errorbar(
                line["rate"],
                line["mean"],
                yerr=line["std"].fillna(0),
                **method_style(method),
                marker=_look(method)[2],
                capsize=2.5,
                markersize=5,
                label=method,
            )
        rates = sorted(cells.loc[cells["kind"] == kind, "rate"].unique())
        axes.set(title=_TITLES.get(kind, kind), xlabel="noise rate", xticks=rates)
        axes.yaxis.set_major_formatter(PercentFormatter(100, decimals=0))
        clean_axes(axes)
    row[0, 0].set(ylabel="test accuracy")
    legend_below(figure)
    return figure


def _look(loss: str) -> tuple[str, str, str]:
    return _LOOKS[loss.split(":")[0]]
