"""A network that learns CIFAR-10 in minutes, on one core of a CPU.

Its form is that of airbench94 (Jordan, 2024, arXiv 2404.00498): a fixed convolution
that whitens patches of the images, then three blocks and a global maximum.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .seeding import seeded

WHITENED_IMAGES = 1000
PATCH = 2  # pixels, the side of a whitened patch
EPSILON = 5e-4  # added to the variance along each direction of the patches
LOGIT_SCALE = 1 / 9


def compact_cnn(
    shape=(3, 32, 32),
    num_classes=10,
    *,
    widths=(32, 128, 128),
    images: Tensor | None = None,
    seed=0,
) -> nn.Module:
    """Half a million weights that reach 90 % on CIFAR-10 in minutes on one CPU core.

    A frozen 2 × 2 convolution that whitens patches, then three blocks of convolution,
    2 × 2 maximum, batch norm, GELU, convolution, batch norm, GELU; global maximum and a
    linear layer, divided by 9: the form of airbench94 (Jordan, 2024). Taught in
    book/practice/reproduction.ipynb.

    Parameters
    ----------
    shape : (int, int, int)
        Channels, height and width of an image.
    num_classes : int
    widths : sequence of int
        Channels of the blocks.
    images : Tensor, optional
        float (N, C, H, W): normalised training images, from which the whitening is
        made; :func:`gce_lib.models.build` draws 1,000 of a data set. Default: white
        noise.
    seed : int
        Seed of the initial weights.

    Raises
    ------
    ValueError
        The images are too small for so many blocks.
    """
    smallest = 2 ** len(widths) + 1
    if min(shape[1:]) < smallest:
        raise ValueError(
            f"images must have at least {smallest} × {smallest} pixels for "
            f"{len(widths)} blocks, got shape {tuple(shape)}"
        )
    with seeded(seed):
        if images is None:
            images = torch.randn(WHITENED_IMAGES, *shape)
        first = whitening(images)
        layers: list[nn.Module] = [first, nn.GELU()]
        fan_in = first.out_channels
        for fan_out in widths:
            layers += _block(fan_in, fan_out)
            fan_in = fan_out
        head = _Head(fan_in, num_classes)
        return nn.Sequential(*layers, nn.AdaptiveMaxPool2d(1), nn.Flatten(), head)


def whitening(images: Tensor) -> nn.Conv2d:
    """Return the frozen convolution that makes patches of these images white.

    Its filters are the d = 4 C eigenvectors of the covariance of all patches of 2 × 2
    pixels, each over the standard deviation along it, and their negatives: over the
    patches the first d outputs have variance 1 and no correlation.

    Parameters
    ----------
    images : Tensor
        float (N, C, H, W).
    """
    channels = images.shape[1]
    patches = F.unfold(images, PATCH).transpose(0, 1).flatten(1)  # (4 C, patches)
    variances, directions = torch.linalg.eigh(torch.cov(patches.double()))
    scaled = directions / (variances + EPSILON).sqrt()  # a column each
    filters = scaled.T.reshape(-1, channels, PATCH, PATCH).float()
    layer = nn.Conv2d(channels, 2 * len(filters), PATCH, bias=False)
    layer.weight = nn.Parameter(torch.cat([filters, -filters]), requires_grad=False)
    return layer


def images_to_whiten(dataset, seed: int) -> Tensor:
    """Return normalised training images (N, C, H, W), drawn by the seed."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(dataset.train_images), generator=generator)
    pixels = dataset.train_images[order[:WHITENED_IMAGES]]
    mean, std = torch.tensor(dataset.mean), torch.tensor(dataset.std)
    return ((pixels / 255 - mean) / std).permute(0, 3, 1, 2)


def _block(fan_in: int, fan_out: int) -> list[nn.Module]:
    return [
        nn.Conv2d(fan_in, fan_out, kernel_size=3, padding=1, bias=False),
        nn.MaxPool2d(2),
        nn.BatchNorm2d(fan_out),
        nn.GELU(),
        nn.Conv2d(fan_out, fan_out, kernel_size=3, padding=1, bias=False),
        nn.BatchNorm2d(fan_out),
        nn.GELU(),
    ]


class _Head(nn.Linear):
    """Logits, a ninth of what the linear layer says: training starts calmly."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * LOGIT_SCALE
