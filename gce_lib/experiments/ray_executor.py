"""Runs on a Ray cluster, or on this machine through Ray."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gce_lib import extras

from .jobs import Job, Outcome, Settings, attempt
from .local_executor import OnEpoch

if TYPE_CHECKING:
    from ray import ObjectRef
    from ray.util.queue import Queue

_POLL_SECONDS = 0.5


class RayActors:
    """A run in each of several long-lived Ray actors.

    Where Ray is not initialised yet, it is, here; so ``ray.init(...)`` with options of
    your own, such as a ``runtime_env``, comes before. Checkpoints outlive a lost node
    only in a folder that all nodes share; records are written by the caller alone.

    Parameters
    ----------
    count : int or None
        Number of actors; None: as many as the cluster has room for.
    settings : Settings
    on_epoch : callable
        ``on_epoch(run, n)`` when n epochs of a run are done.
    address : str, optional
        Of the cluster, as in ``ray.init``; None: this machine.
    gpus : float or None
        GPUs of one actor: 0.25 puts four runs on one. None: 1 where there are any.

    Raises
    ------
    ImportError
        The package is missing.
    RuntimeError
        The cluster has no room for an actor.
    """

    def __init__(
        self,
        count: int | None,
        settings: Settings,
        on_epoch: OnEpoch,
        *,
        address: str | None = None,
        gpus: float | None = None,
    ):
        self._ray = ray = extras.require("ray", 'executor "ray"')
        self._settings = settings
        self._on_epoch = on_epoch
        self._ours = not ray.is_initialized()
        if self._ours:
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
            ray.init(address=address, log_to_driver=False, include_dashboard=False)
        self._idle: list = []
        self._busy: dict = {}  # future: (actor, run)
        self._news: Queue | None = None
        try:
            self._make_room(count, gpus)
        except BaseException:
            self.close()
            raise

    def _make_room(self, count: int | None, gpus: float | None) -> None:
        from ray.util.queue import Queue

        resources = self._ray.cluster_resources()
        if gpus is None:
            gpus = 1 if resources.get("GPU") else 0
        needs = {"CPU": self._settings.threads, "GPU": gpus}
        room = min(int(resources.get(name, 0) / n) for name, n in needs.items() if n)
        if room < 1:
            raise RuntimeError(
                f"an actor needs {needs['CPU']} CPUs and {gpus} GPUs, the Ray cluster "
                f"has {resources.get('CPU', 0):g} and {resources.get('GPU', 0):g}"
            )
        self.slots = room if count is None else min(count, room)
        self._news = news = Queue(actor_options={"num_cpus": 0})
        remote = self._ray.remote(num_cpus=needs["CPU"], num_gpus=gpus)
        self._new_actor = lambda: remote(_Actor).remote(self._settings, news)

    def start(self, job: Job) -> None:
        actor = self._idle.pop() if self._idle else self._new_actor()
        self._busy[actor.do.remote(job)] = actor, job.run

    def wait(self) -> list[Outcome]:
        done: list = []
        while not done:
            done, _ = self._ray.wait(list(self._busy), timeout=_POLL_SECONDS)
            self._hear()
        return [self._outcome(future) for future in done]

    def _hear(self) -> None:
        if self._news is not None:
            for run, epochs in self._news.get_nowait_batch(self._news.qsize()):
                self._on_epoch(run, epochs)

    def _outcome(self, future: ObjectRef) -> Outcome:
        actor, run = self._busy.pop(future)
        try:
            outcome = self._ray.get(future)
        except self._ray.exceptions.RayError as error:
            first = str(error).strip().partition("\n")[0]
            return Outcome(run, error=f"its actor died: {first}", details=str(error))
        self._idle.append(actor)
        return outcome

    def close(self) -> None:
        """End the actors; the checkpoints of unfinished jobs stay."""
        for actor in [*self._idle, *(actor for actor, _ in self._busy.values())]:
            self._ray.kill(actor)
        if self._news is not None:
            self._news.shutdown(force=True)
        if self._ours:
            self._ray.shutdown()


class _Actor:
    """Does jobs one after another; its data set stays loaded."""

    def __init__(self, settings: Settings, news: Queue):
        self._settings = settings
        self._news = news

    def do(self, job: Job) -> Outcome:
        return attempt(job, self._settings, lambda n: self._news.put((job.run, n)))
