"""One training, epoch by epoch: its two phases, its steps, its reported epochs."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from gce_lib.training import History

from .style import BLUE, GREY, ORANGE, Look, clean_axes


def two_phases(history: History) -> Axes:
    """Draw a training on noisy labels: it learns the classes, then it memorises.

    The phases meet at the epoch with the greatest test accuracy.

    Parameters
    ----------
    history : History
        With ``"epoch"``, ``"test_accuracy"`` and ``"memorised"``.

    Notes
    -----
    Used in book/problem/label-noise.ipynb.
    """
    epochs = np.asarray(history["epoch"])
    accuracy = np.asarray(history["test_accuracy"], dtype=float)
    peak = epochs[accuracy.argmax()]
    axes = plt.subplots(figsize=(6.4, 3.5), layout="constrained")[1]
    spans = (
        (epochs[0], peak, "learns the classes", BLUE),
        (peak, epochs[-1], "  memorises the wrong labels", ORANGE),
    )
    for start, end, name, colour in spans:
        axes.axvspan(start, end, color=colour, alpha=0.1, linewidth=0)
        axes.text(start, 1.01, name, fontsize="small", va="bottom", color=colour)
    axes.plot(epochs, accuracy, color=BLUE, linewidth=2.2, label="test accuracy")
    memorised: Look = {"color": ORANGE, "linestyle": "--", "linewidth": 2.2}
    axes.plot(epochs, history["memorised"], label="memorised labels", **memorised)
    axes.set(xlabel="epoch", xlim=(epochs[0], epochs[-1]), ylim=(0, 1))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.legend(frameon=False, loc="center right")
    return clean_axes(axes)


def distances(moved: Mapping[str, Sequence[float]]) -> Axes:
    """Draw how far each epoch moved the weights, two trainings side by side.

    Parameters
    ----------
    moved : mapping of name -> sequence of float (epochs,)

    Notes
    -----
    Used in book/practice/pitfalls.ipynb.
    """
    axes = plt.subplots(figsize=(6.4, 3), layout="constrained")[1]
    looks: tuple[Look, ...] = ({"color": ORANGE, "hatch": "///"}, {"color": BLUE})
    for (name, values), shift, look in zip(
        moved.items(), (-0.2, 0.2), looks, strict=True
    ):
        places = np.arange(1, len(values) + 1)
        axes.bar(places + shift, values, 0.38, label=name, edgecolor="white", **look)
    axes.set(xlabel="epoch", ylabel="distance moved", xticks=places)
    axes.legend(frameon=False)
    return clean_axes(axes)


def epoch_choices(
    accuracy: Mapping[str, Sequence[float]],
    chosen: Mapping[str, Mapping[str, int]],
    flattery: Mapping[str, Sequence[float]],
) -> Figure:
    """Draw which epoch each rule reports, and how much a choice by test flatters.

    Parameters
    ----------
    accuracy : mapping of name -> array-like (epochs,)
        Test accuracy in [0, 1], two trainings.
    chosen : mapping of name -> rule -> int
        The epoch that each of three rules reports, counted from 0.
    flattery : mapping of name -> array-like
        Accuracy on the images that chose minus that on the others, in points.

    Notes
    -----
    Used in book/practice/pitfalls.ipynb.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.5), layout="constrained")
    markers = (("*", 17), ("o", 7), ("^", 9))
    for i, (name, colour) in enumerate(zip(accuracy, (ORANGE, BLUE), strict=True)):
        curve = 100 * np.asarray(accuracy[name])
        left.plot(np.arange(1, len(curve) + 1), curve, color=colour, alpha=0.6)
        place = {"color": colour, "ha": "right", "va": "top"}
        left.text(len(curve), curve[-1] - 2, name, **place)
        for (rule, epoch), (marker, size) in zip(
            chosen[name].items(), markers, strict=True
        ):
            look = {"color": colour, "markersize": size, "markeredgecolor": "white"}
            label = rule if i == 0 else None
            left.plot(epoch + 1, curve[epoch], marker, label=label, **look)
        bars = {"bins": 20, "histtype": "step", "linewidth": 2}
        right.hist(flattery[name], label=name, color=colour, **bars)
    left.set(xlabel="epoch", ylabel="test accuracy in %")
    right.set(xlabel="chosen half − other half, points", ylabel="halvings", yticks=[])
    right.axvline(0, color=GREY, linewidth=1)
    for axes in (left, right):
        axes.legend(frameon=False, fontsize="small")
        clean_axes(axes)
    return figure
