"""What a network says about examples, and how right it is."""

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

from gce_lib import checks
from gce_lib.data import Batches, ImageDataset
from gce_lib.devices import (
    Precision,
    is_out_of_memory,
    resolve_device,
    resolve_precision,
)
from gce_lib.rng import generator

from .fitting import check_dataset, check_model, check_outputs, in_order
from .network import ask, place
from .pruning import Pruning, assess
from .split import Split

SMALL = 10_000  # training examples, all of which are looked at
MOST_FLIPPED = 5000  # of a larger training set
LARGEST = 250  # examples at once; of convolutions they stay in the cache of a CPU
NUMBERS = 1000 * 32 * 32 * 3  # at once, of larger ones


def evaluation_size(dataset: ImageDataset, size: int | None = None) -> int:
    """Return how many are looked at at once; by default fewer of larger ones."""
    if size is not None:
        return checks.integer("evaluation_batch_size", size, 1)
    return max(1, min(LARGEST, NUMBERS // math.prod(dataset.shape)))


@torch.no_grad()
def logits_of(
    model: nn.Module,
    batches: Batches,
    precision: Precision,
    state: dict[str, Tensor] | None = None,
) -> Tensor:
    """Return the logits (N, C), float32, of all batches in their order.

    Where the memory does not hold a batch, ``batches`` are halved, for good.

    Parameters
    ----------
    model : nn.Module
        Left in evaluation mode.
    batches : Batches
        Unshuffled and without augmentation.
    precision : Precision
    state : dict of Tensor, optional
        Weights to use instead of the model's own, which stay as they are.

    Raises
    ------
    torch.OutOfMemoryError
        The memory does not hold a single example.
    """
    model.eval()
    while True:
        try:
            return _logits_of(model, batches, precision, state or {})
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            if batches.batch_size == 1:
                raise torch.OutOfMemoryError(
                    "the memory must hold one example in evaluation, got too little: "
                    "try a smaller model"
                ) from error
        batches.batch_size //= 2


def _logits_of(
    model: nn.Module,
    batches: Batches,
    precision: Precision,
    state: dict[str, Tensor],
) -> Tensor:
    def network(x: Tensor) -> Any:
        return functional_call(model, state, (x,), tie_weights=False)

    return torch.cat([ask(network, x, precision).float() for x, _, _ in batches])


def predict(
    model: nn.Module,
    dataset: ImageDataset,
    images: Tensor | np.ndarray | None = None,
    *,
    batch_size: int | None = None,
    device: str | torch.device = "auto",
    precision: str = "auto",
) -> Tensor:
    """Return a network's logits for the examples of a data set.

    Taught in book/problem/label-noise.ipynb.

    Parameters
    ----------
    model : nn.Module
        Moved to the device and left in evaluation mode.
    dataset : ImageDataset
        Gives the mean and standard deviation to standardise with.
    images : Tensor or array, optional
        Of the kind of those of the data set, images as uint8 (N, H, W, C); default: the
        test set's.
    batch_size : int, optional
        Examples at once; default: 250, or fewer of large ones. Where the memory does
        not hold them, half as many, and so on.
    device, precision : str
        As in :func:`gce_lib.fit`.

    Returns
    -------
    Tensor
        float32 (N, num_classes), on the CPU; ``.softmax(1)`` makes probabilities of it.
    """
    check_model(model)
    check_dataset(dataset)
    device = resolve_device(device)
    number_format = resolve_precision(precision, device, model)
    size = evaluation_size(dataset, batch_size)
    chosen = _chosen(dataset, images)
    labels = torch.zeros(len(chosen), dtype=torch.int64)
    batches = in_order(dataset, chosen, labels, device, size)
    place(model, device)
    check_outputs(model, dataset, chosen, number_format, device)
    return logits_of(model, batches, number_format).cpu()


def _chosen(dataset: ImageDataset, images: Tensor | np.ndarray | None) -> Tensor:
    """Return the images to predict, those of the test set if none are given."""
    given = dataset.test_images if images is None else dataset.accept(images)
    if not len(given):
        raise ValueError(
            "images must be one at least, got none; "
            f"{dataset.name} has a test set of {len(dataset.test_images)}"
        )
    return given


class Examiner:
    """Examines a network on the validation, test and flipped training examples.

    Parameters
    ----------
    model : nn.Module
        On the device.
    dataset : ImageDataset
    examples : Split
    precision : Precision
    device : torch.device
    seed : int
        Of the draw of 5,000 flipped examples to look at, where the training examples
        are more than 10,000 and the flipped ones more than 5,000.
    batch_size : int
        Examples at once, at first; see :func:`logits_of`.
    """

    def __init__(
        self,
        model: nn.Module,
        dataset: ImageDataset,
        examples: Split,
        precision: Precision,
        device: torch.device,
        seed: int,
        batch_size: int,
    ):
        self.model = model
        self.precision = precision
        self.examples = examples

        def part(indices: Tensor) -> Batches:
            images = dataset.train_images
            return in_order(
                dataset, images, examples.labels, device, batch_size, indices
            )

        flipped = examples.train[examples.flipped[examples.train]]
        self._train = part(examples.train)
        self._validation = part(examples.validation)
        if len(examples.train) > SMALL:
            flipped = _drawn(flipped, MOST_FLIPPED, seed)
        self._flipped = part(flipped)
        images = dataset.test_images
        self._test = in_order(dataset, images, dataset.test_labels, device, batch_size)

    def measure(self, keep: Tensor | None) -> dict[str, float]:
        """Return the columns of :class:`gce_lib.training.History` that take a look."""
        measures = {"validation_accuracy": self._agreement(self._validation)}
        if len(self._test):
            measures["test_accuracy"] = self._agreement(self._test)
        measures["memorised"] = self._agreement(self._flipped)
        if keep is not None:
            train = self.examples.train
            kept = keep[train.to(keep.device)]
            measures |= assess(kept.cpu(), self.examples.flipped[train])
        return measures

    def keep(self, pruning: Pruning, best: dict[str, Tensor]) -> Tensor:
        """Return a new keep table (N,), judged by the weights ``best``.

        The examples are as they are, not augmented; the network being trained is not
        changed. Held-out examples have a 1 that nothing reads.
        """
        logits = logits_of(self.model, self._train, self.precision, best)
        index = self._train.indices.to(logits.device)
        keep = torch.ones(len(self.examples.labels), device=logits.device)
        keep[index] = pruning.keep(logits, self._train.labels[index])
        return keep

    def _agreement(self, batches: Batches) -> float:
        """Share of examples predicted as their label; NaN if there are none."""
        if len(batches) == 0:
            return math.nan
        predicted = logits_of(self.model, batches, self.precision).argmax(dim=1)
        labels = batches.labels[batches.indices.to(batches.device)]
        return (predicted == labels).sum().item() / len(labels)


def _drawn(indices: Tensor, most: int, seed: int) -> Tensor:
    """Return all indices, or ``most`` of them drawn at random, rising."""
    if len(indices) <= most:
        return indices
    draws = generator(seed).random(len(indices))
    order = torch.from_numpy(draws.argsort(kind="stable"))
    return indices[order[:most].sort().values]
