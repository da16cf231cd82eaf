"""Whether a network and a data set fit together, seen before any training."""

import torch
from torch import Tensor, nn

from gce_lib import checks
from gce_lib.data import Batches, ImageDataset
from gce_lib.devices import Precision, is_out_of_memory

from .network import ask


def check_model(model: object) -> None:
    """Refuse anything but a network."""
    checks.instance("model", model, nn.Module, "an nn.Module")


def check_dataset(dataset: object) -> None:
    """Refuse anything but an :class:`ImageDataset`."""
    wanted = "an ImageDataset, as gce.data.load or ImageDataset.from_arrays makes"
    checks.instance("dataset", dataset, ImageDataset, wanted)


def check_callback(callback: object) -> None:
    """Refuse anything that could not be called after the first epoch."""
    if callback is not None and not callable(callback):
        raise TypeError(
            f"callback must be a function of model and history, got "
            f"{checks.told(callback)}"
        )


def in_order(
    dataset: ImageDataset,
    images: Tensor,
    labels: Tensor,
    device: torch.device,
    batch_size: int,
    indices: Tensor | None = None,
) -> Batches:
    """Return batches to look at: unshuffled, without augmentation, on the device."""
    return Batches(
        images,
        labels,
        batch_size,
        shuffle=False,
        indices=indices,
        mean=dataset.mean,
        std=dataset.std,
        device=device,
    )


@torch.no_grad()
def check_outputs(
    model: nn.Module,
    dataset: ImageDataset,
    images: Tensor,
    precision: Precision,
    device: torch.device,
    *,
    num_classes: int = 1,
) -> None:
    """Ask a network on the device, left as it is, for the logits of two examples.

    Parameters
    ----------
    model, dataset, images, precision, device
        As :func:`gce_lib.fit` has them.
    num_classes : int
        How many outputs there must be at least.

    Raises
    ------
    ValueError
        It cannot take such examples, or has too few outputs.
    """
    labels = torch.zeros(len(images), dtype=torch.int64)
    some = torch.arange(min(2, len(images)))
    if dataset.kind == "ids" and len(images):
        some[0] = images.amax(dim=1).argmax()  # the largest id is asked about
    batches = in_order(dataset, images, labels, device, 2, some)
    training = model.training
    model.eval()
    for x, _, _ in batches:
        try:
            logits = ask(model, x, precision)
        except Exception as error:  # whatever a network of somebody else raises
            if is_out_of_memory(error):
                raise
            said = f"{type(error).__name__}: {error}".partition("\n")[0]
            raise ValueError(
                f"model must take {_taken(x, dataset)}, got an error of "
                f"{type(model).__name__}: {said}"
            ) from error
        _check_logits(logits, len(x), dataset.name, num_classes)
    model.train(training)


def _taken(x: Tensor, dataset: ImageDataset) -> str:
    shape = ", ".join(map(str, x.shape[1:]))
    taken = f"{dataset.kind} (B, {shape}) of {dataset.name}"
    if dataset.kind != "ids":
        return taken
    return f"{taken} up to {x.max()} (amounts would come as floats)"


def _check_logits(logits: object, count: int, name: str, num_classes: int) -> None:
    wanted = "logits (B, C)"
    if num_classes > 1:
        wanted = f"logits (B, {num_classes}), one a class of {name}"
    if not isinstance(logits, Tensor):
        raise TypeError(
            f"model must return {wanted}, or an object with them as .logits, "
            f"got {checks.told(logits)}"
        )
    shape = tuple(logits.shape)
    fits = logits.ndim == 2 and shape[0] == count and shape[1] >= num_classes
    if not fits or not logits.is_floating_point():
        raise ValueError(
            f"model must return {wanted}, got {checks.told(logits)} for {count} of them"
        )
