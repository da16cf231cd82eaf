"""The networks, and one of them by name; each says where it is taught."""

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from gce_lib import checks, extras

from . import compact

WHITENED_IMAGES = 1000


def mlp(
    shape: Sequence[int] = (1, 28, 28),
    num_classes: int = 10,
    *,
    hidden: Sequence[int] = (256, 256),
    seed: int = 0,
) -> nn.Module:
    """Multi-layer perceptron with ReLU; by default 784–256–256–10.

    Taught in book/problem/label-noise.ipynb.

    Parameters
    ----------
    shape : sequence of int
        Channels, height and width of an image, or (d,) of features.
    num_classes : int
    hidden : sequence of int
        Widths of the hidden layers.
    seed : int
        Seed of the initial weights.
    """
    shape, num_classes = _checked(shape, num_classes, flat=True)
    if isinstance(hidden, str) or not isinstance(hidden, Iterable):
        raise TypeError(f"hidden must be a sequence of widths, got {hidden!r}")
    widths = (checks.integer("hidden", width, 1) for width in hidden)
    sizes = (math.prod(shape), *widths)
    with _seeded(seed):
        layers: list[nn.Module] = [nn.Flatten()]
        for fan_in, fan_out in pairwise(sizes):
            layers += [nn.Linear(fan_in, fan_out), nn.ReLU()]
        return nn.Sequential(*layers, nn.Linear(sizes[-1], num_classes))


def small_cnn(
    shape: Sequence[int] = (1, 28, 28),
    num_classes: int = 10,
    *,
    width: int = 16,
    seed: int = 0,
) -> nn.Module:
    """Three convolutions of ``width``, 2 × and 4 × channels, each halving the image.

    Taught in book/practice/training.ipynb.

    Parameters
    ----------
    shape : (int, int, int)
        Channels, height and width of an image.
    num_classes : int
    width : int
        Channels of the first convolution.
    seed : int
        Seed of the initial weights.
    """
    shape, num_classes = _checked(shape, num_classes)
    width = checks.integer("width", width, 1)
    sizes = (shape[0], width, 2 * width, 4 * width)
    with _seeded(seed):
        layers: list[nn.Module] = []
        for fan_in, fan_out in pairwise(sizes):
            layers += [
                nn.Conv2d(fan_in, fan_out, kernel_size=3, padding=1, bias=False),
                nn.BatchNorm2d(fan_out),
                nn.ReLU(inplace=True),
                nn.MaxPool2d(2),
            ]
        head = [
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(sizes[-1], num_classes),
        ]
        return nn.Sequential(*layers, *head)


def resnet18(
    shape: Sequence[int] = (3, 32, 32),
    num_classes: int = 10,
    *,
    width: int = 64,
    seed: int = 0,
) -> nn.Module:
    """ResNet-18 in its CIFAR form; see :func:`resnet34` for the arguments."""
    return _resnet((2, 2, 2, 2), shape, num_classes, width, seed)


def resnet34(
    shape: Sequence[int] = (3, 32, 32),
    num_classes: int = 10,
    *,
    width: int = 64,
    seed: int = 0,
) -> nn.Module:
    """ResNet-34 in its CIFAR form: a 3 × 3 stem of stride 1 and no max-pooling.

    The network of the paper's CIFAR experiments. Taught in
    book/practice/reproduction.ipynb.

    Parameters
    ----------
    shape : (int, int, int)
        Channels, height and width of an image.
    num_classes : int
    width : int
        Channels of the first stage; each later one has twice as many.
    seed : int
        Seed of the initial weights.
    """
    return _resnet((3, 4, 6, 3), shape, num_classes, width, seed)


