"""How long and how a run trains, as arguments of :func:`gce_lib.fit`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from gce_lib import checks
from gce_lib.data import NAMES
from gce_lib.training import Pruning

_CIFAR = ("cifar10", "cifar100")


@dataclass(frozen=True)
class Protocol:
    """A training plan.

    Attributes
    ----------
    epochs : int
    lr : float
        Highest learning rate.
    schedule : str or tuple of int
        As in ``fit``; numbers are the epochs at which the rate falls to a tenth.
    prune_from, prune_every : int
        When alternate convex search refreshes its keep table, in epochs.
    weight_decay : float
    batch_size : int
    augmented : tuple of str
        The data sets whose images are cropped and flipped at random.
    """

    epochs: int
    lr: float
    schedule: str | tuple[int, ...]
    prune_from: int
    prune_every: int
    weight_decay: float = 1e-4
    batch_size: int = 128
    augmented: tuple[str, ...] = _CIFAR

    def stretched(self, epochs: int) -> "Protocol":
        """Return the plan for another number of epochs, all its dates in proportion."""
        schedule = self.schedule
        if not isinstance(schedule, str):
            moved = {self._moved(date, epochs) for date in schedule}
            schedule = tuple(sorted(date for date in moved if date < epochs))
        return replace(
            self,
            epochs=epochs,
            schedule=schedule,
            prune_from=self._moved(self.prune_from, epochs),
            prune_every=self._moved(self.prune_every, epochs),
        )

    def _moved(self, date: int, epochs: int) -> int:
        return max(1, round(date * epochs / self.epochs))

    def pruning(self, k: float) -> Pruning:
        """Return when and how alternate convex search prunes."""
        return Pruning(k=k, start=self.prune_from, every=self.prune_every)

    def fit_options(self, dataset: str) -> dict[str, Any]:
        """Return keyword arguments of ``fit``, pruning left out."""
        return {
            "epochs": self.epochs,
            "lr": self.lr,
            "schedule": self.schedule,
            "weight_decay": self.weight_decay,
            "batch_size": self.batch_size,
            "augment": ("crop", "flip") if dataset in self.augmented else (),
        }


_PAPER = Protocol(120, 0.01, (40, 80), prune_from=40, prune_every=10)
_LAPTOP = Protocol(
    10,
    0.3,
    "triangle",
    prune_from=4,
    prune_every=2,
    weight_decay=5e-4,
    batch_size=256,
    augmented=(),
)

PROTOCOLS: Mapping[str, Protocol] = MappingProxyType(
    {
        "lesson": Protocol(20, 0.1, "one-cycle", prune_from=8, prune_every=2),
        "fast": Protocol(
            30, 0.1, "one-cycle", prune_from=10, prune_every=3, weight_decay=5e-4
        ),
        "laptop": _LAPTOP,
        "laptop-augmented": replace(_LAPTOP, augmented=NAMES),
        "paper": _PAPER,
    }
)
_PAPER_CIFAR100 = replace(_PAPER, epochs=150, schedule=(80, 120), prune_from=80)


def protocol(name: str, dataset: str, epochs: int | None = None) -> Protocol:
    """Return the training plan ``name`` for a data set.

    ``"lesson"``
        20 epochs, one-cycle up to 0.1: minutes on a CPU or a T4 with a small network.
    ``"fast"``
        30 epochs, one-cycle up to 0.1, weight decay 5e-4: a modern short schedule.
    ``"laptop"``
        10 epochs of batches of 256, the learning rate in a triangle up to 0.3 with its
        peak after 2, weight decay 5e-4, pruning before epochs 5, 7 and 9, **no
        augmentation**: with ``compact_cnn`` cross entropy memorises wrong labels,
        in about five minutes of one core with matrix units for bf16.
    ``"laptop-augmented"``
        The same with crops and flips on all data sets.
    ``"paper"``
        That of Zhang & Sabuncu (2018): SGD with momentum 0.9, weight decay
        1e-4, learning rate 0.01, batches of 128. CIFAR-10: 120 epochs, a tenth of the
        rate at 40 and 80, pruning from 40; CIFAR-100: 150 epochs, 80 and 120, pruning
        from 80; pruning every 10 epochs. Their plan for Fashion-MNIST is not known to
        us: **we chose** that of CIFAR-10, without augmentation.

    All plans hold out 10 % of the noisy training set for validation, and use Nesterov
    momentum 0.9. Where nothing else is said, images of CIFAR are cropped and flipped at
    random, others are not augmented.

    Parameters
    ----------
    name : str
    dataset : str
    epochs : int, optional
        Another number of epochs, to which all dates of the plan are scaled.

    Raises
    ------
    ValueError
        The name is unknown.
    """
    checks.choice("protocol", name, PROTOCOLS)
    plan = PROTOCOLS[name]
    if name == "paper" and dataset == "cifar100":
        plan = _PAPER_CIFAR100
    return plan if epochs is None else plan.stretched(epochs)
