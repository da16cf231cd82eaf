"""Train a network on noisy labels: one loop for CPUs and GPUs.

Taught in book/practice/training.ipynb.
"""

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn
from tqdm.auto import tqdm

from gce_lib.data import Batches, ImageDataset
from gce_lib.devices import (
    fast_arithmetic,
    is_out_of_memory,
    own_randomness,
    resolve_device,
    resolve_precision,
)
from gce_lib.noise import NoisyLabels

from .checkpoint import Checkpoint
from .diverged import Diverged, advice
from .evaluation import Examiner, evaluation_size
from .fitting import check_callback, check_dataset, check_model, check_outputs
from .history import History
from .identity import describe
from .learner import Learner
from .network import place
from .pruning import Pruning
from .recipe import Recipe
from .slope import check_loss
from .split import Split
from .state import State


def fit(
    model: nn.Module,
    dataset: ImageDataset,
    loss: Callable[..., Tensor],
    *,
    labels: NoisyLabels | Tensor | ArrayLike | None = None,
    epochs: int,
    batch_size: int = 128,
    lr: float | None = None,
    schedule: str | Sequence[float] = "one-cycle",
    momentum: float | None = None,
    weight_decay: float | None = None,
    optimizer: Callable[[list[nn.Parameter]], torch.optim.Optimizer] | None = None,
    augment: Sequence[str] = (),
    pruning: Pruning | None = None,
    validation: float = 0.1,
    evaluation_batch_size: int | None = None,
    seed: int = 0,
    device: str | torch.device = "auto",
    precision: str = "auto",
    compile: bool | str = False,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: int = 1,
    progress: bool = True,
    callback: Callable[[nn.Module, History], None] | None = None,
) -> History:
    """Train ``model`` by SGD with Nesterov momentum and record every epoch.

    Parameters
    ----------
    model : nn.Module
        From images (B, C, H, W), features (B, d) or (B, C, …), or ids (B, T), to logits
        (B, num_classes), or to an object that has them as ``.logits``. It is trained in
        place and ends with the weights of the last epoch; those of the best are in the
        history.
    dataset : ImageDataset
        With or without a test set; what is not its own data goes through
        :meth:`gce_lib.data.ImageDataset.from_arrays`.
    loss : callable
        ``loss(logits, target)`` gives a scalar, a mean over the batch; with ``pruning``
        it is called with ``sample_weight`` (B,) too, and one that has an argument
        ``index`` with the numbers (B,) of the examples. Logits come in float32. A
        Module is moved to the device, and its state is kept in the checkpoint.
    labels : NoisyLabels, Tensor or array-like, optional
        What to train on, integers (N,) of any type; default ``dataset.train_labels``.
    epochs : int
        At least 1.
    batch_size : int
    lr : float, optional
        The highest learning rate of SGD, above 0; default 0.1.
    schedule : str or tuple of int
        ``"one-cycle"``, ``"triangle"``, ``"cosine"``, ``"constant"``, or the epochs at
        which the learning rate falls to a tenth.
    momentum, weight_decay : float, optional
        Of SGD; default 0.9 and 1e-4.
    optimizer : callable, optional
        ``optimizer(parameters)`` makes an optimiser in place of SGD, such as ``lambda
        parameters: torch.optim.AdamW(parameters, lr=1e-3)``: the schedule then scales
        its own learning rates, its momentum and weight decay are its own too, and
        ``lr``, ``momentum`` and ``weight_decay`` are left out.
    augment : sequence of str
        ``"crop"``, ``"flip"``, of images; see :class:`gce_lib.data.Batches`.
    pruning : Pruning, optional
        Alternate convex search for the truncated loss.
    validation : float
        Share of the training examples, with their noisy labels, that is held out to
        choose the best epoch, in [0, 1); 0: the last epoch is the best.
    evaluation_batch_size : int, optional
        Examples looked at at once between the epochs; default: 250, or fewer of large
        ones. Where the memory does not hold them, half as many, and so on.
    seed : int
        Of the split, the order, the augmentation and dropout, each with a stream of its
        own. The initial weights are the caller's.
    device : str or torch.device
        ``"auto"``: CUDA where there is one.
    precision : str
        ``"fp32"``, ``"bf16"``, ``"fp16"``, or ``"auto"``: bf16 on GPUs that have it,
        and on CPUs with units for it if the network has convolutions; fp16 on older
        GPUs; else fp32.
    compile : bool or str
        Whether to run the network through :func:`torch.compile`, or its ``mode``, such
        as ``"reduce-overhead"`` for CUDA graphs. It compiles before the clock of the
        first epoch starts.
    checkpoint : path-like, optional
        File to continue from, where it exists, and to write; in Colab a path on Drive
        outlives the machine. A continued training ends with the weights of one that
        was never interrupted, on a CPU to the bit.
    checkpoint_every : int
        Epochs from one writing to the next; the last epoch is always written.
    progress : bool
        Whether to show a progress bar.
    callback : callable, optional
        ``callback(model, history)`` after every epoch.

    Returns
    -------
    History

    Raises
    ------
    ValueError, TypeError
        An argument is out of its range or of another kind, the network does not take
        the examples, or has fewer outputs than there are classes.
    Diverged
        The loss or the weights became infinite.
    CheckpointError
        The checkpoint belongs to a training with other arguments, or cannot be written.
    torch.OutOfMemoryError
        The batches do not fit on the GPU; the message says which size to try.
    """
    check_model(model)
    check_dataset(dataset)
    check_callback(callback)
    evaluation_batch_size = evaluation_size(dataset, evaluation_batch_size)
    recipe = Recipe(
        epochs=epochs,
        batch_size=batch_size,
        lr=lr,
        schedule=schedule,
        momentum=momentum,
        weight_decay=weight_decay,
        augment=augment,
        pruning=pruning,
        validation=validation,
        seed=seed,
        optimizer=optimizer,
    )
    split_seed, batch_seed, dropout_seed, look_seed = recipe.streams()
    device = resolve_device(device)
    number_format = resolve_precision(precision, device, model)
    examples = Split.of(dataset, labels, validation, split_seed)
    dataset = dataset.to(device)
    batches = Batches(
        dataset.train_images,
        examples.labels,
        recipe.batch_size,
        augment=recipe.augment,
        seed=batch_seed,
        device=device,
        indices=examples.train,
        mean=dataset.mean,
        std=dataset.std,
    )
    place(model, device)
    for images in (dataset.train_images, dataset.test_images):
        check_outputs(
            model,
            dataset,
            images,
            number_format,
            device,
            num_classes=dataset.num_classes,
        )
    learner = Learner(model, loss, recipe, number_format, device, compile=compile)
    examiner = Examiner(
        model,
        dataset,
        examples,
        number_format,
        device,
        look_seed,
        evaluation_batch_size,
    )
    keep = None if pruning is None else torch.ones(len(examples.labels), device=device)
    state = State(model, learner, batches, keep)
    file = None
    if checkpoint is not None:
        file = Checkpoint(checkpoint, {}, every=checkpoint_every)
    check_loss(loss, weighted=pruning is not None)
    if file is not None:
        file.settings = describe(
            model,
            dataset,
            examples,
            loss,
            recipe,
            learner.optimizer,
            number_format,
            device,
        )

    with (
        own_randomness(dropout_seed, device),
        fast_arithmetic(device),
        _bar(progress, epochs * len(batches)) as bar,
    ):
        if compile:
            with _memory_advice(recipe.batch_size):
                learner.warm_up(batches)
        if file is not None and (saved := file.load()) is not None:
            state.load_state_dict(saved)
            bar.initial = len(state.history) * len(batches)
            bar.update(bar.initial)

        for epoch in range(len(state.history), epochs):
            began, cpu_began = time.perf_counter(), time.process_time()
            if pruning is not None and pruning.due(epoch):
                state.keep = examiner.keep(pruning, state.best)
            factors = recipe.factors(epoch, len(batches))
            with _memory_advice(recipe.batch_size):
                mean_loss, sample_size = learner.epoch(
                    batches, factors, state.keep, bar.update
                )
            if not state.accept(mean_loss):
                highest = max(learner.highest)
                advised = advice(model, loss, batches, number_format, highest)
                raise Diverged(
                    f"expected a finite loss and finite weights, got loss {mean_loss} "
                    f"in epoch {epoch + 1}; the model holds the weights from before "
                    f"that epoch: {advised}",
                    state.history,
                )
            row = {
                "epoch": epoch + 1,
                "loss": mean_loss,
                **examiner.measure(state.keep),
                "effective_sample_size": sample_size,
                "learning_rate": learner.rate,
                "seconds": time.perf_counter() - began,
                "cpu_seconds": time.process_time() - cpu_began,
            }
            state.record(row)
            bar.set_postfix_str(_headline(row))
            if file is not None and file.due(epoch + 1, epochs):
                file.save(state.state_dict())
            if callback is not None:
                callback(model, state.history)

    return state.finish()


@contextmanager
def _memory_advice(batch_size: int) -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        smaller = (
            f"batch_size={batch_size // 2}" if batch_size > 1 else "a smaller model"
        )
        raise torch.OutOfMemoryError(
            f"the memory must hold a batch, got batch_size={batch_size}, "
            f"which does not fit: try {smaller}"
        ) from error


def _bar(progress: bool, steps: int) -> tqdm:
    return tqdm(total=steps, unit="step", disable=not progress, leave=False)


def _headline(row: dict) -> str:
    parts = [f"epoch {row['epoch']}: loss {row['loss']:.3f}"]
    for column in ("validation_accuracy", "test_accuracy", "memorised"):
        if not math.isnan(row.get(column, math.nan)):
            parts.append(f"{column.removesuffix('_accuracy')} {row[column]:.1%}")
    return ", ".join(parts)
