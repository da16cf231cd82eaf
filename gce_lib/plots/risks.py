"""Class sums, and what they do to the risks of many hypotheses."""

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .style import BLUE, GREY, ORANGE, clean_axes, legend_below, q_style


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
        for labels, risk, marker, colour, size in (
            ("clean", clean, "s", BLUE, 110),
            ("noisy", noisy, "^", ORANGE, 45),
        ):
            best = risk.argmin()
            look = {"s": size, "color": colour, "marker": marker, "zorder": 3}
            name = f"best on {labels} labels"
            axes.scatter(clean[best], noisy[best], label=name, **look)
        axes.set(title=title, xlabel="clean risk $R$", ylabel=r"noisy risk $R^\eta$")
        clean_axes(axes)
    legend_below(figure)
    return figure
