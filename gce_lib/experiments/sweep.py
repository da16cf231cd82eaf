"""Many runs into one file, on one machine or many, killed and continued at will."""

from __future__ import annotations

import json
import os
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from gce_lib import checks, data, noise
from gce_lib.devices import resolve_device
from gce_lib.files import typed_path
from gce_lib.vocabulary import EXECUTORS, MOST_THREADS, OUTSIDERS

from .jobs import Job, Outcome, Pool, Settings
from .local_executor import Processes, ThisProcess
from .progress import SweepBar
from .records import RecordFile
from .runs import Run

if TYPE_CHECKING:
    from .ray_executor import RayActors


@dataclass
class Summary:
    """What a sweep has done.

    Attributes
    ----------
    finished : int
        Runs recorded now.
    skipped : int
        Runs that had a record already.
    left : int
        Runs not done when the time was over; the next sweep continues them.
    failed : dict of Run to str
        The error of each failed run; the next sweep tries them again.
    seconds : float
    """

    finished: int = 0
    skipped: int = 0
    left: int = 0
    failed: dict[Run, str] = field(default_factory=dict)
    seconds: float = 0.0

    def __str__(self) -> str:
        counts = {
            "finished": self.finished,
            "recorded before": self.skipped,
            "failed": len(self.failed),
            "left for the next time": self.left,
        }
        said = ", ".join(f"{n} {what}" for what, n in counts.items() if n)
        return f"{said or 'nothing to do'} in {self.seconds:.0f} s"


def sweep(
    runs: Iterable[Run],
    path: str | os.PathLike[str],
    *,
    executor: str = "local",
    workers: int | None = 1,
    budget_seconds: float | None = None,
    device: str = "auto",
    threads: int = 1,
    data_root: str | os.PathLike[str] | None = None,
    ray_address: str | None = None,
    gpus_per_run: float | None = None,
    progress: bool = True,
) -> Summary:
    """Do all runs that have no record yet and append a record for each.

    Whatever happens, Ctrl-C, ``kill -9`` or a power cut, the same call continues where
    it was: finished runs are in the file once, begun ones have a checkpoint, written
    after every epoch, in the folder ``<path>.work`` beside it. A run that fails does
    not stop the others; its error is in the summary and, with the traceback, in
    ``<path>.work/errors.jsonl``. Taught in book/practice/reproduction.ipynb.

    Parameters
    ----------
    runs : iterable of Run
        Those named twice are done once.
    path : path-like
        File of records, one JSON object a line; see
        :func:`gce_lib.experiments.load_records`. One sweep at a time can write it.
    executor : str
        ``"local"``, or ``"ray"`` for a Ray cluster.
    workers : int or None
        How many runs at once. Local: 1 works in this process; more are processes of
        their own, and a script then needs ``if __name__ == "__main__":``. Several
        workers share a GPU, or are dealt out to several. None: one a CPU core, or with
        Ray as many as the cluster has room for.
    budget_seconds : float, optional
        When it is over no run is begun, and those at work stop after their epoch with a
        checkpoint.
    device : str
        As in :func:`gce_lib.fit`.
    threads : int
        Of PyTorch in each worker. On CPUs of one kind, records of runs with equal
        ``threads`` are equal whatever ``workers`` is.
    data_root : path-like, optional
        As ``root`` of :func:`gce_lib.data.load`.
    ray_address : str, optional
        As in ``ray.init``.
    gpus_per_run : float, optional
        With Ray; 0.25 puts four runs on one GPU. Default: 1 where there is one.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    Summary

    Raises
    ------
    ValueError
        An argument is out of its range.
    RecordError
        The file is damaged, cannot be written, or another sweep is writing it.
    gce_lib.data.DataError
        A data set cannot be had.
    """
    runs = _runs(runs)
    _check(executor, workers, budget_seconds, threads, gpus_per_run)
    resolve_device(device)
    watch = _Watch(budget_seconds)
    unique = {run.id: run for run in runs}
    root = None if data_root is None else str(typed_path("data_root", data_root))
    settings = Settings(device, threads, root)
    with RecordFile(path) as records:
        todo = [run for run in unique.values() if run.id not in records.ids]
        summary = Summary(skipped=len(unique) - len(todo))
        _fetch_data(todo, data_root)
        with SweepBar(todo, shown=progress) as bar:
            pool: Pool
            if executor == "ray":
                pool = _ray(workers, settings, bar, ray_address, gpus_per_run)
            else:
                pool = _local(workers, settings, bar)
            try:
                _work(pool, todo, records, watch, bar, summary)
            finally:
                pool.close()
    summary.seconds = watch.seconds()
    return summary


