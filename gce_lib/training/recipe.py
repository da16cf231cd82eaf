"""The numbers that determine a training, checked."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from gce_lib import checks, rng
from gce_lib.data import check_augment

from .pruning import Pruning
from .schedules import check_schedule, lr_factor


@dataclass(frozen=True)
class Recipe:
    """The arguments of :func:`gce_lib.fit` of the same names.

    Raises
    ------
    ValueError, TypeError
        One of them is out of its range or of another kind.

    Warns
    -----
    UserWarning
        The pruning would start after the end.
    """

    epochs: int
    batch_size: int
    lr: float
    schedule: str | Sequence[float]
    momentum: float
    weight_decay: float
    augment: Sequence[str]
    pruning: Pruning | None
    validation: float
    seed: int

    def __post_init__(self):
        values = {
            "epochs": checks.integer("epochs", self.epochs, 1),
            "batch_size": checks.integer("batch_size", self.batch_size, 1),
            "lr": checks.number("lr", self.lr, 0, above=True),
            "momentum": checks.number("momentum", self.momentum, 0, 1, below=True),
            "weight_decay": checks.number("weight_decay", self.weight_decay, 0),
            "validation": checks.number(
                "validation", self.validation, 0, 1, below=True
            ),
            "seed": checks.integer("seed", self.seed, 0),
            "augment": check_augment(self.augment),
            "schedule": check_schedule(self.schedule, self.epochs),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        if self.pruning is not None:
            checks.instance("pruning", self.pruning, Pruning, "a Pruning or None")
            if self.pruning.start >= self.epochs:
                warnings.warn(
                    f"pruning must start before epoch {self.epochs}, the number of "
                    f"epochs, got start={self.pruning.start}: nothing is pruned",
                    stacklevel=4,
                )

    def rates(self, epoch: int, steps: int) -> list[float]:
        """Return the learning rate of each of the ``steps`` of an epoch."""
        positions = (epoch + step / steps for step in range(steps))
        return [
            self.lr * lr_factor(self.schedule, position, self.epochs)
            for position in positions
        ]

    def streams(self) -> tuple[int, int, int, int]:
        """Return independent seeds: of split, batches, dropout and examinations."""
        split, batches, dropout, examinations = rng.streams(self.seed, 4)
        return split, batches, dropout, examinations
