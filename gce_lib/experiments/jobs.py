"""A run on its way through a worker: what it is given and what comes of it."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .execute import OutOfTime, execute
from .runs import Run


@dataclass(frozen=True)
class Settings:
    """What all runs of a sweep share; see :func:`gce_lib.experiments.sweep`."""

    device: str = "auto"
    threads: int = 1
    data_root: str | None = None


@dataclass(frozen=True)
class Job:
    """A run to do.

    Attributes
    ----------
    run : Run
    folder : Path
        For its checkpoints.
    seconds : float or None
        To stop after, at the end of an epoch.
    """

    run: Run
    folder: Path
    seconds: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a job: a record, an error, or neither when the time was over.

    Attributes
    ----------
    run : Run
    record : dict or None
    error : str
        In one sentence; ``""`` for none.
    details : str
        The traceback of the error.
    """

    run: Run
    record: dict | None = None
    error: str = ""
    details: str = ""


class Pool(Protocol):
    """Workers that do jobs, one in each slot."""

    slots: int

    def start(self, job: Job) -> None: ...

    def wait(self) -> list[Outcome]: ...

    def close(self) -> None: ...


def attempt(job: Job, settings: Settings, on_epoch: Callable[[int], None]) -> Outcome:
    """Execute a job; whatever goes wrong becomes part of the outcome."""
    try:
        record = execute(
            job.run,
            folder=job.folder,
            seconds=job.seconds,
            device=settings.device,
            threads=settings.threads,
            data_root=settings.data_root,
            on_epoch=on_epoch,
        )
    except OutOfTime:
        return Outcome(job.run)
    except Exception as error:  # of any kind: the other runs go on
        message = f"{type(error).__name__}: {error}"
        return Outcome(job.run, error=message, details=traceback.format_exc())
    return Outcome(job.run, record)
