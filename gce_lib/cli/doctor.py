"""Say what this machine can do, and what to do next."""

from __future__ import annotations

import argparse
import os
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from .options import add_root

if TYPE_CHECKING:
    import torch

HELP = "look at this machine"
EPILOG = """\
example:
  python -m gce_lib doctor
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_root(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the findings; exit code 1 where a data set is damaged."""
    from gce_lib.data import NAMES
    from gce_lib.devices import resolve_device
    from gce_lib.experiments import provenance

    device = resolve_device()
    data = {name: _state(name, arguments.data_root) for name in NAMES}
    print(f"versions   {', '.join(map(' '.join, provenance.versions().items()))}")
    print(f"device     {device}: {provenance.device_name(device)}, {_size(device)}")
    print(f"precision  {_precision(device)}")
    print(f"ray        {_ray()}")
    for name, state in data.items():
        print(f"data       {name}: {state}")
    print(f"next       {_advice(device)}")
    return 1 if any("damaged" in state for state in data.values()) else 0


def _state(name: str, root: Path | None) -> str:
    from gce_lib.data import DataError, load

    try:
        dataset = load(name, root=root, download=False)
    except DataError as error:
        if "damaged" in str(error):
            return f"{error}"
        return f"not here yet: python -m gce_lib data {name}"
    return f"ready, {len(dataset.train_labels):,} training images"


def _size(device: torch.device) -> str:
    import torch

    if device.type == "cuda":
        total = torch.cuda.get_device_properties(device).total_memory
        return f"{total / 2**30:.0f} GiB, {torch.cuda.device_count()} of them"
    return f"{os.cpu_count()} cores"


def _precision(device: torch.device) -> str:
    """Say what "auto" takes for a network with convolutions, and for one without."""
    from gce_lib import models
    from gce_lib.devices import resolve_precision

    names = [
        resolve_precision("auto", device, model).name
        for model in (models.small_cnn(), models.mlp())
    ]
    if names[0] == names[1]:
        return names[0]
    return f"{names[0]}; {names[1]} for networks without convolutions"


def _ray() -> str:
    try:
        return metadata.version("ray")
    except metadata.PackageNotFoundError:
        return 'not installed; pip install "gce-lib[ray]" for sweeps on a cluster'


def _advice(device: torch.device) -> str:
    if device.type == "cuda":
        return "python -m gce_lib train --model resnet18 --protocol fast"
    return "python -m gce_lib train (a minute on this machine)"
