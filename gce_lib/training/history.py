"""What a training tells about itself: a row an epoch."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from torch import Tensor

from gce_lib import extras

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = extras.Lazy("pandas", "a history as a table")


class History:
    """Rows of numbers, one an epoch, and the weights of the best one.

    Returned by :func:`gce_lib.fit`. Columns (floats, but ``epoch``):

    ``epoch``
        1, 2, …
    ``loss``
        Mean training loss over the epoch.
    ``validation_accuracy``
        In [0, 1], on the held-out share of the noisy training set; NaN without one.
    ``test_accuracy``
        In [0, 1], on the test set, whose labels are clean. Without a test set there is
        no such column.
    ``memorised``
        Share of the flipped training examples that are predicted as their wrong label,
        in [0, 1]; NaN if none is flipped. With more than 10,000 training examples, at
        most 5,000 flipped ones are looked at, drawn by the seed. (The book's records of
        Fashion-MNIST with ``mlp`` are older and looked at all.)
    ``effective_sample_size``
        (Σ w)² / Σ w² over the epoch, where w is the factor by which the loss multiplies
        an example's cross entropy gradient (p^q for L_q): the number of examples that
        would teach as much with equal weights.
    ``learning_rate``
        At the end of the epoch.
    ``seconds``
        Of the whole epoch, measuring included.
    ``cpu_seconds``
        Those that the CPU cores worked for it, whatever else they were busy with.
    ``kept``, ``pruning_precision``, ``pruning_recall``
        Only with pruning, in [0, 1]: share of the training examples kept, share of
        flipped ones among the pruned, share of pruned ones among the flipped.

    Attributes
    ----------
    rows : list of dict
    best_state : dict of Tensor or None
        ``state_dict`` of the best row, on the CPU; not part of :meth:`to_dict`.

    Examples
    --------
    >>> history = History([{"epoch": 1, "test_accuracy": 0.8}])
    >>> history["test_accuracy"]
    [0.8]
    """

    def __init__(self, rows: Iterable[dict] = ()):
        self.rows = [dict(row) for row in rows]
        self.best_state: dict[str, Tensor] | None = None

    def append(self, row: dict) -> None:
        """Add the row of one more epoch."""
        self.rows.append(row)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, column: str) -> list:
        """Return one column, a value an epoch."""
        if self.rows and column not in self.rows[0]:
            columns = ", ".join(self.rows[0])
            raise KeyError(f"column must be one of {columns}, got {column!r}")
        return [row[column] for row in self.rows]

    def __repr__(self) -> str:
        if not self.rows:
            return "History(no epochs)"
        if "test_accuracy" not in self.last:
            return f"History({len(self)} epochs, no test set)"
        return (
            f"History({len(self)} epochs, "
            f"last test accuracy {self.last['test_accuracy']:.1%}, "
            f"at best validation {self.best['test_accuracy']:.1%})"
        )

    @property
    def last(self) -> dict:
        """Row of the last epoch."""
        return self.rows[-1]

    @property
    def best(self) -> dict:
        """Row of the best noisy-validation accuracy, the first of equals.

        Without a validation set it is the last row: the test set chooses nothing.
        """
        if math.isnan(self.last["validation_accuracy"]):
            return self.last
        return max(self.rows, key=lambda row: row["validation_accuracy"])

    def frame(self) -> pd.DataFrame:
        """Return the rows as a table indexed by epoch."""
        return pd.DataFrame(self.rows).set_index("epoch")

    def to_dict(self) -> dict[str, list]:
        """Return the columns as lists; NaN becomes None, as JSON wants it."""
        columns = self.rows[0] if self.rows else ()
        return {name: [_to_json(v) for v in self[name]] for name in columns}

    @classmethod
    def from_dict(cls, columns: dict[str, list]) -> History:
        """Inverse of :meth:`to_dict`."""
        names = list(columns)
        values = zip(*columns.values(), strict=True)
        return cls(
            {k: math.nan if v is None else v for k, v in zip(names, row, strict=True)}
            for row in values
        )


def _to_json(value: float) -> float | None:
    return None if isinstance(value, float) and math.isnan(value) else value
