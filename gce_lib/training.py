"""Train a network on noisy labels: one loop for CPUs and GPUs.

Taught in book/practice/training.ipynb.
"""

import math
import time
from collections.abc import Callable
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from . import distributed
from .data import Batches, ImageDataset
from .devices import fast_arithmetic, resolve_device, resolve_precision
from .evaluation import Examiner, predict
from .examples import Examples
from .history import History
from .learner import Learner
from .pruning import Pruning
from .schedules import check_schedule, lr_factor

__all__ = ["Diverged", "History", "Pruning", "fit", "predict"]


class Diverged(RuntimeError):
    """The loss or the weights became infinite; the model holds its last good weights.

    Attributes
    ----------
    history : History
        Of the epochs before.
    """

    def __init__(self, message: str, history: History):
        super().__init__(message)
        self.history = history


def fit(
    model: nn.Module,
    dataset: ImageDataset,
    loss: Callable[..., Tensor],
    *,
    labels=None,
    epochs: int,
    batch_size: int = 128,
    lr: float = 0.1,
    schedule="one-cycle",
    momentum: float = 0.9,
    weight_decay: float = 1e-4,
    augment=(),
    pruning: Pruning | None = None,
    validation: float = 0.1,
    seed: int = 0,
    device="auto",
    precision: str = "auto",
    compile: bool = False,
    checkpoint=None,
    progress: bool = True,
    callback: Callable[[nn.Module, History], None] | None = None,
) -> History:
    """Train ``model`` by SGD with Nesterov momentum and record every epoch.

    Parameters
    ----------
    model : nn.Module
        From images (B, C, H, W) to logits (B, num_classes). It is trained in place and
        ends with the weights of the last epoch; those of the best are in the history.
    dataset : ImageDataset
    loss : callable
        ``loss(logits, target)`` gives a scalar, a mean over the batch; with ``pruning``
        it is called with ``sample_weight`` (B,) too. Logits come in float32.
    labels : NoisyLabels or Tensor, optional
        What to train on; default ``dataset.train_labels``.
    epochs : int
        At least 1.
    batch_size : int
    lr : float
        The highest learning rate, above 0.
    schedule : str or tuple of int
        ``"one-cycle"``, ``"cosine"``, ``"constant"``, or the epochs at which the
        learning rate falls to a tenth.
    momentum, weight_decay : float
    augment : sequence of str
        ``"crop"``, ``"flip"``; see :class:`gce_lib.data.Batches`.
    pruning : Pruning, optional
        Alternate convex search for the truncated loss.
    validation : float
        Share of the training examples, with their noisy labels, that is held out to
        choose the best epoch, in [0, 1); 0: the last epoch is the best.
    seed : int
        Of the split, the order, the augmentation and dropout, each with a stream of its
        own. The initial weights are the caller's.
    device : str or torch.device
        ``"auto"``: CUDA where there is one.
    precision : str
        ``"auto"``, ``"fp32"``, ``"bf16"`` or ``"fp16"``.
    compile : bool
        Whether to run the network through :func:`torch.compile`.
    checkpoint : path-like, optional
        File to continue from, where it exists, and to write after every epoch.
    progress : bool
        Whether to show a progress bar.
    callback : callable, optional
        ``callback(model, history)`` after every epoch.

    Returns
    -------
    History

    Raises
    ------
    ValueError
        An argument is out of its range.
    Diverged
        The loss or the weights became infinite.
    """
    _check(epochs, lr, momentum, weight_decay)
    check_schedule(schedule, epochs)
    device = resolve_device(device)
    precision = resolve_precision(precision, device)
    seeds = np.random.SeedSequence(seed).generate_state(3, np.uint64).tolist()
    split_seed, batch_seed, dropout_seed = seeds

    examples = Examples.split(dataset, labels, validation, split_seed)
    batches = Batches(
        dataset.train_images,
        examples.labels,
        batch_size,
        augment=augment,
        seed=batch_seed,
        device=device,
        indices=examples.train,
        mean=dataset.mean,
        std=dataset.std,
        shard=distributed.shard(),
    )
    model.to(device, memory_format=torch.channels_last)
    learner = Learner(
        model,
        loss,
        precision,
        device,
        momentum=momentum,
        weight_decay=weight_decay,
        compile=compile,
    )
    examiner = Examiner(model, dataset, examples, precision, device)
    history = History()
    best = good = _snapshot(model)
    keep = None if pruning is None else torch.ones(len(examples.labels), device=device)

    with (
        _own_randomness(dropout_seed, device),
        fast_arithmetic(device),
        _bar(progress, epochs * len(batches)) as bar,
    ):
        for epoch in range(epochs):
            began = time.perf_counter()
            if pruning is not None and pruning.due(epoch):
                keep = examiner.keep(pruning, best)
            rates = [
                lr * lr_factor(schedule, epoch + step / len(batches), epochs)
                for step in range(len(batches))
            ]
            mean_loss, sample_size = learner.epoch(batches, rates, keep, bar.update)

            state = _snapshot(model)
            if not (math.isfinite(mean_loss) and _is_finite(state)):
                model.load_state_dict(good)
                raise Diverged(_advice(epoch, mean_loss, lr), history)
            good = state
            row = {
                "epoch": epoch + 1,
                "loss": mean_loss,
                **examiner.measure(keep),
                "effective_sample_size": sample_size,
                "learning_rate": rates[-1],
                "seconds": time.perf_counter() - began,
            }
            history.append(row)
            if history.best is history.last:
                best = good
            bar.set_postfix_str(_headline(history))
            if callback is not None:
                callback(model, history)

    history.best_state = {name: value.cpu() for name, value in best.items()}
    return history


def _check(epochs: int, lr: float, momentum: float, weight_decay: float) -> None:
    if epochs < 1:
        raise ValueError(f"epochs must be at least 1, got {epochs}")
    if not lr > 0:
        raise ValueError(f"lr must be above 0, got {lr}")
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum must be in [0, 1), got {momentum}")
    if not weight_decay >= 0:
        raise ValueError(f"weight_decay must be at least 0, got {weight_decay}")


@contextmanager
def _own_randomness(seed: int, device: torch.device):
    """Dropout draws from ``seed``; the global random state is as before afterwards."""
    devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        yield


def _snapshot(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def _is_finite(state: dict[str, Tensor]) -> bool:
    return bool(torch.stack([value.isfinite().all() for value in state.values()]).all())


def _advice(epoch: int, loss: float, lr: float) -> str:
    return (
        f"expected a finite loss and finite weights, got loss {loss} in epoch "
        f"{epoch + 1}; the model holds the weights from before that epoch: "
        f"try an lr below {lr}"
    )


def _bar(progress: bool, steps: int) -> tqdm:
    hidden = not progress or distributed.shard()[0] != 0
    return tqdm(total=steps, unit="step", disable=hidden, leave=False)


def _headline(history: History) -> str:
    row = history.last
    return (
        f"epoch {row['epoch']}: loss {row['loss']:.3f}, "
        f"test {row['test_accuracy']:.1%}, memorised {row['memorised']:.1%}"
    )
