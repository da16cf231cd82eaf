"""The generalized cross entropy loss, drawn live against the label's probability."""

from typing import Any

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure

from gce_lib.losses import truncated_gce_from_nll

from .base import Explorer, Interval
from .bundle import bundle

STYLES: dict[str, dict[str, Any]] = {
    "ce": {"color": "#c2500a", "linestyle": "--"},
    "mae": {"color": "#00795a", "linestyle": ":"},
    "lq": {"color": "#0064a8", "linewidth": 2.5},
}


class LossExplorer(Explorer):
    """L_q and its gradient against the probability p that the model gives the label.

    Cross entropy (q = 0) and half the mean absolute error (q = 1) stay in sight.
    Taught in book/theory/lq-loss.ipynb.

    Attributes
    ----------
    q : float in [0, 1]
        The exponent of the loss.
    k : float in [0, 1)
        Where p <= k the loss is truncated: flat, with no gradient. 0 truncates nothing.
    p : float in (0, 1)
        The probe, at which the numbers are read out.
    gradient : "logit" or "weight"
        What the right panel draws: the pull p^q (1 - p) on the label's logit, or the
        weight p^q that multiplies the gradient of cross entropy.

    Raises
    ------
    traitlets.TraitError
        If a value lies outside its range, at construction or later.
    """

    _esm = bundle("loss/loss.js")
    _heights = (600, 1010)

    q = Interval(0.7, "[0, 1]")
    k = Interval(0.0, "[0, 1)")
    p = Interval(0.2, "(0, 1)")
    gradient = traitlets.Enum(["logit", "weight"], "logit").tag(sync=True)

    def still(self) -> Figure:
        """Draw the present state with matplotlib."""
        figure = Figure(figsize=(9, 3.4), layout="constrained")
        left, right = figure.subplots(1, 2)
        for kind, q, k, label in (
            ("ce", 0.0, 0.0, "CE (q = 0)"),
            ("mae", 1.0, 0.0, "½ MAE (q = 1)"),
            ("lq", self.q, self.k, f"$L_q$, q = {self.q:.2f}"),
        ):
            p, loss, pull = self._curves(q, k)
            left.plot(p, loss, **STYLES[kind], label=label)
            right.plot(p, pull, **STYLES[kind])
        formula = "$p^q (1 - p)$" if self.gradient == "logit" else "$p^q$"
        left.set(title="Loss", ylim=(0, 4))
        left.legend(frameon=False)
        right.set(title=f"Gradient: {formula}", ylim=(0, 1.05))
        for axes in (left, right):
            axes.set_xlabel("p, the probability of the label")
            axes.spines[["top", "right"]].set_visible(False)
        return figure

    def _curves(
        self, q: float, k: float
    ) -> tuple[np.ndarray, torch.Tensor, np.ndarray]:
        """p, the loss and the chosen gradient, finely enough for a step at k."""
        p = np.linspace(0.002, 1, 1000)
        loss = truncated_gce_from_nll(torch.from_numpy(-np.log(p)), q, k)
        weight = np.where(p <= k, 0, p**q)
        return p, loss, weight * (1 - p) if self.gradient == "logit" else weight

    def alt(self) -> str:
        """Say what the still figure shows."""
        cut = f", truncated below k = {self.k:.2f}" if self.k else ""
        return (
            "Two charts against p, the probability of the label. Left, the loss L_q at"
            f" q = {self.q:.2f}{cut}: between cross entropy, which grows without bound"
            " as p goes to 0, and half the mean absolute error, the line 1 − p."
            " Right, its gradient, between those of the same two."
        )
