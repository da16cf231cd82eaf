"""What determines a training, for a checkpoint to be told from another training's.

A loss is compared by what it does, not by its name: two closures have one name, and
`repr` shows four digits of a matrix. What it does are its values and slopes on fixed
logits and labels of the problem's shape.
"""

import copy
import functools
import hashlib
import math
import re
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from gce_lib.data import ImageDataset
from gce_lib.devices import Precision, own_randomness
from gce_lib.rng import generator

from .optimizer import described
from .recipe import Recipe
from .slope import remembers, value_and_slope
from .split import Split

Entry = str | tuple[str, Tensor]  # a pair: a text to show, the numbers to compare

ROWS = 64  # of logits, at least, on which a loss is looked at
HARDEST, EASIEST = -6.0, 6.0  # what is added to a label's logit
LOUD = 10.0  # a factor of the logits: what clips or saturates does it here
TOLERANCE = 2e-6  # processors differ in the last bits


def describe(
    model: nn.Module,
    dataset: ImageDataset,
    examples: Split,
    loss: Callable[..., Tensor],
    recipe: Recipe,
    optimizer: Optimizer,
    precision: Precision,
    device: torch.device,
) -> dict[str, Entry]:
    """Say in words, digests and numbers what determines a training, for comparison.

    Returns
    -------
    dict of str to (str or (str, Tensor))
    """
    weights = sum(parameter.numel() for parameter in model.parameters())
    structure = hashlib.sha256(_structure(model).encode()).hexdigest()[:12]
    size = min(recipe.batch_size, len(examples.train))
    weighted = recipe.pruning is not None
    shape = len(examples.labels), dataset.num_classes
    values = behaviour(loss, shape, size, device, weighted=weighted)
    return {
        "model": f"{type(model).__name__} with {weights:,} weights {structure}",
        "dataset": f"{dataset.name} {_digest(dataset.train_images)}",
        "test set": f"{_digest(dataset.test_images, dataset.test_labels)}",
        "mean and std": _statistics(dataset),
        "labels": _digest(examples.labels),
        "flipped": _digest(examples.flipped),
        "loss": (f"{_name(loss)}, {values[0]:.6g} on fixed logits", values),
        **_settings(recipe, optimizer),
        "precision": precision.name,
    }


def _statistics(dataset: ImageDataset) -> Entry:
    """Say mean and std: exact of bytes, else sums that processors order differently."""
    if dataset.kind == "images":
        return f"{dataset.mean} {dataset.std}"
    numbers = torch.tensor([*dataset.mean, *dataset.std])
    return f"{len(dataset.mean)} of each", numbers


def _settings(recipe: Recipe, optimizer: Optimizer) -> dict[str, Entry]:
    settings: dict[str, Entry] = {name: str(v) for name, v in vars(recipe).items()}
    if recipe.optimizer is None:
        del settings["optimizer"]  # SGD, whose numbers are in the recipe
    else:
        settings["optimizer"] = described(optimizer)
    return settings


def same(first: Entry, second: Entry) -> bool:
    """Whether two entries of :func:`describe` mean the same."""
    if isinstance(first, str) or isinstance(second, str):
        return first == second
    one, other = first[1], second[1]
    return one.shape == other.shape and torch.allclose(
        one, other, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True
    )


def shown(entry: Entry) -> str:
    """Return the text of an entry."""
    return entry if isinstance(entry, str) else entry[0]


def behaviour(
    loss: Callable[..., Tensor],
    shape: tuple[int, int],
    size: int,
    device: str | torch.device,
    *,
    weighted: bool = False,
) -> Tensor:
    """Return values and slopes of a loss on fixed batches, float32, on the CPU.

    Every class is a label at least once, hard and easy ones occur, a last batch is
    shorter and has large logits, and each slope (B, C) is told by a number an example,
    its product with a fixed direction. The loss itself is left alone: a copy is looked
    at, and one with a memory forgets it first.

    Parameters
    ----------
    loss : callable
    shape : tuple of int
        How many examples and classes the problem has.
    size : int
        Of the batches.
    device : str or torch.device
    weighted : bool
        Whether it is called with ``sample_weight``.
    """
    examples, num_classes = shape
    rng = generator(0)
    rows = math.ceil(max(ROWS, num_classes) / size) * size
    labels = torch.arange(rows) % num_classes
    logits = _floats(rng.standard_normal((rows, num_classes)))
    direction = _floats(rng.standard_normal(num_classes)).to(device)
    ease = _floats(rng.uniform(HARDEST, EASIEST, rows))
    logits[torch.arange(rows), labels] += ease
    weight = _floats(rng.random(rows).round())
    loss = _forgetful(_copy(loss))
    indexed = remembers(loss)
    looks = [(part, 1.0) for part in torch.arange(rows).split(size)]
    looks.append((torch.arange(size // 2 + 1), LOUD))
    seen = []
    with own_randomness(0, torch.device(device)):
        for part, factor in looks:
            x = (factor * logits[part]).to(device).requires_grad_()
            options = {"sample_weight": weight[part].to(device)} if weighted else {}
            if indexed:
                options["index"] = (part % examples).to(device)
            value, slope = value_and_slope(loss, x, labels[part].to(device), **options)
            seen += [value.detach()[None], len(part) * (slope @ direction)]
    return torch.cat([part.float() for part in seen]).cpu()


def _floats(array: np.ndarray) -> Tensor:
    return torch.from_numpy(array.astype(np.float32))


def _copy(loss: Callable[..., Tensor]) -> Callable[..., Tensor]:
    try:
        return copy.deepcopy(loss)
    except Exception:  # it holds what cannot be copied, such as an open file
        return loss


def _forgetful(loss: Callable[..., Tensor]) -> Callable[..., Tensor]:
    if hasattr(loss, "reset"):
        loss.reset()
    return loss


def _name(loss: object) -> str:
    if isinstance(loss, nn.Module):
        return repr(loss)
    if isinstance(loss, functools.partial):
        return f"{_name(loss.func)} {loss.args} {loss.keywords}"
    return getattr(loss, "__qualname__", type(loss).__qualname__)


def _structure(model: nn.Module) -> str:
    """Return the layers, the shapes of the weights, and which of them are trained."""
    layers = re.sub(r" at 0x[0-9a-f]+", "", repr(model))
    trained = {name for name, p in model.named_parameters() if p.requires_grad}
    weights = [
        f"{name} {tuple(value.shape)} {name in trained}"
        for name, value in model.state_dict().items()
    ]
    return "\n".join([layers, *weights])


def _digest(*tensors: Tensor) -> str:
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(tensor.cpu().flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()[:12]
