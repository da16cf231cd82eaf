"""Pictures of an idea, not of data: boxes and arrows."""

import matplotlib.pyplot as plt
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
        frame = {"boxstyle": "round,pad=0.5", "edgecolor": colour, "facecolor": "none"}
        place: Look = {"ha": "center", "va": "center", "color": colour}
        axes.text(x, y, text, bbox=frame | {"linewidth": 1.6}, **place)
    for start, end in (
        ("clean", "noise"),
        ("noise", "noisy"),
        ("image", "network"),
        ("network", "loss"),
        ("noisy", "loss"),
    ):
        upright = boxes[start][0] == boxes[end][0]
        arrow = {"arrowstyle": "->", "color": GREY, "linewidth": 1.4}
        arrow |= {"shrinkA": 24 if upright else 52, "shrinkB": 28 if upright else 56}
        axes.annotate("", boxes[end][:2], boxes[start][:2], arrowprops=arrow)
    axes.set(xlim=(-0.45, 2.45), ylim=(-0.5, 1.45))
    axes.axis("off")
    return figure
