"""Lists of runs: the paper's tables, and the smaller experiments of the book."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, TypedDict

from gce_lib import checks

from .runs import Run

if TYPE_CHECKING:
    from typing_extensions import Unpack


class OtherChoices(TypedDict, total=False):
    """The choices of a :class:`Run` that are alike for all runs of a grid."""

    model: str
    protocol: str
    epochs: int | None
    train_size: int | None
    num_classes: int | None
    lr: float | None


class GridChoices(OtherChoices, total=False):
    """What :func:`grid` takes but the data set."""

    noise: str | Iterable[str]
    loss: str | Iterable[str]
    seeds: int | Iterable[int]


class AllChoices(GridChoices, total=False):
    """What :func:`grid` takes."""

    dataset: str


UNIFORM = tuple(f"symmetric:{rate}" for rate in (0.2, 0.4, 0.6, 0.8))
PAPER_LOSSES = (
    "ce",
    "mae",
    "forward",
    "forward-estimated",
    "gce:0.7",
    "acs:0.7,0.5",
    "truncated:0.7,0.5",
)
BASELINES = ("sce", "nce+rce", "agce")
RIVALS = (
    "ce",
    "smoothed",
    "gce:0.7",
    "sce",
    "apl",
    "nce+aul",
    "anl",
    "epsilon",
    "jal",
    "js",
    "bi-tempered",
    "taylor",
    "phuber",
)
LADDER = (
    "symmetric:0.333",
    "human-matrix:one",
    "human:one",
    "human:majority-3",
    "human:majority",
)


def grid(
    *,
    dataset: str = "fashion-mini",
    noise: str | Iterable[str] = "symmetric:0.4",
    loss: str | Iterable[str] = "gce:0.7",
    seeds: int | Iterable[int] = 1,
    **choices: Unpack[OtherChoices],
) -> list[Run]:
    """Return every combination of noise, loss and seed.

    The seeds change slowest: a sweep that is stopped has whole tables of fewer seeds.

    Parameters
    ----------
    dataset : str
    noise, loss : str or iterable of str
        As in :class:`Run`.
    seeds : int or iterable of int
        A number n stands for the seeds 0 … n − 1.
    **choices
        The other choices of :class:`Run`, alike for all.
    """
    noises, losses = _texts("noise", noise), _texts("loss", loss)
    if isinstance(seeds, Iterable):
        seeds = [checks.integer("seeds", seed, 0) for seed in seeds]
    else:
        seeds = range(checks.integer("seeds", seeds, 1))
    return [
        Run(dataset=dataset, noise=n, loss=method, seed=seed, **choices)
        for seed, n, method in product(seeds, noises, losses)
    ]


def _texts(name: str, given: object) -> tuple[str, ...]:
    if isinstance(given, str):
        return (given,)
    return tuple(checks.instance(name, given, Iterable, "a text or several"))


def class_dependent(dataset: str) -> tuple[str, ...]:
    """Return the specs of the paper's class-dependent noise for a data set."""
    kind = "superclass" if dataset == "cifar100" else "class-map"
    return tuple(f"{kind}:{rate}" for rate in (0.1, 0.2, 0.3, 0.4))


def paper_grid(
    dataset: str = "fashion-mini", **choices: Unpack[GridChoices]
) -> list[Run]:
    """Return the paper's closed-set table for a data set.

    Uniform noise 0.2, 0.4, 0.6, 0.8 and class-dependent noise 0.1, 0.2, 0.3, 0.4, each
    with CE, MAE, Forward with the true and with an estimated T, L_q, and truncated L_q
    by alternate convex search and directly; the paper's network and protocol; 5 seeds.

    Parameters
    ----------
    dataset : str
    **choices
        Of :func:`grid`, instead of these, such as ``protocol="fast"`` or
        ``loss=PAPER_LOSSES + BASELINES``.
    """
    defaults: GridChoices = {
        "noise": UNIFORM + class_dependent(dataset),
        "loss": PAPER_LOSSES,
        "seeds": 5,
        "protocol": "paper",
        "model": "resnet18" if dataset.startswith("fashion") else "resnet34",
    }
    return grid(dataset=dataset, **(defaults | choices))


def open_set_grid(
    dataset: str = "cifar10", **choices: Unpack[GridChoices]
) -> list[Run]:
    """Return the open-set experiment: part of the images replaced by another set's.

    The shares 0.2, 0.4 and 0.6 are our choice. Arguments as of :func:`paper_grid`.
    """
    defaults: GridChoices = {
        "noise": [f"open-set:{share}" for share in (0.2, 0.4, 0.6)],
        "loss": [loss for loss in PAPER_LOSSES if not loss.startswith("forward")],
        "seeds": 5,
        "protocol": "paper",
        "model": "resnet34",
    }
    return grid(dataset=dataset, **(defaults | choices))


