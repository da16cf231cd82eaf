"""A small network that learns CIFAR-10 in minutes, on one core of a CPU.

Its form is that of airbench94 (Jordan, 2024, arXiv 2404.00498): a fixed convolution
that whitens patches of the images, then three blocks and a global maximum.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PATCH = 2  # pixels, the side of a whitened patch
WIDTHS = (32, 128, 128)
LOGIT_SCALE = 1 / 9
EPSILON = 5e-4  # added to the variance along each direction of the patches


def network(
    images: Tensor, num_classes: int, widths: Sequence[int] = WIDTHS
) -> nn.Module:
    """Return the network with weights from PyTorch's global generator.

    Parameters
    ----------
    images : Tensor
        float (N, C, H, W): what the first layer whitens. It is frozen.
    num_classes : int
    widths : sequence of int
        Channels of the blocks.
    """
    first = whitening(images)
    layers: list[nn.Module] = [first, nn.GELU()]
    fan_in = first.out_channels
    for fan_out in widths:
        layers += _block(fan_in, fan_out)
        fan_in = fan_out
    head = [nn.AdaptiveMaxPool2d(1), nn.Flatten(), _Head(fan_in, num_classes)]
    return nn.Sequential(*layers, *head)


def whitening(images: Tensor) -> nn.Conv2d:
    """Return the fixed convolution that makes patches of these images white.

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
