"""Cross entropy and L_q learn side by side, in the page, from partly wrong labels."""

import traitlets
from matplotlib.figure import Figure

from gce_lib.explorers import playground_still

from .base import Explorer, Interval, styles
from .bundle import bundle


class Playground(Explorer):
    """Two small networks that learn the same noisy labels, one by CE, one by L_q.

    The networks, their data and the noise live in the page; what is drawn follows from
    the traits and the number of epochs alone. Taught in book/theory/playground.ipynb.

    Attributes
    ----------
    dataset : "blobs", "spirals" or "moons"
        Points of 4, 3 or 2 classes in the plane.
    noise_rate : float in [0, 0.8]
        The probability that a label is replaced by another class.
    q : float in [0, 1]
        The exponent of the loss; at 0 both networks do the same.
    k : float in [0, 1)
        The truncation of L_q; 0 truncates nothing.
    pruning : bool
        Truncate by alternate convex search, dropping the labels with p < k every few
        epochs; otherwise descend the truncated loss itself.
    seed : int in [0, 999]
        Fixes data, noise, first weights and the order of the examples.
    speed : "slow", "normal" or "fast"
    playing : bool
        Whether the networks are learning.

    Raises
    ------
    traitlets.TraitError
        If a value lies outside its range, at construction or later.
    """

    _esm = bundle("playground/playground.js")
    _css = styles("playground/playground.css")
    _heights = (1110, 1540)

    dataset = traitlets.Enum(["blobs", "spirals", "moons"], "blobs").tag(sync=True)
    noise_rate = Interval(0.4, "[0, 0.8]")
    q = Interval(0.7, "[0, 1]")
    k = Interval(0.0, "[0, 1)")
    pruning = traitlets.Bool(True).tag(sync=True)
    seed = traitlets.Int(0, min=0, max=999).tag(sync=True)
    speed = traitlets.Enum(["slow", "normal", "fast"], "normal").tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)

    def still(self) -> Figure:
        """Draw the recorded run at the default settings with matplotlib."""
        return playground_still.draw()

    def alt(self) -> str:
        """Say what the still figure shows."""
        return playground_still.describe()
