"""CIFAR-10 to 90 % on one core of a CPU, beside the usual ways to train.

    python -m benchmarks.laptop --data-root FOLDER            8 epochs: 4 to 10 minutes
    python -m benchmarks.laptop --data-root FOLDER --quick    a minute, on few images

The first line is `gce train` with clean labels: compact_cnn, protocol laptop-augmented,
in the precision that "auto" takes on this machine. The next ones train the same network
on the same images for one epoch: in fp32, and with the loop that most tutorials show, a
torchvision transform an image and a DataLoader in this process. All work on one thread,
and what counts is the time that the core worked, whatever else it was busy with.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from benchmarks.training import conventional
from gce_lib import data, fit, models
from gce_lib.devices import resolve_precision
from gce_lib.experiments import Run, execute
from gce_lib.experiments.protocols import protocol

CPU = torch.device("cpu")
RUN = Run(
    dataset="cifar10",
    noise="none",
    loss="ce",
    model="compact_cnn",
    protocol="laptop-augmented",
    epochs=8,
)
ONE_IN = 16  # of the images, with --quick


def main() -> None:
    """Train in every way and print a line for each."""
    arguments = _options()
    torch.set_num_threads(1)
    if not arguments.quick:
        _compare(replace(RUN, epochs=arguments.epochs), arguments.data_root)
        return
    with tempfile.TemporaryDirectory() as folder:
        _write_few(arguments.data_root, Path(folder))
        _compare(replace(RUN, epochs=2), folder)


def _compare(run: Run, root) -> None:
    dataset = data.load(run.dataset, root=root)
    record = execute(run, device="cpu", data_root=root, progress=True)
    precision = record["precision"]
    print(
        f"# {run}\n# {len(dataset.train_labels):,} images, {record['device']}, "
        f"1 thread, torch {torch.__version__}\n"
        f"{'':24}{'CPU-s an epoch':>16}{f'{run.epochs} epochs':>12}{'accuracy':>10}"
    )
    seconds = record["cpu_seconds"]
    accuracy = f"{record['test_accuracy_last']:10.1%}"
    print(_line(f"gce train, {precision}", seconds / run.epochs, seconds) + accuracy)
    ways: dict[str, Callable] = {
        "gce train, fp32": lambda: _ours(dataset),
        f"DataLoader, {precision}": lambda: _usual(dataset, precision),
        "DataLoader, fp32": lambda: _usual(dataset, "fp32"),
    }
    for name, seconds_of in ways.items():
        one = seconds_of()
        print(_line(name, one, one * run.epochs), flush=True)


def _line(name: str, one: float, all_epochs: float) -> str:
    return f"{name:24}{one:16.1f}{all_epochs:12.0f}"


def _ours(dataset) -> float:
    """Return the CPU-seconds of an epoch of ``fit`` in fp32."""
    options = protocol(RUN.protocol, RUN.dataset, 1).fit_options(RUN.dataset)
    model = models.build(RUN.model, dataset)
    history = fit(
        model,
        dataset,
        F.cross_entropy,
        device=CPU,
        precision="fp32",
        progress=False,
        **options,
    )
    return history.last["cpu_seconds"]


def _usual(dataset, precision: str) -> float:
    """Return the CPU-seconds of an epoch of the conventional loop."""
    plan = argparse.Namespace(
        batch_size=protocol(RUN.protocol, RUN.dataset).batch_size, workers=0, epochs=0
    )
    seconds = conventional(
        models.build(RUN.model, dataset),
        dataset,
        plan,
        CPU,
        resolve_precision(precision, CPU),
        clock=time.process_time,
    )
    return seconds[0]


def _write_few(root, folder: Path) -> None:
    """Write one in 16 images of CIFAR-10 as if they were all."""
    whole = data.load(RUN.dataset, root=root)
    arrays = {
        "x_train": whole.train_images,
        "y_train": whole.train_labels,
        "x_test": whole.test_images,
        "y_test": whole.test_labels,
    }
    few = {name: array[::ONE_IN].numpy() for name, array in arrays.items()}
    np.savez(folder / f"{RUN.dataset}.npz", classes=np.array(whole.classes), **few)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.laptop",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data-root", metavar="FOLDER", help="as of gce train")
    parser.add_argument("--epochs", type=int, default=RUN.epochs)
    parser.add_argument("--quick", action="store_true", help="few images, 2 epochs")
    return parser.parse_args()


if __name__ == "__main__":
    main()
