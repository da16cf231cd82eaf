"""Do one run and write down what came of it."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gce_lib import checks, data, models, noise
from gce_lib.data import ImageDataset
from gce_lib.devices import resolve_device, resolve_precision
from gce_lib.files import typed_path, written_whole
from gce_lib.training import History, Pruning, fit, predict
from gce_lib.vocabulary import MOST_THREADS

from . import provenance
from .problems import NoisyProblem, prepare
from .runs import Run


class OutOfTime(Exception):
    """The time is over; the run has a checkpoint and can go on."""


def epochs_of(run: Run) -> int:
    """Return how many epochs a run trains, the estimation of T included."""
    return run.total_epochs


def execute(
    run: Run,
    *,
    folder: str | os.PathLike[str] | None = None,
    seconds: float | None = None,
    device: str | torch.device = "auto",
    threads: int = 1,
    data_root: str | os.PathLike[str] | None = None,
    progress: bool = False,
    on_epoch: Callable[[int], None] | None = None,
) -> dict:
    """Do one run and return its record.

    On CPUs of one kind the accuracies are identical whenever the run is repeated:
    ``threads`` is 1 by default because the number of threads changes the last bits.

    Parameters
    ----------
    run : Run
    folder : path-like, optional
        Where checkpoints are written after every epoch and continued from.
    seconds : float, optional
        Stop, with a checkpoint, after the first epoch that ends later than this.
    device : str
    threads : int
        Of PyTorch on the CPU.
    data_root : path-like, optional
        As ``root`` of :func:`gce_lib.data.load`.
    progress : bool
        Whether to show a progress bar of the training.
    on_epoch : callable, optional
        ``on_epoch(n)`` after every epoch: n epochs are done, of :func:`epochs_of`.

    Returns
    -------
    dict
        What JSON can hold: ``id``; ``run``, its choices; ``noise_rate`` (realised) and
        ``noise_digest``; ``test_accuracy_best`` (at the best noisy-validation
        accuracy) and ``test_accuracy_last`` in [0, 1]; ``best_epoch``; ``history``,
        the columns of :class:`gce_lib.training.History`; ``seconds`` and
        ``cpu_seconds`` of training; ``device``, ``precision``, ``threads``,
        ``versions`` and ``commit``.

    Raises
    ------
    OutOfTime
        ``seconds`` are over.
    gce_lib.training.Diverged
        The loss became infinite.
    gce_lib.data.DataError
        The data set cannot be had.
    """
    checks.instance("run", run, Run, "a Run")
    threads = checks.integer("threads", threads, 1, MOST_THREADS)
    device = resolve_device(device)
    problem = prepare(
        run, partial(_load, root=data_root), partial(noise.human, root=data_root)
    )
    watch = _Watch(epochs_of(run), seconds, on_epoch)
    folder = None if folder is None else typed_path("folder", folder)
    train = partial(_train, run, problem, device, folder, progress, watch)
    with _threads(threads):
        model, history = _stages(run, problem, device, folder, train)
    precision = resolve_precision("auto", device, model).name
    return {
        "id": run.id,
        "run": run.to_dict(),
        "noise_rate": problem.rate,
        "noise_digest": problem.digest,
        "test_accuracy_best": history.best["test_accuracy"],
        "test_accuracy_last": history.last["test_accuracy"],
        "best_epoch": history.best["epoch"],
        "history": history.to_dict(),
        "seconds": watch.trained,
        "cpu_seconds": watch.cpu,
        "device": provenance.device_name(device, precision),
        "precision": precision,
        "threads": threads,
        "versions": provenance.versions(),
        "commit": provenance.commit(),
    }


def _stages(
    run: Run,
    problem: NoisyProblem,
    device: torch.device,
    folder: Path | None,
    train: Callable[..., tuple[nn.Module, History]],
) -> tuple[nn.Module, History]:
    """Train once, or twice if the transition matrix has to be estimated first."""
    method = run.method
    T = problem.T if method.transition == "true" else None
    if method.transition == "estimated":
        model, history = train("estimation", F.cross_entropy)
        model.load_state_dict(history.best_state or {})  # there is one after `fit`
        T = _estimate(model, problem, device, folder)
    loss = method.make(T, *run.loss_spec.values)
    return train("training", loss, run.pruning)


def _estimate(
    model: nn.Module, problem: NoisyProblem, device: torch.device, folder: Path | None
) -> Tensor:
    """Estimate T, once: a GPU need not predict the same bits when the run goes on."""
    path = None if folder is None else folder / "transition.json"
    origin = _digest(model)
    if path is not None and (saved := _read_json(path)).get("of") == origin:
        return torch.tensor(saved["T"], dtype=torch.float64)
    images = problem.dataset.train_images
    logits = predict(model, problem.dataset, images, device=device)
    T = noise.estimate_transition_matrix(logits.double().softmax(dim=1))
    if path is not None:
        with suppress(OSError), written_whole(path, "w", encoding="utf-8") as file:
            json.dump({"of": origin, "T": T.tolist()}, file)
    return T


def _digest(model: nn.Module) -> str:
    """Return a digest of the weights from which T is estimated."""
    digest = hashlib.sha256()
    for value in model.state_dict().values():
        digest.update(value.cpu().contiguous().numpy().data)
    return digest.hexdigest()


def _read_json(path: Path) -> dict:
    """Return what a file of our own holds, nothing if it is missing or damaged."""
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return saved if isinstance(saved, dict) else {}


def _train(
    run: Run,
    problem: NoisyProblem,
    device: torch.device,
    folder: Path | None,
    progress: bool,
    watch: "_Watch",
    stage: str,
    loss: Callable[..., Tensor],
    pruning: Pruning | None = None,
) -> tuple[nn.Module, History]:
    model = models.build(run.model, problem.dataset, seed=run.seeds.init)
    history = fit(
        model,
        problem.dataset,
        loss,
        labels=problem.labels,
        pruning=pruning,
        seed=run.seeds.order,
        device=device,
        checkpoint=folder and folder / f"{stage}.pt",
        progress=progress,
        callback=watch,
        **run.plan.fit_options(run.dataset),
    )
    watch.end(history)
    return model, history


class _Watch:
    """Counts epochs and seconds over all trainings of a run; a callback of ``fit``."""

    def __init__(
        self,
        total: int,
        seconds: float | None,
        on_epoch: Callable[[int], None] | None,
    ):
        self.total = total
        self.deadline = None if seconds is None else time.monotonic() + seconds
        self.on_epoch = on_epoch
        self.epochs = 0
        self.trained = self.cpu = 0.0

    def __call__(self, model: nn.Module, history: History) -> None:
        done = self.epochs + len(history)
        if self.on_epoch is not None:
            self.on_epoch(done)
        late = self.deadline is not None and time.monotonic() > self.deadline
        if late and done < self.total:
            raise OutOfTime

    def end(self, history: History) -> None:
        self.epochs += len(history)
        self.trained += sum(history["seconds"])
        self.cpu += sum(history["cpu_seconds"])


def _load(name: str, root: str | os.PathLike[str] | None) -> ImageDataset:
    """Load a data set, from memory where its file is the one that was read before."""
    path = data.cached_file(name, root)
    file = path.stat() if path.exists() else None
    version = None if file is None else (file.st_mtime_ns, file.st_size)
    return _read(name, path.parent, version)


@lru_cache(maxsize=2)
def _read(name: str, folder: Path, version: tuple[int, int] | None) -> ImageDataset:
    return data.load(name, root=folder)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
