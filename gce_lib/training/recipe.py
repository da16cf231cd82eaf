"""The numbers that determine a training, checked."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import nn
from torch.optim import Optimizer

from gce_lib import checks, rng
from gce_lib.data import check_augment

from .pruning import Pruning
from .schedules import check_schedule, lr_factor

EXAMPLE = "lambda parameters: torch.optim.AdamW(parameters, lr=1e-3)"
SGD = {"lr": 0.1, "momentum": 0.9, "weight_decay": 1e-4}


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
    lr: float | None
    schedule: str | Sequence[float]
    momentum: float | None
    weight_decay: float | None
    augment: Sequence[str]
    pruning: Pruning | None
    validation: float
    seed: int
    optimizer: Callable[[list[nn.Parameter]], Optimizer] | None = None

    def __post_init__(self):
        values = {
            "epochs": checks.integer("epochs", self.epochs, 1),
            "batch_size": checks.integer("batch_size", self.batch_size, 1),
            **(self._sgd() if self.optimizer is None else self._other()),
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

    def _sgd(self) -> dict[str, float]:
        """Return the numbers of SGD, checked; those left out have their defaults."""
        given = {name: getattr(self, name) for name in SGD}
        chosen = {n: SGD[n] if v is None else v for n, v in given.items()}
        return {
            "lr": checks.number("lr", chosen["lr"], 0, above=True),
            "momentum": checks.number("momentum", chosen["momentum"], 0, 1, below=True),
            "weight_decay": checks.number("weight_decay", chosen["weight_decay"], 0),
        }

    def _other(self) -> dict[str, None]:
        """Refuse numbers of SGD beside another optimiser."""
        if isinstance(self.optimizer, Optimizer) or not callable(self.optimizer):
            raise TypeError(
                f"optimizer must be a function of the parameters, such as {EXAMPLE}, "
                f"got {checks.told(self.optimizer)}"
            )
        for name in SGD:
            if (value := getattr(self, name)) is not None:
                raise ValueError(
                    f"{name} must be left out with an optimizer, which has its own, "
                    f"got {value!r}"
                )
        return {}

    def factors(self, epoch: int, steps: int) -> list[float]:
        """Return the rate of each of the ``steps`` of an epoch, of the highest one."""
        positions = (epoch + step / steps for step in range(steps))
        return [lr_factor(self.schedule, p, self.epochs) for p in positions]

    def streams(self) -> tuple[int, int, int, int]:
        """Return independent seeds: of split, batches, dropout and examinations."""
        split, batches, dropout, examinations = rng.streams(self.seed, 4)
        return split, batches, dropout, examinations
