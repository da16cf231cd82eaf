"""The generalized cross entropy loss, drawn live against the label's probability."""

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure

from gce_lib.explorers.base import Explorer, Interval, module
from gce_lib.losses import truncated_gce_from_nll

COLOURS = {"lq": "#0064a8", "ce": "#c2500a", "mae": "#00795a"}


class LossExplorer(Explorer):
    """L_q and its gradient against the probability p that the model gives the label.

    Cross-entropy (q = 0) and half the mean absolute error (q = 1) stay in sight.
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
        weight p^q that multiplies the gradient of cross-entropy.

    Raises
    ------
    traitlets.TraitError
        If a value lies outside its range, at construction or later.
    """

    _esm = module("loss.js")

    q = Interval(0.7, "[0, 1]")
    k = Interval(0.0, "[0, 1)")
    p = Interval(0.2, "(0, 1)")
    gradient = traitlets.Enum(["logit", "weight"], "logit").tag(sync=True)

    def still(self) -> Figure:
        """Draw the present state with matplotlib."""
        p = np.linspace(0.005, 1, 400)
        curves = {
            "lq": (self.q, self.k, "-", f"$L_q$, q = {self.q:.2f}"),
            "ce": (0.0, 0.0, "--", "CE (q = 0)"),
            "mae": (1.0, 0.0, ":", "MAE / 2 (q = 1)"),
        }
        figure = Figure(figsize=(9, 3.4), layout="constrained")
        left, right = figure.subplots(1, 2)
        for name, (q, k, dashes, label) in curves.items():
            style = {"color": COLOURS[name], "linestyle": dashes, "label": label}
            weight = np.where(p <= k, 0, p**q)
            pull = weight * (1 - p) if self.gradient == "logit" else weight
            nll = torch.from_numpy(-np.log(p))
            left.plot(p, truncated_gce_from_nll(nll, q, k), **style)
            right.plot(p, pull, **style)
        left.set(title="Loss", xlabel="p, the probability of the label", ylim=(0, 4))
        formula = "$p^q (1 - p)$" if self.gradient == "logit" else "$p^q$"
        right.set(title=f"Gradient: {formula}", xlabel=left.get_xlabel(), ylim=(0, 1.05))
        left.legend(frameon=False)
        for axes in (left, right):
            axes.spines[["top", "right"]].set_visible(False)
        return figure

    def alt(self) -> str:
        """Say what the still figure shows."""
        cut = f", truncated below k = {self.k:.2f}" if self.k else ""
        return (
            f"Two charts against p, the probability of the label. Left, the loss L_q at"
            f" q = {self.q:.2f}{cut}: it runs between cross-entropy, which grows without"
            f" bound as p goes to 0, and half the mean absolute error, the line 1 − p."
            f" Right, its gradient between those of the same two."
        )