def laptop_grid(dataset: str = "cifar10", **choices: Unpack[GridChoices]) -> list[Run]:
    """Return the paper's closed-set table for a laptop: minutes a run, one seed.

    The rates of :func:`paper_grid`, the losses that the paper compares, ``compact_cnn``
    and protocol ``"laptop"``. Arguments as of :func:`paper_grid`.
    """
    defaults: GridChoices = {
        "noise": UNIFORM + class_dependent(dataset),
        "loss": [loss for loss in PAPER_LOSSES if not loss.startswith("truncated")],
        "protocol": "laptop",
        "model": "compact_cnn",
    }
    return grid(dataset=dataset, **(defaults | choices))


def human_grid(dataset: str = "cifar10", **choices: Unpack[GridChoices]) -> list[Run]:
    """Return labels of people, CIFAR-10N, for a laptop: as :func:`laptop_grid`.

    There is no true T: forward correction estimates it.
    """
    defaults: GridChoices = {
        "noise": ("human:aggregate", "human:random1", "human:worse"),
        "loss": ("ce", "mae", "forward-estimated", "gce:0.7", "acs:0.7,0.5"),
    }
    return laptop_grid(dataset, **(defaults | choices))


def ladder_grid(
    dataset: str = "fashion-mnist-h", **choices: Unpack[GridChoices]
) -> list[Run]:
    """Return CE and L_q on wrong labels ever more like those of people, 3 seeds.

    A third is wrong if uniform, if drawn from people's confusion matrix and if a single
    person says each label; the majority of three and of all is wrong less often.

    Parameters
    ----------
    dataset : str
    **choices
        Of :func:`grid`, instead of these.
    """
    defaults: GridChoices = {
        "noise": LADDER,
        "loss": ("ce", "gce:0.7"),
        "seeds": 3,
    }
    return grid(dataset=dataset, **(defaults | choices))


def sensitivity_grid(**choices: Unpack[AllChoices]) -> list[Run]:
    """Return L_q for q = 0, 0.1, … 1 at uniform noise 0.4 and 0.8, 3 seeds."""
    defaults: AllChoices = {
        "noise": ("symmetric:0.4", "symmetric:0.8"),
        "loss": [f"gce:{tenths / 10}" for tenths in range(11)],
        "seeds": 3,
    }
    return grid(**(defaults | choices))


def class_count_grid(
    counts: Iterable[int] = (2, 5, 10), **choices: Unpack[AllChoices]
) -> list[Run]:
    """Return CE and L_q on the first 2, 5 and 10 classes: large c learns slowly."""
    _refuse("num_classes", choices)
    losses = ("ce", "gce:0.3", "gce:0.5", "gce:0.7", "gce:1")
    defaults: AllChoices = {"loss": losses, "seeds": 3}
    return [
        run
        for count in counts
        for run in grid(**(defaults | choices | {"num_classes": count}))
    ]


def _refuse(name: str, choices: Mapping[str, object]) -> None:
    if name in choices:
        raise ValueError(
            f"{name} must be left out of this grid, which has its own, "
            f"got {choices[name]}"
        )


def _at_rates(
    make: Callable[..., list[Run]],
    rates: Iterable[float | None],
    losses: Iterable[str],
    choices: AllChoices,
) -> list[Run]:
    """Return the runs of a grid at several learning rates, which change slowest."""
    _refuse("lr", choices)
    noises = ("symmetric:0.4", "symmetric:0.8", "class-map:0.4")
    defaults: AllChoices = {"noise": noises, "loss": losses}
    wanted = defaults | choices
    return [run for rate in rates for run in make(lr=rate, **wanted)]


def learning_rate_grid(
    rates: Iterable[float | None] = (0.1, None, 1.0), **choices: Unpack[AllChoices]
) -> list[Run]:
    """Return CE, L_q and pruned L_q for a laptop, each at several learning rates.

    None stands for the protocol's own, which is 0.3 for ``"laptop"``.
    """
    losses = ("ce", "gce:0.7", "acs:0.7,0.5")
    return _at_rates(laptop_grid, rates, losses, choices)


def rivals_grid(
    rates: Iterable[float | None] = (None, 0.03, 0.01), **choices: Unpack[AllChoices]
) -> list[Run]:
    """Return what came after L_q, in the published settings, at several learning rates.

    None stands for the protocol's own, which is 0.1 for ``"lesson"``.
    """
    return _at_rates(grid, rates, RIVALS, choices)


def lesson_grid(**choices: Unpack[AllChoices]) -> list[Run]:
    """Return the story of the book: CE, MAE, L_q and truncated L_q, one seed."""
    defaults: AllChoices = {"loss": ("ce", "mae", "gce:0.7", "acs:0.7,0.5")}
    return grid(**(defaults | choices))


GRIDS: Mapping[str, Callable[..., list[Run]]] = MappingProxyType(
    {
        "lesson": lesson_grid,
        "paper": paper_grid,
        "laptop": laptop_grid,
        "human": human_grid,
        "ladder": ladder_grid,
        "open-set": open_set_grid,
        "sensitivity": sensitivity_grid,
        "class-count": class_count_grid,
        "learning-rates": learning_rate_grid,
        "rivals": rivals_grid,
    }
)
