"""The playground on paper: a recorded run at its default settings.

The record is made by ``python tools/record_playground.py``, which runs the playground's
own script in a browser; nothing is trained here.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

RECORD = Path(__file__).with_name("playground.json")
COLOURS = ("#6a3d9a", "#d99a00", "#3a9bdc", "#a02050")  # those of playground.css
MARKERS = ("o", "s", "^", "D")
NAMES = {"ce": "Cross entropy", "lq": "$L_q$"}


@cache
def load() -> dict:
    """Return the record: settings, points, and what each network made of them."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def draw() -> Figure:
    """Draw what the two networks predict, and the labels that they were given."""
    record = load()
    figure = Figure(figsize=(9, 4.6), dpi=120, layout="constrained")
    for axes, (name, title) in zip(figure.subplots(1, 2), NAMES.items(), strict=True):
        learner = record["learners"][name]
        _draw_learner(axes, record, learner)
        axes.set_title(
            f"{title}: right on {learner['test']:.0%} of new points,\n"
            f"repeats {learner['memorised']:.0%} of the wrong labels"
        )
    figure.supxlabel(
        "Shape: true class. Colour: the label given. Ringed: a wrong label. Size: its"
        f" weight. After {record['epochs']} epochs.",
        fontsize="medium",
    )
    return figure


def _draw_learner(axes: Axes, record: dict, learner: dict) -> None:
    half = record["half_width"]
    field = np.array([[int(digit) for digit in row] for row in learner["field"]])
    axes.imshow(
        field,
        cmap=ListedColormap(COLOURS),
        vmin=0,
        vmax=len(COLOURS) - 1,
        extent=(-half, half, -half, half),
        alpha=0.35,
    )
    points = np.array(record["points"])
    clean, noisy = np.array(record["clean"]), np.array(record["noisy"])
    radii = 0.35 + 0.65 * np.array(learner["weights"])
    for label in range(len(COLOURS)):
        for given in range(len(COLOURS)):
            here = (clean == label) & (noisy == given)
            axes.scatter(
                points[here, 0],
                points[here, 1],
                s=26 * radii[here] ** 2,
                marker=MARKERS[label],
                color=COLOURS[given],
                edgecolors="white" if label == given else "black",
                linewidths=radii[here] * (0.3 if label == given else 0.9),
                rasterized=True,
            )
    axes.set(xticks=[], yticks=[], xlim=(-half, half), ylim=(-half, half))


def describe() -> str:
    """Say what the figure shows, with the numbers of the record."""
    record = load()
    settings, learners = record["settings"], record["learners"]
    ce, lq = learners["ce"], learners["lq"]
    return (
        f"Two maps of the plane with the same {len(record['clean'])} points, of which"
        f" {settings['noise_rate']:.0%} were meant to get a wrong label. Left,"
        f" cross entropy has drawn islands around wrong labels: it repeats"
        f" {ce['memorised']:.0%} of them and is right on {ce['test']:.0%} of new"
        f" points. Right, L_q at q = {settings['q']} keeps almost straight borders: it"
        f" repeats {lq['memorised']:.0%} and is right on {lq['test']:.0%}."
    )
