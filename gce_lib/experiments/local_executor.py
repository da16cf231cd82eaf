"""Runs on this machine: in this process, or in several."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing import connection
from typing import TYPE_CHECKING

import torch
from tqdm import tqdm

from .jobs import Job, Outcome, Settings, attempt
from .runs import Run

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

OnEpoch = Callable[[Run, int], None]


class ThisProcess:
    """One run at a time, in the process of the caller.

    Parameters
    ----------
    settings : Settings
    on_epoch : callable
        ``on_epoch(run, n)`` when n epochs of a run are done.
    """

    slots = 1

    def __init__(self, settings: Settings, on_epoch: OnEpoch):
        self._settings = settings
        self._on_epoch = on_epoch
        self._jobs: list[Job] = []

    def start(self, job: Job) -> None:
        """Take a job; there must be a free slot."""
        self._jobs.append(job)

    def wait(self) -> list[Outcome]:
        """Return what has come of at least one of the jobs started."""
        job = self._jobs.pop()
        return [attempt(job, self._settings, lambda n: self._on_epoch(job.run, n))]

    def close(self) -> None:
        """Drop unfinished jobs; their checkpoints stay."""


class Processes:
    """A run in each of several long-lived processes; ``ThisProcess`` has the methods.

    Parameters
    ----------
    count : int
        Number of processes; with several GPUs they are dealt out in turn.
    settings : Settings
    on_epoch : callable
    """

    def __init__(self, count: int, settings: Settings, on_epoch: OnEpoch):
        _check_main()
        self.slots = count
        self._on_epoch = on_epoch
        self._settings = [_for_slot(settings, slot) for slot in range(count)]
        self._workers: dict[int, _Worker] = {}

    def start(self, job: Job) -> None:
        busy = {slot for slot, worker in self._workers.items() if worker.job}
        slot = min(set(range(self.slots)) - busy)
        worker = self._workers.get(slot)
        if worker is None or not worker.process.is_alive():
            worker = self._workers[slot] = _Worker(self._settings[slot])
        worker.give(job)

    def wait(self) -> list[Outcome]:
        outcomes: list[Outcome] = []
        while not outcomes:
            busy = [(slot, w.pipe, w.job) for slot, w in self._workers.items() if w.job]
            ready = connection.wait([pipe for _, pipe, _ in busy])
            for slot, pipe, job in busy:
                if pipe in ready:
                    outcomes += self._hear(slot, job.run)
        return outcomes

    def _hear(self, slot: int, run: Run) -> list[Outcome]:
        worker = self._workers[slot]
        try:
            news = worker.pipe.recv()
        except (EOFError, ConnectionError):
            worker.process.join()
            del self._workers[slot]
            code = worker.process.exitcode
            return [Outcome(run, error=f"its process died with exit code {code}")]
        if isinstance(news, Outcome):
            worker.job = None
            return [news]
        self._on_epoch(run, news)
        return []

    def close(self) -> None:
        for worker in self._workers.values():
            worker.pipe.close()  # an idle one leaves by itself
            if worker.job is not None:
                worker.process.terminate()
        for worker in self._workers.values():
            worker.process.join()


class _Worker:
    """A process that waits for jobs at the other end of a pipe."""

    def __init__(self, settings: Settings):
        context = _context()
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, settings))
        self.process.daemon = True
        self.process.start()
        theirs.close()  # so that the pipe ends with the process
        self.job: Job | None = None

    def give(self, job: Job) -> None:
        self.job = job
        self.pipe.send(job)


def _check_main() -> None:
    """Say what to do where the processes could not import the caller's script."""
    main = sys.modules["__main__"]
    path = getattr(main, "__file__", None)
    named = getattr(main, "__spec__", None) is not None
    if path is not None and not named and not os.path.exists(path):
        raise RuntimeError(
            "several workers need a script in a file or a notebook, "
            f"got one from {path}: save it, or take workers=1"
        )


def _context() -> ForkServerContext | SpawnContext:
    """Fork from a server that has torch loaded, or spawn where there is no forking."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _serve(pipe: connection.Connection, settings: Settings) -> None:
    """Do jobs until the process is ended; the parent handles Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    tqdm.set_lock(threading.RLock())  # no semaphore that a kill would leave behind
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        pipe.send(attempt(job, settings, pipe.send))


def _end_with_parent() -> None:
    """Leave at once when the parent is killed: a run must not have two processes."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


def _for_slot(settings: Settings, slot: int) -> Settings:
    gpus = torch.cuda.device_count()
    if settings.device != "auto" or gpus < 2:
        return settings
    return Settings(f"cuda:{slot % gpus}", settings.threads, settings.data_root)
