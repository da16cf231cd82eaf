"""Fetch data sets into the cache and check that they can be read."""

import argparse

from gce_lib.vocabulary import DATASETS

from .options import add_root, wants_progress

HELP = "fetch data sets"
EPILOG = """\
examples:
  python -m gce_lib data fashion-mnist
  python -m gce_lib data cifar10 cifar100 --data-root /content/drive/MyDrive/gce
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "names",
        nargs="+",
        choices=tuple(DATASETS),
        metavar="name",
        help=", ".join(DATASETS),
    )
    add_root(parser)


def run(arguments: argparse.Namespace) -> int:
    """Load each data set, which fetches it where it is missing."""
    from gce_lib.data import load

    for name in arguments.names:
        dataset = load(
            name, root=arguments.data_root, progress=wants_progress(arguments)
        )
        channels, height, width = dataset.shape
        size = f"{height} × {width} × {channels}"
        print(
            f"{name}: {len(dataset.train_labels):,} training and "
            f"{len(dataset.test_labels):,} test images, {size}, "
            f"{dataset.num_classes} classes"
        )
    return 0
