"""Show accuracies, mean ± std over seeds (their number), beside the published ones."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gce_lib.files import typed_path

from .options import RECORDS

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("text", "markdown", "csv", "json")
HELP = "show the results"
EPILOG = """\
examples:
  python -m gce_lib table runs.jsonl
  python -m gce_lib table book/results --at last
  python -m gce_lib table runs.jsonl --format csv > runs.csv
  python -m gce_lib table students --leaderboard

csv and json have numbers, a line or an object a cell of the experiment.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "records",
        nargs="?",
        default=RECORDS,
        help="a file of records or a folder of them (default: %(default)s)",
    )
    parser.add_argument(
        "--at",
        choices=("best", "last"),
        default="best",
        help="accuracy at the best noisy-validation accuracy, or after the last epoch",
    )
    parser.add_argument(
        "--leaderboard",
        action="store_true",
        help="rank the files of a folder, one a student say, on each problem",
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="text",
        help="text fits the terminal's width (default: text)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the table; exit code 1 where there is no record."""
    if not typed_path("records", arguments.records).exists():
        raise ValueError(
            "records must be a file that can be read or a folder of them, "
            f"got {arguments.records}, which does not exist"
        )
    from gce_lib.experiments import leaderboard, load_records, summarise, table

    ranked = arguments.leaderboard
    records = load_records(arguments.records, repeated=ranked)
    if records.empty:
        print(f"{arguments.records} has no record yet")
        return 1
    if arguments.format in ("csv", "json"):
        cells = (leaderboard if ranked else summarise)(records, at=arguments.at)
        print(as_csv(cells) if arguments.format == "csv" else as_json(cells))
    else:
        show = as_text if arguments.format == "text" else as_markdown
        shown = as_places if ranked else table
        print(show(shown(records, at=arguments.at)))
    return 0


def as_csv(cells: pd.DataFrame) -> str:
    """Return a line a cell."""
    return cells.to_csv(index=False).removesuffix("\n")


def as_json(cells: pd.DataFrame) -> str:
    """Return an object a cell."""
    return cells.to_json(orient="records", force_ascii=False, indent=1)


def as_places(records: pd.DataFrame, *, at: str) -> pd.DataFrame:
    """Return the leaderboard as texts, its problems as the rows' first names."""
    from gce_lib.experiments import leaderboard
    from gce_lib.experiments.tables import accuracy

    cells = leaderboard(records, at=at)
    problem = cells["training"] + ", " + cells["noise"]
    texts = [accuracy(cell) for cell in cells.itertuples()]
    cells = cells.assign(training=problem, accuracy=texts)
    return cells.set_index(["dataset", "training", "place", "file"])[
        ["loss", "accuracy"]
    ]


def as_text(shown: pd.DataFrame) -> str:
    """Return a block a training, its columns wrapped to the terminal's width."""
    blocks = []
    for (dataset, training), block in shown.groupby(level=[0, 1], sort=False):
        block = block.droplevel([0, 1]).rename_axis(columns=None, index=[None, None])
        used = block.loc[:, (block != "").any()]
        title = textwrap.wrap(f"{dataset}, {training}", _width())
        blocks.append("\n".join([*title, *_wrapped(used, _width())]))
    return "\n\n".join(blocks)


def _width() -> int:
    """Return the terminal's width; in a pipe or a file there is no limit."""
    if sys.stdout.isatty() or "COLUMNS" in os.environ:
        return shutil.get_terminal_size().columns
    return sys.maxsize


def _wrapped(block: pd.DataFrame, width: int) -> Iterator[str]:
    """Yield the lines of a block, at a time as many columns as the width holds."""
    columns = list(block)
    while columns:
        for count in range(len(columns), 0, -1):
            text = block[columns[:count]].to_string()
            lines = [line.rstrip() for line in text.splitlines()]
            if max(map(len, lines)) <= width:
                break
        yield from lines
        columns = columns[count:]


def as_markdown(shown: pd.DataFrame) -> str:
    """Return a pipe table."""
    flat = shown.reset_index()
    lines = [flat.columns, ["---"] * flat.shape[1], *flat.itertuples(index=False)]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
