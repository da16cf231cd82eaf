"""Colours, lines and frames that all figures share."""

from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure

Look = dict[str, Any]  # keyword arguments of matplotlib, of any type

BLUE, ORANGE, GREEN, GREY = "#0064a8", "#c2500a", "#00795a", "#6b7280"
STYLES: tuple[Look, ...] = (
    {"color": ORANGE, "linestyle": "--"},
    {"color": BLUE, "linestyle": "-"},
    {"color": GREEN, "linestyle": ":"},
    {"color": GREY, "linestyle": "-."},
)
_BETWEEN = LinearSegmentedColormap.from_list(
    "between", [(0, "#b4dbf2"), (0.7, BLUE), (1, "#04203c")]
)


def q_style(q: float) -> Look:
    """Line style of L_q: cross entropy orange and dashed, MAE / 2 green and dotted.

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
    named: dict[str, Artist] = {}
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
