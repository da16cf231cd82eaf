"""Pictures of an idea, not of data: boxes and arrows."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .style import BLUE, GREY, ORANGE, Look


def label_way() -> Figure:
    """Draw the way of a label: clean, through T, noisy, into the loss.

    Notes
    -----
    Used in book/problem/noise-models.ipynb.
    """
    figure, axes = plt.subplots(figsize=(7.4, 2.5), layout="constrained")
    boxes = {
        "image": (0, 0, "image $x$", GREY),
        "clean": (0, 1, "true class $y$", BLUE),
        "noisy": (2, 1, r"given label $\tilde{y}$", ORANGE),
        "network": (1, 0, "network\n$f(x)$", GREY),
        "loss": (2, 0, r"loss" + "\n" + r"$L(f(x), \tilde{y})$", ORANGE),
        "noise": (1, 1, "noise $T$\n(a row for each $y$)", GREY),
    }
    for x, y, text, colour in boxes.values():
        _box(axes, x, y, text, colour)
    for start, end in (
        ("clean", "noise"),
        ("noise", "noisy"),
        ("image", "network"),
        ("network", "loss"),
        ("noisy", "loss"),
    ):
        upright = boxes[start][0] == boxes[end][0]
        shrink = (24, 28) if upright else (52, 56)
        _arrow(axes, boxes[start][:2], boxes[end][:2], shrink)
    axes.set(xlim=(-0.45, 2.45), ylim=(-0.5, 1.45))
    axes.axis("off")
    return figure


def pruning_cycle() -> Figure:
    """Draw alternate convex search: one entrance, then learn and prune in turns.

    Notes
    -----
    Used in book/theory/truncated-loss.ipynb.
    """
    figure, axes = plt.subplots(figsize=(7.4, 2.9), layout="constrained")
    start, learn, prune = (0, 0), (1.15, 0), (2.65, 0)
    _box(axes, *start, "keep everything\n$w = 1$", GREY)
    _box(axes, *learn, r"$\theta$-step: train" + "\nwith $L_q$ on what\nis kept", BLUE)
    _box(
        axes, *prune, "$w$-step: prune\nkeep where $p \\geq k$,\ndrop the rest", ORANGE
    )
    _arrow(axes, start, learn, (54, 54))
    for one, other, words, y in (
        (learn, prune, "the network finds wrong labels improbable", 0.7),
        (prune, learn, "what is dropped is not learned: it stays improbable", -0.7),
    ):
        _arrow(axes, one, other, (44, 44), connectionstyle="arc3,rad=-0.45")
        axes.text(1.9, y, words, ha="center", va="center", color=GREY)
    axes.set(xlim=(-0.45, 3.2), ylim=(-0.85, 0.85))
    axes.axis("off")
    return figure


def _box(axes: Axes, x: float, y: float, text: str, colour: str) -> None:
    frame = {"boxstyle": "round,pad=0.5", "edgecolor": colour, "facecolor": "none"}
    place: Look = {"ha": "center", "va": "center", "color": colour}
    axes.text(x, y, text, bbox=frame | {"linewidth": 1.6}, **place)


def _arrow(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    shrink: tuple[float, float],
    **form: str,
) -> None:
    look = {"arrowstyle": "->", "color": GREY, "linewidth": 1.4}
    look |= dict(zip(("shrinkA", "shrinkB"), shrink, strict=True))
    axes.annotate("", end, start, arrowprops=look | form)