class _Watch:
    """How long a sweep has taken and how much time is left."""

    def __init__(self, budget: float | None):
        self._began = time.monotonic()
        self._budget = budget

    def seconds(self) -> float:
        return time.monotonic() - self._began

    def left(self) -> float | None:
        return None if self._budget is None else self._budget - self.seconds()

    def is_over(self) -> bool:
        left = self.left()
        return left is not None and left <= 0


def _work(
    pool: Pool,
    todo: Iterable[Run],
    records: RecordFile,
    watch: _Watch,
    bar: SweepBar,
    summary: Summary,
) -> None:
    """Keep all slots of the pool busy until everything is done or the time is over."""
    waiting = deque(todo)
    at_work = 0
    while True:
        while waiting and at_work < pool.slots and not watch.is_over():
            run = waiting.popleft()
            pool.start(Job(run, records.folder(run.id), watch.left()))
            at_work += 1
        if not at_work:
            break
        for outcome in pool.wait():
            at_work -= 1
            _settle(outcome, records, summary)
            bar.outcome(outcome)
    summary.left += len(waiting)


def _settle(outcome: Outcome, records: RecordFile, summary: Summary) -> None:
    run = outcome.run
    if outcome.record is not None:
        records.append(outcome.record)
        summary.finished += 1
    elif outcome.error:
        _write_error(outcome, records.work / "errors.jsonl")
        summary.failed[run] = outcome.error
    else:
        summary.left += 1


def _write_error(outcome: Outcome, path: Path) -> None:
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    run = outcome.run
    error = {"time": now, "id": run.id, "run": run.to_dict(), "error": outcome.error}
    with suppress(OSError), open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps({**error, "traceback": outcome.details}) + "\n")


def _fetch_data(todo: Iterable[Run], root: str | os.PathLike[str] | None) -> None:
    """Download what is missing, once, before several workers want it."""
    names = {run.dataset for run in todo}
    kinds = {(run.dataset, run.noise_model) for run in todo}
    names |= {OUTSIDERS[name] for name, kind in kinds if kind.name == "open-set"}
    for name in sorted(names):
        data.load(name, root=root)
    for name, kind in kinds:
        if kind.name == "human":
            noise.human(name, *kind.words, root=root)


def _local(
    workers: int | None, settings: Settings, bar: SweepBar
) -> ThisProcess | Processes:
    if workers == 1:
        return ThisProcess(settings, bar.epochs)
    return Processes(workers or os.cpu_count() or 1, settings, bar.epochs)


def _ray(
    workers: int | None,
    settings: Settings,
    bar: SweepBar,
    address: str | None,
    gpus: float | None,
) -> RayActors:
    from .ray_executor import RayActors  # Ray is optional

    return RayActors(workers, settings, bar.epochs, address=address, gpus=gpus)


def _runs(runs: object) -> list[Run]:
    wanted = "a list of Run, as grid() makes"
    if isinstance(runs, str) or not isinstance(runs, Iterable):
        raise TypeError(f"runs must be {wanted}, got {checks.told(runs)}")
    return [checks.instance("runs", run, Run, wanted) for run in runs]


def _check(
    executor: str,
    workers: int | None,
    budget_seconds: float | None,
    threads: int,
    gpus_per_run: float | None,
) -> None:
    checks.choice("executor", executor, EXECUTORS)
    checks.integer("threads", threads, 1, MOST_THREADS)
    if workers is not None:
        checks.integer("workers", workers, 1)
    if budget_seconds is not None:
        checks.number("budget_seconds", budget_seconds, 0)
    if gpus_per_run is not None:
        checks.number("gpus_per_run", gpus_per_run, 0)
