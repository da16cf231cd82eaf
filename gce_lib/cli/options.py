"""Options that several commands have."""

import argparse
import math
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from gce_lib.files import typed_path
from gce_lib.vocabulary import (
    DATASETS,
    DEFAULTS,
    HUMAN_KINDS,
    METHODS,
    MODEL_NAMES,
    MOST_THREADS,
    NOISES,
    PROTOCOL_NAMES,
    form,
)

RECORDS = "runs.jsonl"
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_HELP = {
    "dataset": ", ".join(DATASETS),
    "noise": "kind and rate, such as symmetric:0.4, or human:worse; kinds below",
    "loss": "name and numbers, such as gce:0.7; names below",
    "model": ", ".join(MODEL_NAMES),
    "protocol": ", ".join(PROTOCOL_NAMES),
    "seed": "of noise, initial weights and order",
    "epochs": "instead of the protocol's",
    "train_size": "train on the first so many examples",
    "num_classes": "keep only the first so many classes",
    "lr": "highest learning rate, instead of the protocol's",
}


_KINDS = {"lr": float}  # else as the default is, and numbers are integers


def flag(name: str) -> str:
    """Return the option of a choice."""
    return "--" + name.replace("_", "-")


def add_choices(parser: argparse.ArgumentParser, several: Sequence[str] = ()) -> None:
    """Add the choices of a run; those in ``several`` take a list, or are left out."""
    group = parser.add_argument_group("the run")
    for name, text in _HELP.items():
        if name == "seed" and several:
            continue
        default = DEFAULTS[name]
        kind = _KINDS.get(name, str if isinstance(default, str) else int)
        suffix = "" if default is None or several else f" (default: {default})"
        group.add_argument(
            flag(name),
            type=kind,
            nargs="+" if name in several else None,
            metavar={int: "N", float: "X"}.get(kind, name.upper()),
            help=text + suffix,
        )


def chosen(arguments: argparse.Namespace) -> dict:
    """Return the choices of a run that were given."""
    given = {name: getattr(arguments, name, None) for name in _HELP}
    return {name: value for name, value in given.items() if value is not None}


def add_machine(parser: argparse.ArgumentParser) -> None:
    """Add where and on what to work."""
    group = parser.add_argument_group("the machine")
    group.add_argument(
        "--records",
        type=path,
        default=RECORDS,
        metavar="FILE",
        help="a line a finished run is appended to it (default: %(default)s)",
    )
    group.add_argument(
        "--device",
        type=device,
        default="auto",
        help="auto, cpu, cuda, cuda:1 … (default: auto)",
    )
    group.add_argument(
        "--threads",
        type=at_least(1, MOST_THREADS),
        default=1,
        metavar="N",
        help="CPU threads of a run; equal numbers give equal results (default: 1)",
    )
    add_root(group)


def add_root(parser: argparse._ActionsContainer) -> None:
    """Add the folder of the data sets."""
    parser.add_argument(
        "--data-root",
        type=folder,
        metavar="FOLDER",
        help="where data sets are cached (default: $GCE_DATA, else ~/.cache/gce_lib)",
    )


def add_quiet(parser: argparse.ArgumentParser, default: bool | str) -> None:
    """Add ``--quiet``, which may stand before or after the command."""
    parser.add_argument(
        "--quiet", action="store_true", default=default, help="show no progress bars"
    )


def wants_progress(arguments: argparse.Namespace) -> bool:
    """Whether to show bars: never in a pipe or a file."""
    return not arguments.quiet and sys.stderr.isatty()


def at_least(low: int, high: float = math.inf) -> Callable[[str], int]:
    """Return a reader of integers of at least ``low`` and at most ``high``."""
    wanted = f"of at least {low}" if high == math.inf else f"in [{low}, {high}]"

    def read(text: str) -> int:
        if not re.fullmatch(r"[+-]?\d+", text) or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(
                f"must be an integer {wanted}, got {text!r}"
            )
        return int(text)

    return read


def path(text: str) -> Path:
    """Read a path, the home folder in place of a ``~``."""
    return typed_path("path", text)


def check_records(records: Path) -> None:
    """Refuse what is no file in a folder that there is."""
    is_other = records.exists() and not records.is_file()
    if is_other or not records.parent.is_dir():
        raise ValueError(
            "records must go to a file that can be written, in a folder that exists, "
            f"got {records}"
        )


def folder(text: str) -> Path:
    """Read the name of a folder, which may be made later."""
    root = path(text)
    above = next((part for part in (root, *root.parents) if part.exists()), root)
    if not above.is_dir() or not os.access(above, os.R_OK):
        raise argparse.ArgumentTypeError(f"must be a folder, got {text}")
    return root


def device(text: str) -> str:
    """Read the name of a device; whether there is one is seen later."""
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d+)?", text):
        raise argparse.ArgumentTypeError(
            f"must be auto, cpu, cuda, cuda:1 … or mps, got {text!r}"
        )
    return text


def duration(text: str) -> float:
    """Read ``"90"``, ``"90s"``, ``"45m"`` or ``"2h"`` as seconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if match is None:
        raise argparse.ArgumentTypeError(
            f"must be a time such as 90s, 45m or 2h, got {text!r}"
        )
    return float(match[1]) * _UNITS[match[2]]


def vocabulary() -> str:
    """Return the kinds of noise and the losses, for the end of a help text."""
    noises = [form(name, parameters) for name, parameters in NOISES.items()]
    losses = [f"  {form(n, m.parameters):<22}{m.title}" for n, m in METHODS.items()]
    kinds = [f"  kind of {name}: {', '.join(k)}" for name, k in HUMAN_KINDS.items()]
    return "\n".join(["noise:", "  " + ", ".join(noises), *kinds, "losses:", *losses])
