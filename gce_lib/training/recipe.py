"""The numbers that determine a training, checked."""

from dataclasses import dataclass

import numpy as np

from .pruning import Pruning
from .schedules import check_schedule, lr_factor


@dataclass(frozen=True)
class Recipe:
    """The arguments of :func:`gce_lib.fit` of the same names.

    Raises
    ------
    ValueError
        One of them is out of its range.
    """

    epochs: int
    batch_size: int
    lr: float
    schedule: str | tuple[int, ...]
    momentum: float
    weight_decay: float
    augment: tuple[str, ...]
    pruning: Pruning | None
    validation: float
    seed: int

    def __post_init__(self):
        if self.epochs < 1:
            raise ValueError(f"epochs must be at least 1, got {self.epochs}")
        if not self.lr > 0:
            raise ValueError(f"lr must be above 0, got {self.lr}")
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum must be in [0, 1), got {self.momentum}")
        if not self.weight_decay >= 0:
            raise ValueError(
                f"weight_decay must be at least 0, got {self.weight_decay}"
            )
        if self.seed < 0:
            raise ValueError(f"seed must be at least 0, got {self.seed}")
        check_schedule(self.schedule, self.epochs)

    def rates(self, epoch: int, steps: int) -> list[float]:
        """Return the learning rate of each of the ``steps`` of an epoch."""
        positions = (epoch + step / steps for step in range(steps))
        return [
            self.lr * lr_factor(self.schedule, position, self.epochs)
            for position in positions
        ]

    def streams(self) -> tuple[int, int, int, int]:
        """Return independent seeds: of split, batches, dropout and examinations."""
        sequence = np.random.SeedSequence(self.seed)
        split, batches, dropout, looks = sequence.generate_state(4, np.uint64).tolist()
        return split, batches, dropout, looks