def compact_cnn(
    shape: Sequence[int] = (3, 32, 32),
    num_classes: int = 10,
    *,
    widths: Sequence[int] = compact.WIDTHS,
    images: Tensor | None = None,
    seed: int = 0,
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
        made; :func:`build` draws 1,000 of a data set. Default: white noise.
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
    with _seeded(seed):
        if images is None:
            images = torch.randn(WHITENED_IMAGES, *shape)
        return compact.network(images, num_classes, widths)


MODELS: dict[str, Callable[..., nn.Module]] = {
    "mlp": mlp,
    "small_cnn": small_cnn,
    "compact_cnn": compact_cnn,
    "resnet18": resnet18,
    "resnet34": resnet34,
}


def build(name: str, dataset: Any, *, seed: int = 0) -> nn.Module:
    """Build the network ``name`` for the images and classes of a data set.

    Raises
    ------
    ValueError
        The name is unknown.
    """
    checks.choice("model", name, MODELS)
    options = {"images": _drawn_images(dataset, seed)} if name == "compact_cnn" else {}
    return MODELS[name](dataset.shape, dataset.num_classes, seed=seed, **options)


def _drawn_images(dataset: Any, seed: int) -> Tensor:
    """Return standardised training images (N, C, H, W), drawn by the seed."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(dataset.train_images), generator=generator)
    images = dataset.train_images[order[:WHITENED_IMAGES]]
    if images.dtype == torch.uint8:
        images = images.permute(0, 3, 1, 2) / 255
    mean, std = (torch.tensor(v)[:, None, None] for v in (dataset.mean, dataset.std))
    return ((images - mean) / std).float()


def _resnet(
    depths: Sequence[int], shape: Sequence[int], num_classes: int, width: int, seed: int
) -> nn.Module:
    shape, num_classes = _checked(shape, num_classes)
    width = checks.integer("width", width, 1)
    with _seeded(seed):
        layers = OrderedDict(
            conv1=_conv(shape[0], width, kernel_size=3, padding=1),
            bn1=nn.BatchNorm2d(width),
            relu=nn.ReLU(inplace=True),
        )
        fan_in = width
        for stage, depth in enumerate(depths):
            fan_out = width * 2**stage
            stride = 1 if stage == 0 else 2
            layers[f"layer{stage + 1}"] = _stage(fan_in, fan_out, depth, stride)
            fan_in = fan_out
        layers["avgpool"] = nn.AdaptiveAvgPool2d(1)
        layers["flatten"] = nn.Flatten()
        layers["fc"] = nn.Linear(fan_in, num_classes)
        network = nn.Sequential(layers)
        for module in network.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
        return network


def _checked(
    shape: Sequence[int], num_classes: int, *, flat: bool = False
) -> tuple[tuple[int, ...], int]:
    """Return the shape of an image and the number of classes as plain integers.

    It is three of them, or one where the network may be ``flat``.
    """
    try:
        sizes = tuple(checks.integer("shape", size, 1) for size in shape)
    except (TypeError, ValueError):
        sizes = ()
    if len(sizes) not in ((1, 3) if flat else (3,)):
        wanted = "three integers (C, H, W)" + (" or one (d,)" if flat else "")
        raise ValueError(f"shape must be {wanted}, got {checks.told(shape)}")
    return sizes, checks.integer("num_classes", num_classes, 1)


def _stage(fan_in: int, fan_out: int, depth: int, stride: int) -> nn.Module:
    block = extras.require("torchvision.models.resnet", "a ResNet").BasicBlock
    shortcut = None
    if stride != 1 or fan_in != fan_out:
        shortcut = nn.Sequential(
            _conv(fan_in, fan_out, kernel_size=1, stride=stride),
            nn.BatchNorm2d(fan_out),
        )
    blocks = [block(fan_in, fan_out, stride, shortcut)]
    blocks += [block(fan_out, fan_out) for _ in range(1, depth)]
    return nn.Sequential(*blocks)


def _conv(fan_in: int, fan_out: int, **options) -> nn.Conv2d:
    return nn.Conv2d(fan_in, fan_out, bias=False, **options)


@contextmanager
def _seeded(seed: int):
    """Context in which PyTorch's CPU generator starts from ``seed``."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(checks.integer("seed", seed, 0))
        yield
