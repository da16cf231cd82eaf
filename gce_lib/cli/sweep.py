"""Do many runs, several at once if you like, into one file of records.

Runs that are recorded are skipped and begun ones are continued, so the same command
goes on after Ctrl-C, a crash or a lost machine.
"""

from __future__ import annotations

import argparse
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from gce_lib.vocabulary import EXECUTORS, GRID_DATASETS, GRID_NAMES, OWN_CHOICE, checked

from .options import (
    add_choices,
    add_machine,
    at_least,
    check_records,
    chosen,
    duration,
    flag,
    vocabulary,
    wants_progress,
)

if TYPE_CHECKING:
    from gce_lib.experiments import Run

HELP = "do many runs"
MOST_SEEDS = 10_000
EPILOG = f"""\
examples:
  python -m gce_lib sweep --grid lesson
  python -m gce_lib sweep --loss ce gce:0.7 --noise symmetric:0.2 symmetric:0.6 \\
      --seeds 3 --workers 2 --budget 30m
  python -m gce_lib sweep --grid paper --dataset cifar10 --records cifar10.jsonl \\
      --executor ray --gpus-per-run 0.5
  python -m gce_lib sweep --grid sensitivity --dry-run

{vocabulary()}
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--grid",
        choices=sorted(GRID_NAMES),
        help="a table of the paper or the book; the choices below change it "
        "(default: all combinations of --noise, --loss and --seeds)",
    )
    parser.add_argument(
        "--seeds", type=at_least(1, MOST_SEEDS), metavar="N", help="seeds 0 … N − 1"
    )
    add_choices(parser, several=("noise", "loss"))
    add_machine(parser)
    group = parser.add_argument_group("the sweep")
    group.add_argument("--executor", choices=EXECUTORS, default="local")
    group.add_argument(
        "--workers",
        type=at_least(0),
        default=1,
        metavar="N",
        help="runs at once; 0: as many as there are cores, or room for with Ray "
        "(default: 1)",
    )
    group.add_argument(
        "--budget",
        type=duration,
        metavar="TIME",
        help="stop after this time, such as 45m, to be continued",
    )
    group.add_argument("--ray-address", metavar="ADDRESS", help="of a Ray cluster")
    group.add_argument(
        "--gpus-per-run",
        type=_share,
        metavar="X",
        help="with Ray; 0.25 puts four runs on one GPU",
    )
    group.add_argument(
        "--dry-run", action="store_true", help="list the runs and what is left to do"
    )


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1000:
        raise argparse.ArgumentTypeError(
            f"must be a number of at least 0, got {text!r}"
        )
    return value


def check(arguments: argparse.Namespace) -> None:
    """Refuse choices that do not go together, before anything slow begins."""
    check_records(arguments.records)
    for name in ("ray_address", "gpus_per_run"):
        if getattr(arguments, name) is not None and arguments.executor != "ray":
            raise ValueError(
                f"{flag(name)} goes with --executor ray, got --executor local"
            )
    choices = chosen(arguments)
    own = OWN_CHOICE.get(arguments.grid)
    if own is not None and own in choices:
        raise ValueError(
            f"{flag(own)} must be left out of --grid {arguments.grid}, "
            f"which has its own, got {choices[own]}"
        )
    if arguments.grid in GRID_DATASETS:
        choices = {"dataset": GRID_DATASETS[arguments.grid]} | choices
    lists = [choices.pop(name, [None]) for name in ("noise", "loss")]
    for noise, loss in product(*lists):
        given = {"noise": noise, "loss": loss}
        checked(**choices, **{k: v for k, v in given.items() if v is not None})


def run(arguments: argparse.Namespace) -> int:
    """Do the sweep; exit code 1 where a run has failed."""
    from gce_lib.experiments import GRIDS, grid, sweep

    choices = chosen(arguments)
    if arguments.seeds is not None:
        choices["seeds"] = arguments.seeds
    runs = GRIDS[arguments.grid](**choices) if arguments.grid else grid(**choices)
    if arguments.dry_run:
        print(_plan(runs, arguments.records))
        return 0
    summary = sweep(
        runs,
        arguments.records,
        executor=arguments.executor,
        workers=arguments.workers or None,
        budget_seconds=arguments.budget,
        device=arguments.device,
        threads=arguments.threads,
        data_root=arguments.data_root,
        ray_address=arguments.ray_address,
        gpus_per_run=arguments.gpus_per_run,
        progress=wants_progress(arguments),
    )
    print(summary)
    for failed, error in summary.failed.items():
        print(f"failed: {failed}\n  {error}")
    return 1 if summary.failed else 0


def _plan(runs: list[Run], path: Path) -> str:
    from gce_lib.experiments import read_records

    recorded = read_records(path) if path.exists() else []
    done = {record["id"] for record in recorded}
    lines = [
        f"{'done' if run.id in done else 'to do'}  {run.id}  {run}" for run in runs
    ]
    left = sum(run.id not in done for run in runs)
    return "\n".join([*lines, f"{len(runs)} runs, {left} to do"])
