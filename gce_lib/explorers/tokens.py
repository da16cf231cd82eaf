"""What L_q hears of right and of wrong tokens, on a recorded training, drawn live."""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path

import numpy as np
import torch
import traitlets
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from gce_lib import plots
from gce_lib.experiments.sums import PROMPT

from .base import Explorer, Interval, WholeNumber, styles
from .bundle import bundle

RECORD = Path(__file__).with_name("tokens.json")
SHOWN = 8  # lines of a task; all of them count for the numbers


@cache
def recorded() -> dict:
    """Return the record: steps, and for each task lines, answers and −log p."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


class TokenExplorer(Explorer):
    """The tokens of right and wrong answers, coloured by their weight p^q.

    A small transformer learns to add; it is recorded which probability p it gives to
    the two tokens of each answer of 100 sums, and of 100 differences, that it does not
    learn. Left, the weights of the first 8 lines; right, against q, the share of the
    pull p^q (1 − p) that comes from wrong tokens, and the mean pull of all tokens.
    Taught in book/practice/other-places.ipynb; ``python -m tools.record_tokens`` makes
    the record.

    Attributes
    ----------
    q : float in [0, 1]
        The exponent of the loss.
    task : "sums" or "differences"
        What the model reads. It learns nothing but sums.
    stage : int in [0, 8]
        How far it has come: from 0, untrained, to 8, the end of its training.

    Raises
    ------
    traitlets.TraitError
        If a value lies outside its range, at construction or later.
    """

    _esm = bundle("tokens/tokens.js")
    _css = styles("tokens/tokens.css")
    _heights = (634, 1085)

    q = Interval(0.7, "[0, 1]")
    task = traitlets.Enum(["sums", "differences"], "sums").tag(sync=True)
    stage = WholeNumber(8, "[0, 8]")
    recorded = traitlets.Dict(read_only=True).tag(sync=True)

    @traitlets.default("recorded")
    def _recorded(self) -> dict:
        return deepcopy(recorded())

    @property
    def nll(self) -> torch.Tensor:
        """The −log p of the tokens at this stage, float64, shape (100, 2)."""
        nll = self.recorded["tasks"][self.task]["nll"][self.stage]
        return torch.tensor(nll, dtype=torch.float64)

    @property
    def wrong(self) -> torch.Tensor:
        """Which tokens of the answers are wrong, bool, shape (100, 2)."""
        task = self.recorded["tasks"][self.task]
        given = [list(line[PROMPT:]) for line in task["lines"]]
        right = [list(answer) for answer in task["answers"]]
        return torch.from_numpy(np.array(given) != np.array(right))

    def still(self) -> Figure:
        """Draw the present state with matplotlib."""
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(4, 5))
        self._draw_tokens(left)
        self._draw_pull(right)
        return figure

    def _draw_tokens(self, axes: Axes) -> None:
        """Write the first lines; the wrong tokens orange, with a cross."""
        task, weights = self.recorded["tasks"][self.task], (-self.q * self.nll).exp()
        for i, line in enumerate(task["lines"][:SHOWN]):
            axes.text(0, i, line[:PROMPT], family="monospace", va="center")
            for j, token in enumerate(line[PROMPT:]):
                right, weight = task["answers"][i][j], weights[i, j].item()
                text = f"  {token}" if token == right else f"✗ {token} ({right})"
                colour, x = plots.BLUE if token == right else plots.ORANGE, 1.3 + 2 * j
                _draw_box(axes, x, i, colour, weight)
                axes.text(x + 0.1, i, text, va="center")
                axes.text(x + 1.8, i, f"{weight:.2f}", va="center", ha="right")
        axes.set(xlim=(0, 5.3), ylim=(SHOWN - 0.4, -0.6))
        axes.set_title("Weights; ✗ wrong (right digit)", loc="left")
        axes.set_axis_off()

    def _draw_pull(self, axes: Axes) -> None:
        along = torch.linspace(0, 1, 201, dtype=torch.float64)
        share, pull = self._pull(along)
        axes.fill_between(along, share, color=plots.ORANGE, alpha=0.3, linewidth=0)
        axes.plot(along, share, color=plots.ORANGE, label="share of wrong tokens")
        axes.plot(along, pull, color="black", ls="--", label="mean of all tokens")
        axes.axvline(self.q, color=plots.GREY, linewidth=1)
        axes.set(title="Pull $p^q (1 - p)$", xlabel="q", xlim=(0, 1), ylim=(0, 1.05))
        plots.clean_axes(axes)
        axes.legend(frameon=False)

    def _pull(self, q: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Of each q, shape (N,): the share of the wrong tokens, and the mean of all."""
        pull = (-q[:, None, None] * self.nll).exp() * -self.nll.neg().expm1()
        return (pull * self.wrong).sum((1, 2)) / pull.sum((1, 2)), pull.mean((1, 2))

    def alt(self) -> str:
        """Say what the still figure shows."""
        weights, wrong = (-self.q * self.nll).exp(), self.wrong
        ends = torch.tensor([0, self.q], dtype=torch.float64)
        share, pull = (values.tolist() for values in self._pull(ends))
        return (
            f"Left, {SHOWN} {self.task} with answers, some of them wrong, and the"
            f" weight of each token of an answer at q = {self.q:.2f}, as a number and a"
            f" shade, after {self.recorded['steps'][self.stage]} steps of learning to"
            f" add. Over all lines right tokens weigh {weights[~wrong].mean():.2f} on"
            f" average and wrong ones {weights[wrong].mean():.2f}. Right, against q,"
            f" the share of the pull that comes from wrong tokens, {share[0]:.0%} at"
            f" q = 0 and {share[1]:.0%} here, and the mean pull, {pull[0]:.3f} at q = 0"
            f" and {pull[1]:.3f} here."
        )


def _draw_box(axes: Axes, x: float, y: float, colour: str, weight: float) -> None:
    """Draw the box of a token, half of the colour where the weight is 1."""
    full, empty = np.array(to_rgb(colour)), np.array(to_rgb("0.96"))
    shade = empty + weight / 2 * (full - empty)
    axes.add_patch(Rectangle((x, y - 0.45), 1.9, 0.9, facecolor=shade))
