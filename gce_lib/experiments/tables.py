"""Tables of accuracies: ours, mean ± std over seeds, beside the published ones."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gce_lib import extras
from gce_lib.vocabulary import METHODS, NOISES, parse_loss, parse_noise

from .runs import Run

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = extras.Lazy("pandas", "a table of records")

_PUBLISHED = Path(__file__).with_name("published.json")
_TEXTS = ["dataset", "model", "protocol", "loss", "noise"]
_NUMBERS = {
    "epochs": "Int64",
    "train_size": "Int64",
    "num_classes": "Int64",
    "lr": "Float64",
}
_CELL = [*_TEXTS, *_NUMBERS]
_PROBLEM = ["dataset", "training", "noise"]
_ROW = ["dataset", "training", "loss", "by"]


class Cell(Protocol):
    """A row of :func:`summarise` with its training, one of ``itertuples``."""

    model: str
    protocol: str
    lr: float
    n: int
    mean: float
    std: float
    published_mean: float
    published_std: float


class _Place(Protocol):
    """A row of :func:`leaderboard`."""

    dataset: str
    training: str
    noise: str
    place: int
    file: str


def load_published(part: str = "paper") -> pd.DataFrame:
    """Return published test accuracies, each with its source.

    Parameters
    ----------
    part : str
        ``"paper"``: the figures of Zhang & Sabuncu (2018) under their protocol, with
        ResNet-34. ``"elsewhere"``: the loss in other papers, other settings.
        ``"rivals"``: losses that came later, on their common protocol.

    Returns
    -------
    DataFrame
        Columns ``dataset``, ``noise`` and ``loss`` as in a :class:`Run`, ``mean`` and
        ``std`` in % (std NaN where none is published), ``source`` in words.
    """
    data = json.loads(_PUBLISHED.read_text(encoding="utf-8"))
    frame = pd.DataFrame(data[part])
    return frame.assign(source=frame["source"].map(data["sources"]))


def summarise(
    records: pd.DataFrame, *, runs: Iterable[Run] = (), at: str = "best"
) -> pd.DataFrame:
    """Return a row a cell of the experiment, all its seeds in one.

    Parameters
    ----------
    records : DataFrame
        From :func:`gce_lib.experiments.load_records`.
    runs : iterable of Run
        Runs that have a cell too, an empty one as long as they are not recorded.
    at : str
        ``"best"``: test accuracy at the best noisy-validation accuracy; ``"last"``:
        after the last epoch.

    Returns
    -------
    DataFrame
        Columns: the choices of a run but its seed; ``mean`` and ``std`` of the test
        accuracy in % (std with n − 1; NaN for one seed); ``n`` runs; ``seconds`` of all
        of them; ``published_mean``, ``published_std`` and ``source`` (NaN where nothing
        is published).

    Raises
    ------
    ValueError
        ``at`` is something else.
    """
    if at not in ("best", "last"):
        raise ValueError(f"at must be best or last, got {at!r}")
    accuracy = 100 * records[f"test_accuracy_{at}"].astype(float)
    done = _cells_of(records).assign(accuracy=accuracy, seconds=records["seconds"])
    cells = done.groupby(_CELL, dropna=False, as_index=False).agg(
        mean=("accuracy", "mean"),
        std=("accuracy", "std"),
        n=("accuracy", "size"),
        seconds=("seconds", "sum"),
    )
    planned = _cells_of(pd.DataFrame([run.to_dict() for run in runs]))
    keys = pd.concat([planned, cells[_CELL]]).drop_duplicates()
    cells = keys.merge(cells, how="left", on=_CELL)
    cells = cells.fillna({"n": 0, "seconds": 0.0}).astype({"n": int})
    return _beside_published(cells)


def _cells_of(choices: pd.DataFrame) -> pd.DataFrame:
    types = dict.fromkeys(_TEXTS, "str") | _NUMBERS
    return choices.reindex(columns=_CELL).astype(types)


def _beside_published(cells: pd.DataFrame) -> pd.DataFrame:
    """Add the published figures to the cells that have the whole data set."""
    names = {"mean": "published_mean", "std": "published_std"}
    published = load_published().rename(columns=names)
    cells = cells.merge(published, how="left", on=["dataset", "noise", "loss"])
    part = cells[["train_size", "num_classes"]].notna().any(axis=1)
    cells.loc[part, ["published_mean", "published_std", "source"]] = None
    return cells


def cost(records: pd.DataFrame) -> str:
    """Say how many runs these are, and what they took on which machines.

    Parameters
    ----------
    records : DataFrame
        From :func:`gce_lib.experiments.load_records`.
    """
    seeds = records["seed"].nunique()
    devices = ", ".join(sorted(records["device"].unique()))
    hours = records["seconds"].sum() / 3600
    return (
        f"{len(records)} runs of up to {seeds} seed{'s' * (seeds > 1)}, {hours:.1f} "
        f"hours by the clock, one core each, on {devices}."
    )


def deviations(cells: pd.DataFrame) -> pd.DataFrame:
    """Compare cells with the published figures, the largest difference first.

    Taught in book/practice/reproduction.ipynb.

    Parameters
    ----------
    cells : DataFrame
        From :func:`summarise`.

    Returns
    -------
    DataFrame
        The cells that have runs and a published figure, with two columns more:
        ``difference``, ours − published in points, and ``deviation``, the difference in
        standard deviations √(std² + published_std²). A std that is not known counts as
        0; where neither is known, the deviation is NaN.
    """
    both = cells[(cells["n"] > 0) & cells["published_mean"].notna()]
    difference = both["mean"] - both["published_mean"]
    variance = both["std"].fillna(0) ** 2 + both["published_std"].fillna(0) ** 2
    deviation = difference / variance.pow(0.5).where(variance > 0)
    both = both.assign(difference=difference, deviation=deviation)
    return both.sort_values("difference", key=abs, ascending=False, ignore_index=True)


def table(
    records: pd.DataFrame, *, runs: Iterable[Run] = (), at: str = "best"
) -> pd.DataFrame:
    """Return the accuracies as the paper prints them, the published ones beneath.

    Taught in book/practice/reproduction.ipynb.

    Parameters
    ----------
    records, runs, at
        As in :func:`summarise`.

    Returns
    -------
    DataFrame
        Texts ``"87.13 ± 0.22 (5)"``: mean ± std in % and the number of seeds; one seed
        has no std; ``""`` where nothing is known. A row a data set, training (model,
        protocol, …), loss and source, ``"ours"`` or ``"published"``; a column a noise.
    """
    cells = summarise(records, runs=runs, at=at)
    cells = cells.assign(training=[_training(row) for row in cells.itertuples()])
    ours = cells.assign(by="ours", text=list(map(_ours, cells.itertuples())))
    published = cells[cells["published_mean"].notna()]
    texts = list(map(_published, published.itertuples()))
    both = pd.concat([ours, published.assign(by="published", text=texts)])
    wide = both.set_index([*_ROW, "noise"])["text"].unstack("noise", fill_value="")
    return wide.loc[
        sorted(wide.index, key=_row_order), sorted(wide.columns, key=_noise_order)
    ]


def leaderboard(records: pd.DataFrame, *, at: str = "best") -> pd.DataFrame:
    """Rank the files of a folder, one a student say, on each problem.

    Parameters
    ----------
    records : DataFrame
        From :func:`gce_lib.experiments.load_records`, ``repeated=True``.
    at : str
        As in :func:`summarise`.

    Returns
    -------
    DataFrame
        A row a problem, file and loss, the best first: ``dataset``, ``training`` and
        ``noise``; ``place`` from 1, equal means sharing one; ``file``, without its
        ending; ``loss``; ``mean`` and ``std`` in % over its ``n`` seeds.
    """
    cells = pd.concat(
        summarise(own, at=at).assign(file=Path(name).stem)
        for name, own in records.groupby("file")
    )
    cells = cells.assign(training=[_training(row) for row in cells.itertuples()])
    means = cells.groupby(_PROBLEM)["mean"]
    cells = cells.assign(place=means.rank(method="min", ascending=False).astype(int))
    columns = [*_PROBLEM, "place", "file", "loss", "mean", "std", "n"]
    rows = sorted(cells[columns].itertuples(index=False), key=_place_order)
    return pd.DataFrame(rows, columns=columns)


def _training(cell: Cell) -> str:
    named = {"epochs": "epochs", "train_size": "images", "num_classes": "classes"}
    numbers = {text: getattr(cell, name) for name, text in named.items()}
    given = [f"{n} {text}" for text, n in numbers.items() if not pd.isna(n)]
    if not pd.isna(cell.lr):
        given.append(f"learning rate {cell.lr:g}")
    return ", ".join([cell.model, cell.protocol, *given])


def _ours(cell: Cell) -> str:
    return accuracy(cell) if cell.n else ""


def accuracy(cell: Cell) -> str:
    """Return the mean ± std of a cell and the number of its seeds."""
    return f"{_mean_and_std(cell.mean, cell.std)} ({cell.n})"


def _published(cell: Cell) -> str:
    return _mean_and_std(cell.published_mean, cell.published_std)


def _mean_and_std(mean: float, std: float) -> str:
    return f"{mean:.2f}" if pd.isna(std) else f"{mean:.2f} ± {std:.2f}"


def _row_order(row: tuple) -> tuple:
    dataset, training, loss, by = row
    spec = parse_loss(loss)
    return dataset, training, list(METHODS).index(spec.name), spec.values, by


def _place_order(row: _Place) -> tuple:
    return row.dataset, row.training, _noise_order(row.noise), row.place, row.file


def _noise_order(noise: str) -> tuple:
    spec = parse_noise(noise)
    return list(NOISES).index(spec.name), spec.values
