"""The bounds of Theorems 1 and 2 and a cloud of random problems, drawn live."""

from dataclasses import replace

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gce_lib import theory
from gce_lib.losses import gce_from_nll
from gce_lib.theory import FiniteProblem, check_theorem_1, random_finite_problem

from .base import Explorer, Interval, WholeNumber, styles
from .bundle import bundle

THEOREM_1 = {"color": "#0064a8", "linewidth": 2.5}
THEOREM_2 = {"color": "#c2500a", "linestyle": "--"}
WORST_CASE = {"color": "#00795a", "linestyle": ":", "linewidth": 2}


class BoundExplorer(Explorer):
    """What noise can cost at most, against the noise rate, and what it costs by chance.

    Left the bounds of the noisy risk, A and B, right that of the clean risk, A', all as
    shares of the range of the loss: above 1 a bound says nothing.  The dots are
    random problems with uniform noise, solved exactly.  Where k = 0, B, for noise that
    depends on the class, is drawn for the share 1 − η of right labels, with the sharp
    bound for the worst such noise, that turns every class into one other; and beside A'
    the greatest clean cost, below ``|A'|`` in the tinted region, η > 1 − c^(−q).
    Taught in book/theory/bounds.ipynb.

    Attributes
    ----------
    q : float in (0, 1]
        The exponent of the loss.
    k : float in [0, 1)
        Its truncation; 0 truncates nothing.
    num_classes : int in [2, 100]
        The number of classes c.
    noise_rate : float in [0, 1)
        The noise rate η, at which the numbers are read out.

    Raises
    ------
    traitlets.TraitError
        If a value lies outside its range, at construction or later.
    """

    _esm = bundle("bounds/bounds.js")
    _css = styles("bounds/bounds.css")
    _heights = (712, 1016)

    q = Interval(0.7, "(0, 1]")
    k = Interval(0.0, "[0, 1)")
    num_classes = WholeNumber(10, "[2, 100]")
    noise_rate = Interval(0.4, "[0, 1)")

    def still(self) -> Figure:
        """Draw the present state with matplotlib."""
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        q, k, c = self.q, self.k, self.num_classes
        largest = gce_from_nll(torch.tensor(np.inf if k == 0 else -np.log(k)), q).item()
        eta = torch.linspace(0.001, 0.999, 500, dtype=torch.float64)
        within = eta[eta < 1 - 1 / c]
        problems = self._problems()
        check, rate = check_theorem_1(problems), 1 - problems.T[:, 0, 0]

        if k == 0:
            by_class = theory.class_dependent_risk_bound(q, c, 1 - eta)
            left.plot(eta, by_class / largest, **THEOREM_2, label="B")
            sharp = self._sharp_bound(eta)
            left.plot(eta, sharp / largest, **WORST_CASE, label="sharp")
        noisy = theory.noisy_risk_bound(q, c, within, k)
        clean = -theory.clean_risk_bound(q, c, within, k)
        left.plot(within, noisy / largest, **THEOREM_1, label="A")
        right.plot(within, clean / largest, **THEOREM_1, label="|A'|")
        if k == 0:
            most = theory.largest_clean_cost(q, c, within)
            right.plot(within, most / largest, **WORST_CASE, label="greatest cost")
            right.axvspan(
                1 - c**-q, 1 - 1 / c, color="#00795a", alpha=0.08, linewidth=0
            )
        left.set(title="Cost in noisy risk", ylabel="share of the range of the loss")
        right.set(title="Cost in clean risk")
        for axes, gap in ((left, check.noisy_gap), (right, -check.clean_gap)):
            seen = gap > 0
            axes.scatter(rate[seen], gap[seen] / largest, s=5, color="#6b7280")
            self._finish(axes)
        return figure

    def _sharp_bound(self, eta: torch.Tensor) -> torch.Tensor:
        """The sharp bound for noise that turns class 0 into class 1."""
        T = torch.eye(2, dtype=torch.float64).repeat(len(eta), 1, 1)
        T[:, 0] = torch.stack([1 - eta, eta], dim=1)
        return theory.class_dependent_noisy_risk_bound(
            self.q, T, torch.tensor([1.0, 0.0])
        )

    def _problems(self) -> FiniteProblem:
        """Random problems with the loss of the present state and uniform noise."""
        problems = random_finite_problem(
            seed=0, count=400, num_classes=self.num_classes, num_inputs=2
        )
        q, k = (torch.full_like(problems.q, value) for value in (self.q, self.k))
        return replace(problems, q=q, k=k)

    def _finish(self, axes: Axes) -> None:
        axes.axhspan(1, 10, color=THEOREM_2["color"], alpha=0.13, linewidth=0)
        axes.axvspan(1 - 1 / self.num_classes, 1, color="#f5f7fa")
        axes.axvline(self.noise_rate, color="#56616e", linewidth=1)
        axes.set(xlabel="η, the noise rate", xlim=(0, 1))
        axes.set(yscale="log", ylim=(1e-3, 10))
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, loc="lower right")

    def alt(self) -> str:
        """Say what the still figure shows."""
        cut, more_noisy, more_clean = f", k = {self.k:.2f}" if self.k else "", "", ""
        if self.k == 0:
            more_noisy = ", B and the sharp bound that goes to 0 with the noise"
            more_clean = ", and below it the greatest cost that occurs"
        return (
            "Two charts against the noise rate, as shares of the range of the loss, on"
            f" a logarithmic scale, for q = {self.q:.2f}{cut} and {self.num_classes}"
            f" classes. Left the bound A of the noisy risk{more_noisy}; right the bound"
            " |A'| of the clean risk, which leaves the chart as the noise rate comes"
            f" near 1 − 1/c{more_clean}. Random problems lie below, as a cloud of dots."
        )
