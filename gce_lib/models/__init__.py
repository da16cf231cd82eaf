"""The networks of the book, for small square images.

Every function takes the shape of one image and the number of classes, returns a network
from normalised images (B, C, H, W) to logits (B, num_classes), and draws the initial
weights from ``seed`` alone: the global random state is neither used nor changed.
"""

from collections.abc import Callable

from torch import nn

from .compact_cnn import compact_cnn, images_to_whiten
from .networks import mlp, resnet18, resnet34, small_cnn

__all__ = [
    "MODELS",
    "build",
    "compact_cnn",
    "mlp",
    "resnet18",
    "resnet34",
    "small_cnn",
]

MODELS: dict[str, Callable[..., nn.Module]] = {
    "mlp": mlp,
    "small_cnn": small_cnn,
    "compact_cnn": compact_cnn,
    "resnet18": resnet18,
    "resnet34": resnet34,
}


def build(name: str, dataset, *, seed: int = 0) -> nn.Module:
    """Build the network ``name`` for the images and classes of a data set.

    Raises
    ------
    ValueError
        The name is unknown.
    """
    if name not in MODELS:
        raise ValueError(f"model must be one of {', '.join(MODELS)}, got {name!r}")
    options = {}
    if name == "compact_cnn":
        options["images"] = images_to_whiten(dataset, seed)
    return MODELS[name](dataset.shape, dataset.num_classes, seed=seed, **options)
