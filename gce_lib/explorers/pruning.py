"""Which examples pruning drops, on a recorded training, drawn live."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure

from gce_lib import plots

from .base import Explorer, Interval, styles
from .bundle import bundle

STEPS = 100  # k moves in hundredths
BIN = 2  # of them to a bar
STYLES: dict[str, dict[str, Any]] = {
    "precision": {"color": plots.GREEN, "linewidth": 2.5},
    "recall": {"color": "black", "linestyle": "--"},
    "noise left": {"color": plots.GREY, "linestyle": ":"},
}


class Hundredths(Interval):
    """A real number in an interval, kept to two decimals."""

    def validate(self, obj: traitlets.HasTraits | None, value: object) -> float:
        """Return the number as a float, rounded.

        Raises
        ------
        traitlets.TraitError
            If `value` is no real number or lies outside the interval.
        """
        return round(super().validate(obj, value), 2)


class PruningExplorer(Explorer):
    """The examples that pruning would drop after each epoch, for each threshold k.

    Left, how the probabilities of right and of wrong labels are spread, with the part
    below k shaded; right, precision, recall and the noise left, against k.
    Taught in book/theory/truncated-loss.ipynb.

    Parameters
    ----------
    probabilities : sequence of Tensor
        Floating point, (N,) each: the probability p that the network gives to each of
        the labels it learns from, after 0, 1, 2, … epochs.
    flipped : Tensor
        bool (N,), where the label is wrong.

    Attributes
    ----------
    k : float in [0, 0.99]
        A label is dropped where p < k. Kept to two decimals.
    epoch : int
        How many epochs the network has been trained.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    traitlets.TraitError
        If a value lies outside its range, at construction or later.
    """

    _esm = bundle("pruning/pruning.js")
    _css = styles("pruning/pruning.css")
    _heights = (642, 1010)

    k = Hundredths(0.5, "[0, 0.99]")
    epoch = traitlets.Int(0).tag(sync=True)
    below = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(
        self,
        probabilities: Sequence[torch.Tensor],
        flipped: torch.Tensor,
        **traits: Any,
    ):
        shapes = [tuple(p.shape) for p in probabilities]
        if not shapes or set(shapes) != {tuple(flipped.shape)} or flipped.ndim != 1:
            raise ValueError(
                "probabilities must be tensors of the shape of flipped, (N,), one an "
                f"epoch, got {shapes} and {tuple(flipped.shape)}"
            )
        right, wrong = (
            [_count_below(p[group]) for p in probabilities]
            for group in (~flipped, flipped)
        )
        self.set_trait("below", {"right": right, "wrong": wrong})
        super().__init__(**traits)

    @traitlets.validate("epoch")
    def _within_the_recording(self, proposal: traitlets.Bunch) -> int:
        last = len(self.below["right"]) - 1
        if not 0 <= proposal.value <= last:
            raise traitlets.TraitError(
                f"epoch must be an integer in [0, {last}], got {proposal.value!r}"
            )
        return proposal.value

    def still(self) -> Figure:
        """Draw the present state with matplotlib."""
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2)
        below = {kind: np.array(rows[self.epoch]) for kind, rows in self.below.items()}
        edges = np.arange(STEPS + 1) / STEPS
        looks: dict[str, dict[str, Any]] = {
            "wrong": {"color": plots.ORANGE, "fill": True, "alpha": 0.5},
            "right": {"color": plots.BLUE, "linewidth": 2},
        }
        for kind, style in looks.items():
            bars = np.diff(below[kind][::BIN])
            left.stairs(bars, edges[::BIN], label=f"{kind} labels", **style)
        left.set(title=f"Labels after {self.epoch} epochs", ylabel="labels in a bar")
        left.set(yscale="log", ylim=(0.6, 1.5 * below["right"][-1]))
        left.set_xlabel("p, the probability of the label")
        for name, values in _rates(**below).items():
            right.plot(edges[:STEPS], values, label=name, **STYLES[name])
        right.set(title="Pruning at k", xlabel="k", xlim=(0, 1), ylim=(0, 1.05))
        for axes in (left, right):
            axes.axvspan(0, self.k, color=plots.GREY, alpha=0.15, linewidth=0)
            axes.axvline(self.k, color=plots.GREY, linewidth=1)
            axes.spines[["top", "right"]].set_visible(False)
            axes.legend(frameon=False)
        return figure

    def alt(self) -> str:
        """Say what the still figure shows."""
        below = {kind: np.array(rows[self.epoch]) for kind, rows in self.below.items()}
        rates = _rates(**below)
        here = {name: values[round(self.k * STEPS)] for name, values in rates.items()}
        return (
            f"Two charts of a training after {self.epoch} epochs. Left, on a"
            " logarithmic scale, how many right and how many wrong labels have which"
            f" probability p; those below k = {self.k:.2f} are dropped. Right, against"
            f" k, three shares, which here are: precision {here['precision']:.3f},"
            f" recall {here['recall']:.3f}, noise left {here['noise left']:.3f}."
        )


def _count_below(p: torch.Tensor) -> list[int]:
    """How many of p lie below 0, 0.01, …, 0.99, and how many there are."""
    edges = torch.arange(STEPS, dtype=p.dtype) / STEPS
    return [*(p[:, None] < edges).sum(dim=0).tolist(), len(p)]


def _rates(right: np.ndarray, wrong: np.ndarray) -> dict[str, np.ndarray]:
    """What pruning at 0, 0.01, …, 0.99 achieves; NaN where it drops or keeps nothing.

    `right` and `wrong` are the counts of `_count_below`.
    """
    dropped, kept = (right + wrong)[:-1], (right[-1] - right + wrong[-1] - wrong)[:-1]
    with np.errstate(invalid="ignore"):
        return {
            "precision": wrong[:-1] / dropped,
            "recall": wrong[:-1] / wrong[-1],
            "noise left": (wrong[-1] - wrong[:-1]) / kept,
        }
