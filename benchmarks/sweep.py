"""Efficiency of a sweep: the same runs with one worker and with several.

    python -m benchmarks.sweep            about a minute on two CPU cores
    python -m benchmarks.sweep --quick    a quarter of a minute

Every run trains with one thread, so with as many free cores as workers the ideal
speed-up is the number of workers. A first short sweep starts the server of worker
processes, which loads PyTorch once; its seconds are shown apart. "training" is the
share of the workers' time in which they train; the rest goes into drawing the noise and
waiting for the last run. On a busy machine only that share means anything.
"""

import argparse
import tempfile
import time
from pathlib import Path

import torch

from gce_lib.experiments import Run, grid, load_records, sweep
from gce_lib.experiments.provenance import device_name


def main() -> None:
    """Time the sweeps and print a line for each."""
    arguments = _options()
    epochs = 3 if arguments.quick else 15
    runs = grid(loss=("ce", "gce:0.7"), seeds=arguments.runs // 2, epochs=epochs)
    print(
        f"# {len(runs)} runs of {epochs} epochs, mlp on fashion-mini, "
        f"{device_name(torch.device('cpu'))}, torch {torch.__version__}"
    )
    _, start = _measure([Run(epochs=1)], arguments.workers)
    print(f"start of the workers: {start:.1f} s")
    print(
        f"{'workers':>8}{'seconds':>10}{'training':>10}{'speed-up':>10}{'efficiency':>12}"
    )
    alone = None
    for workers in (1, arguments.workers):
        trained, seconds = _measure(runs, workers)
        alone = alone or seconds
        print(
            f"{workers:8}{seconds:10.1f}{trained / workers / seconds:10.0%}"
            f"{alone / seconds:10.2f}{alone / seconds / workers:12.0%}"
        )


def _measure(runs: list[Run], workers: int) -> tuple[float, float]:
    """Return the seconds that all runs trained, and those that the sweep took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.jsonl"
        began = time.perf_counter()
        sweep(runs, path, workers=workers, device="cpu", progress=False)
        seconds = time.perf_counter() - began
        return load_records(path)["seconds"].sum(), seconds


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=int, default=8, help="an even number")
    parser.add_argument("--quick", action="store_true", help="fewer epochs")
    return parser.parse_args()


if __name__ == "__main__":
    main()
