"""Methods side by side, epoch by epoch, as records of experiments have them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import traitlets
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from gce_lib import plots
from gce_lib.experiments import loss_name, noise_name

from .base import Explorer, styles
from .bundle import bundle

COLUMNS = {"test_accuracy": "test accuracy", "memorised": "wrong labels learned"}


class RecordsExplorer(Explorer):
    """The race of several methods, and the order in which each epoch puts them.

    Left, the clean test accuracy after each epoch; right, the share of the wrong labels
    that were memorised; a curve for each loss, the mean over the seeds. Below,
    for each loss: the test accuracy at the chosen epoch, at the one that the noisy
    validation labels choose, and at the best one, which only the test labels know.
    Taught in book/practice/reproduction.ipynb.

    Parameters
    ----------
    records : DataFrame
        From :func:`gce_lib.experiments.load_records`, all of one number of epochs, such
        as the part of one table.

    Attributes
    ----------
    noise : str
        One of the records, such as ``"symmetric:0.4"``; default: the first.
    epoch : int
        From 1 to the last one of the records; default: the last.

    Raises
    ------
    ValueError
        There is no record, or the numbers of epochs differ.
    traitlets.TraitError
        If a value is not one of the records, at construction or later.
    """

    _esm = bundle("records/records.js")
    _css = styles("records/records.css")
    noise = traitlets.Unicode().tag(sync=True)
    epoch = traitlets.Int().tag(sync=True)
    recorded = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(self, records: pd.DataFrame, **traits: Any):
        epochs = {len(history["epoch"]) for history in records["history"]}
        if len(epochs) != 1:
            raise ValueError(
                "records must be runs of one number of epochs, got "
                f"{sorted(epochs) or 'no run'}"
            )
        (last,) = epochs
        noises = {
            noise: {
                loss: _mean_over_seeds(runs)
                for loss, runs in group.groupby("loss", sort=False)
            }
            for noise, group in records.groupby("noise", sort=False)
        }
        names = {loss: loss_name(loss) for loss in records["loss"].unique()}
        recorded = {"last": last, "names": names, "noises": noises}
        self.set_trait("recorded", recorded)
        super().__init__(**({"noise": next(iter(noises)), "epoch": last} | traits))

    @traitlets.validate("noise")
    def _is_recorded(self, proposal: traitlets.Bunch) -> str:
        known = list(self.recorded["noises"])
        if proposal.value not in known:
            raise traitlets.TraitError(
                f"noise must be one of {', '.join(known)}, got {proposal.value!r}"
            )
        return proposal.value

    @traitlets.validate("epoch")
    def _within_the_training(self, proposal: traitlets.Bunch) -> int:
        last = self.recorded["last"]
        if not 1 <= proposal.value <= last:
            raise traitlets.TraitError(
                f"epoch must be an integer in [1, {last}], got {proposal.value!r}"
            )
        return proposal.value

    @property
    def _heights(self) -> tuple[int, int]:
        losses = {loss for cells in self.recorded["noises"].values() for loss in cells}
        return 540 + 31 * len(losses), 750 + 62 * len(losses)

    def still(self) -> Figure:
        """Draw the present state with matplotlib."""
        figure = Figure(figsize=(9, 4), layout="constrained")
        epochs = np.arange(1, self.recorded["last"] + 1)
        for axes, (column, title) in zip(
            figure.subplots(1, 2), COLUMNS.items(), strict=True
        ):
            for loss, runs in self._here().items():
                axes.plot(
                    epochs,
                    runs[column],
                    label=loss_name(loss),
                    **plots.method_style(loss),
                )
            axes.axvline(self.epoch, color=plots.GREY, linewidth=1)
            axes.set(title=title, xlabel="epoch")
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
            plots.clean_axes(axes)
        plots.legend_below(figure)
        return figure

    def alt(self) -> str:
        """Say what the still figure shows."""
        at = {loss: runs["test_accuracy"] for loss, runs in self._here().items()}
        kind, rate = noise_name(self.noise)
        order = sorted(at, key=lambda loss: -at[loss][self.epoch - 1])
        shown = ", ".join(
            f"{loss_name(loss)} {at[loss][self.epoch - 1]:.1%}" for loss in order
        )
        return (
            f"Two charts over the epochs of trainings with {kind} {rate}, a curve "
            "for each loss: the clean test accuracy, and the share of wrong labels "
            f"memorised. After epoch {self.epoch} the test accuracies are: "
            f"{shown}."
        )

    def _here(self) -> Mapping[str, dict]:
        return self.recorded["noises"][self.noise]


def _mean_over_seeds(runs: pd.DataFrame) -> dict:
    """What the figure shows of the runs of one cell, accuracies in [0, 1]."""
    histories = {
        column: np.array([history[column] for history in runs["history"]], dtype=float)
        for column in COLUMNS
    }
    return {
        **{name: rows.mean(axis=0).tolist() for name, rows in histories.items()},
        "chosen": float(runs["test_accuracy_best"].mean()),
        "peek": float(histories["test_accuracy"].max(axis=1).mean()),
        "seeds": len(runs),
    }
