"""The networks of the book, for small square images.

Every function takes the shape of one image and the number of classes, returns a network
from normalised images (B, C, H, W) to logits (B, num_classes), and draws the initial
weights from ``seed`` alone: the global random state is neither used nor changed.
"""

from .networks import MODELS, build, compact_cnn, mlp, resnet18, resnet34, small_cnn

__all__ = [
    "MODELS",
    "build",
    "compact_cnn",
    "mlp",
    "resnet18",
    "resnet34",
    "small_cnn",
]
