"""Class sums, and what they do to the risks of many hypotheses."""

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gce_lib.theory import FiniteProblem, class_sum_bounds

from .style import BLUE, GREY, ORANGE, Look, clean_axes, legend_below, q_style


def class_sums(
    function: Callable[[torch.Tensor, float], torch.Tensor],
    num_classes: int,
    qs: Sequence[float] = (0, 1),
) -> Axes:
    """Draw the class sum of L_q from the uniform prediction to a certain one.

    Parameters
    ----------
    function : callable
        ``function(f, q)`` with f float64 (N, C), rows that sum to 1, gives S(f), (N,).
    num_classes : int
    qs : sequence of float in [0, 1]

    Notes
    -----
    Used in book/theory/ce-and-mae.ipynb.
    """
    favoured = torch.linspace(1 / num_classes, 1 - 1e-6, 400, dtype=torch.float64)
    others = (1 - favoured) / (num_classes - 1)
    f = others[:, None].repeat(1, num_classes)
    f[:, 0] = favoured
    axes = plt.subplots(figsize=(6.4, 3.4), layout="constrained")[1]
    for q in qs:
        axes.plot(favoured, function(f, q), linewidth=2, **q_style(q))
    axes.set(xlabel="probability of the favoured class", ylabel="class sum $S(f)$")
    axes.set(xlim=(1 / num_classes, 1), ylim=(0, 10 * num_classes))
    axes.legend(frameon=False)
    return clean_axes(axes)


def clean_and_noisy_risks(problems: Mapping) -> Figure:
    """Draw the noisy risk of every hypothesis against its clean risk.

    The best one on clean labels is a blue square, the best on noisy ones an orange
    triangle. The fifth with the greatest clean risks is left out.

    Parameters
    ----------
    problems : mapping of title -> FiniteProblem
        A panel for each.

    Notes
    -----
    Used in book/theory/ce-and-mae.ipynb.
    """
    figure, row = plt.subplots(
        1, len(problems), figsize=(7.6, 3.5), layout="constrained", squeeze=False
    )
    for axes, (title, problem) in zip(row[0], problems.items(), strict=True):
        clean, noisy = problem.clean_risks, problem.noisy_risks
        shown = clean <= clean.quantile(0.8)
        dots = {"s": 14, "color": GREY, "alpha": 0.6, "linewidth": 0}
        axes.scatter(clean[shown], noisy[shown], **dots)
        _mark_the_best(axes, clean, noisy)
        axes.set(title=title, xlabel="clean risk $R$", ylabel=r"noisy risk $R^\eta$")
        clean_axes(axes)
    legend_below(figure)
    return figure


def risk_band(problem: FiniteProblem) -> Axes:
    """Draw the band in which uniform noise leaves the risks of all hypotheses.

    Its slope is γ, its height A and its width |A'|, the bounds of Theorem 1.

    Parameters
    ----------
    problem : FiniteProblem
        One problem, with uniform noise of a rate below 1 − 1/c.

    Notes
    -----
    Used in book/theory/bounds.ipynb.
    """
    c, eta = problem.num_classes, 1 - problem.T[0, 0].item()
    gamma, share = 1 - eta * c / (c - 1), eta / (c - 1)
    ends = class_sum_bounds(problem.q.item(), c, problem.k.item())
    low, high = (share * float(end) for end in ends)
    clean, noisy = problem.clean_risks, problem.noisy_risks
    margin = 0.1 * (clean.max() - clean.min())
    x = torch.stack([clean.min() - margin, clean.max() + margin])
    axes = plt.subplots(figsize=(6.4, 4), layout="constrained")[1]
    band: Look = {"color": BLUE, "alpha": 0.1, "linewidth": 0}
    axes.fill_between(x, gamma * x + low, gamma * x + high, **band)
    axes.scatter(clean, noisy, s=14, color=GREY, alpha=0.6, linewidth=0)
    _mark_the_best(axes, clean, noisy)
    at = (clean.max() + margin / 2).item()
    corner, top = (at, gamma * at + low), (at, gamma * at + high)
    _measure(axes, corner, top, "$A$", ha="left", va="center")
    across = (at - (high - low) / gamma, corner[1])
    _measure(axes, corner, across, "$|A'|$", ha="center", va="top")
    axes.set(xlabel="clean risk $R$", ylabel=r"noisy risk $R^\eta$", xlim=x.tolist())
    axes.legend(frameon=False, loc="upper left")
    return clean_axes(axes)


def _measure(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    name: str,
    **place: str,
) -> None:
    arrow = {"arrowstyle": "<->", "color": GREY, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops=arrow)
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    look: Look = {"textcoords": "offset points", **place}
    axes.annotate(name, middle, (4, -4), **look)


def _mark_the_best(axes: Axes, clean: torch.Tensor, noisy: torch.Tensor) -> None:
    for labels, risk, marker, colour, size in (
        ("clean", clean, "s", BLUE, 110),
        ("noisy", noisy, "^", ORANGE, 45),
    ):
        best = risk.argmin()
        look: Look = {"s": size, "color": colour, "marker": marker, "zorder": 3}
        name = f"best on {labels} labels"
        axes.scatter(clean[best], noisy[best], label=name, **look)
