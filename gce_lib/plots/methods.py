"""Methods compared: accuracies over the noise rate, a line for each method."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from gce_lib.experiments import loss_name, mean_leads, noise_name
from gce_lib.experiments.names import in_order

from .style import BLUE, GREEN, GREY, ORANGE, Look, clean_axes, legend_below

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


def method_style(loss: str) -> Look:
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
    cells = _with_rates(cells)
    kinds = _kinds(cells)
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
                label=loss_name(method),
            )
        rates = sorted(cells.loc[cells["kind"] == kind, "rate"].unique())
        axes.set(title=_TITLES.get(kind, kind), xlabel="noise rate", xticks=rates)
        axes.yaxis.set_major_formatter(PercentFormatter(100, decimals=0))
        clean_axes(axes)
    row[0, 0].set(ylabel="test accuracy")
    legend_below(figure)
    return figure


def ours_beside_published(best: pd.DataFrame, last: pd.DataFrame) -> Figure:
    """Draw accuracy against noise, a row a kind: as published on the left, ours right.

    Cross entropy is drawn twice on our side: at the epoch that noisy validation labels
    choose and, faint, after the last one; the other methods at the chosen epoch.

    Parameters
    ----------
    best, last : DataFrame
        From :func:`gce_lib.experiments.summarise`, at the chosen and the last epoch.

    Notes
    -----
    Used in book/practice/reproduction.ipynb.
    """
    cells = _with_rates(best)
    ends = _with_rates(last[last["loss"] == "ce"])
    kinds = list(
        dict.fromkeys(n.split(":")[0] for n in in_order(cells["noise"], "noise"))
    )
    figure, grid = plt.subplots(
        len(kinds),
        2,
        figsize=(7.6, 3.3 * len(kinds)),
        layout="constrained",
        sharex="row",
        sharey="row",
        squeeze=False,
    )
    for (left, right), kind in zip(grid, kinds, strict=True):
        here = cells[cells["kind"] == kind]
        for loss in here["loss"].unique():
            line = here[here["loss"] == loss]
            _line(left, line, loss, "published_mean", "published_std")
            _line(right, line, loss, "mean", "std")
        end = ends[ends["kind"] == kind]
        _line(right, end, "ce", "mean", "std", label="cross entropy, last", alpha=0.45)
        for axes, title in ((left, "published"), (right, "ours")):
            axes.set(
                title=f"{_TITLES.get(kind, kind)}, {title}",
                xlabel="noise rate",
                xticks=sorted(here["rate"].unique()),
            )
            axes.yaxis.set_major_formatter(PercentFormatter(100, decimals=0))
            clean_axes(axes)
        left.set(ylabel="test accuracy")
    legend_below(figure)
    return figure


def leads_by_noise(leads: pd.DataFrame, *, over: str = "ce") -> Figure:
    """Draw by how many points methods lead another one: each seed, mean, interval.

    Parameters
    ----------
    leads : DataFrame
        From :func:`gce_lib.experiments.leads`.
    over : str
        The loss that is led, as it was given there.

    Notes
    -----
    Used in book/practice/reproduction.ipynb and book/practice/choosing-q.ipynb.
    """
    noises = in_order(leads["noise"].unique(), "noise")
    figure, axes = plt.subplots(figsize=(7.6, 3.6), layout="constrained")
    axes.axhline(0, color=_look(over)[0], linestyle="--", linewidth=1)
    _draw_leads(axes, leads, noises)
    names = ["\n".join(noise_name(noise)).replace(" noise", "") for noise in noises]
    axes.set_xticks(range(len(noises)), names, fontsize="x-small")
    axes.set(ylabel=f"points over {loss_name(over)}")
    clean_axes(axes)
    legend_below(figure)
    return figure


def ladder(panels: Mapping[str, pd.DataFrame], rungs: Mapping[str, str]) -> Figure:
    """Draw leads over cross entropy on rungs below each other: seeds, mean, interval.

    Parameters
    ----------
    panels : mapping of title -> DataFrame
        A panel each, side by side: from :func:`gce_lib.experiments.leads`.
    rungs : mapping of noise -> name
        From the top, such as ``{"human:one": "one person each"}``; leads with other
        noise are left out.

    Notes
    -----
    Used in book/practice/since-2018.ipynb.
    """
    figure, row = plt.subplots(
        1,
        len(panels),
        figsize=(7.6, 0.8 + 0.5 * len(rungs)),
        layout="constrained",
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for axes, (title, leads) in zip(row[0], panels.items(), strict=True):
        axes.axvline(0, color=ORANGE, linestyle="--", linewidth=1)
        _draw_leads(axes, leads[leads["noise"].isin(rungs)], list(rungs), flat=True)
        axes.set(title=title, xlabel="points over cross entropy")
        clean_axes(axes)
    row[0, 0].set_yticks(range(len(rungs)), rungs.values())
    row[0, 0].invert_yaxis()
    legend_below(figure)
    return figure


def _draw_leads(
    axes: Axes, leads: pd.DataFrame, noises: list[str], *, flat: bool = False
) -> None:
    """Draw every seed, the mean and its interval, at the place of each noise.

    Flat, the noises stand below each other and the points are read from left to right.
    """
    means = mean_leads(leads)
    losses = in_order(leads["loss"].unique(), "loss")
    places, points = ("y", "x") if flat else ("x", "y")
    for i, loss in enumerate(losses):
        shift = 0.16 * (i - (len(losses) - 1) / 2)
        look: Look = {"color": _look(loss)[0], "marker": _look(loss)[2]}

        def placed(rows: pd.DataFrame, column: str, shift: float = shift) -> Look:
            at = [noises.index(noise) + shift for noise in rows["noise"]]
            return {places: at, points: rows[column]}

        seeds, mean = (rows[rows["loss"] == loss] for rows in (leads, means))
        axes.scatter(
            **placed(seeds, "lead"), s=16, alpha=0.6, label=loss_name(loss), **look
        )
        axes.errorbar(
            **placed(mean, "mean"),
            **{f"{points}err": mean["ci"].fillna(0)},
            color=look["color"],
            linestyle="none",
            capsize=3,
        )


def _with_rates(cells: pd.DataFrame) -> pd.DataFrame:
    """Add kind and rate of the noise; leave out noise without a rate, as of people."""
    parts = cells["noise"].str.partition(":")
    rates = pd.to_numeric(parts[2], errors="coerce")
    cells = cells.assign(kind=parts[0], rate=rates)
    return cells.dropna(subset="rate").sort_values("rate")


def _kinds(cells: pd.DataFrame) -> list[str]:
    ordered = in_order(cells["noise"], "noise")
    return list(dict.fromkeys(noise.split(":")[0] for noise in ordered))


def _line(
    axes: Axes,
    cells: pd.DataFrame,
    loss: str,
    mean: str,
    std: str,
    **options: Any,
) -> None:
    """Draw what is known of a method; nothing where nothing is."""
    known = cells[cells[mean].notna()]
    if len(known):
        axes.errorbar(
            known["rate"],
            known[mean].astype(float),
            yerr=known[std].astype(float).fillna(0),
            **method_style(loss),
            marker=_look(loss)[2],
            capsize=2.5,
            markersize=5,
            **{"label": loss_name(loss), **options},
        )


def _look(loss: str) -> tuple[str, str, str]:
    return _LOOKS[loss.split(":")[0]]
