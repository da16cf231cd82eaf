"""The progress bar of a sweep: it counts epochs of all runs."""

from collections.abc import Iterable

from tqdm.auto import tqdm

from .execute import epochs_of
from .jobs import Outcome
from .runs import Run


class SweepBar:
    """A bar that is whole when every run is.

    Parameters
    ----------
    runs : iterable of Run
    shown : bool
    """

    def __init__(self, runs: Iterable[Run], *, shown: bool):
        runs = list(runs)
        self._left = {run.id: epochs_of(run) for run in runs}
        self._bar = tqdm(
            total=sum(self._left.values()),
            unit="epoch",
            desc=f"{len(runs)} runs",
            disable=not shown,
        )

    def __enter__(self) -> "SweepBar":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def epochs(self, run: Run, done: int) -> None:
        """Say that so many epochs of a run are done."""
        left = epochs_of(run) - done
        self._bar.update(self._left[run.id] - left)
        self._left[run.id] = left

    def outcome(self, outcome: Outcome) -> None:
        """Say what has come of a run."""
        run = outcome.run
        if outcome.record is not None:
            self.epochs(run, epochs_of(run))
            accuracy = outcome.record["test_accuracy_best"]
            news = f"{run.loss} on {run.noise}: {accuracy:.1%}"
        else:
            self._bar.total -= self._left[run.id]
            news = f"{run.loss} on {run.noise} {'failed' if outcome.error else 'waits'}"
        self._bar.set_postfix_str(news)
