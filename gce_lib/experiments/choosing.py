"""What noisy labels choose among recorded runs, and what the choice costs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gce_lib import extras
from gce_lib.vocabulary import parse_loss, parse_noise

from .comparisons import best_validation
from .names import loss_name

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = extras.Lazy("pandas", "a choice among records")


def readings(records: pd.DataFrame) -> pd.DataFrame:
    """Add to each run what its history shows, and its q and noise rate as numbers.

    Taught in book/practice/choosing-q.ipynb.

    Parameters
    ----------
    records : DataFrame
        From :func:`gce_lib.experiments.load_records`.

    Returns
    -------
    DataFrame
        The records with eight columns more. ``q``: of L_q, pruned or not, 0 for cross
        entropy, else NaN; ``rate``: of the noise; ``validation``: the noisy-validation
        accuracy that chose the epoch; at the end, ``memorised``, the share ``kept`` by
        pruning (NaN without) and ``dropped_right``, the share of right labels among the
        dropped; after the first epoch ``first_accuracy``, on clean test labels, and
        ``first_weight``, the mean weight 1 − q L of the labels.
    """
    histories = records["history"]
    q = records["loss"].map(_q).astype(float)
    return records.assign(
        q=q,
        rate=records["noise"].map(_rate).astype(float),
        validation=best_validation(records),
        memorised=histories.map(lambda h: h["memorised"][-1]),
        kept=histories.map(lambda h: _last(h, "kept")),
        dropped_right=1 - histories.map(lambda h: _last(h, "pruning_precision")),
        first_accuracy=histories.map(lambda h: h["test_accuracy"][0]),
        first_weight=1 - q * histories.map(lambda h: h["loss"][0]),
    )


def regrets(records: pd.DataFrame, fixed: Iterable[str] = ()) -> pd.DataFrame:
    """Return what it costs to let noisy validation choose among the losses.

    Taught in book/practice/choosing-q.ipynb.

    Parameters
    ----------
    records : DataFrame
        From :func:`readings`. A noise and seed for which not all losses are recorded is
        left out.
    fixed : iterable of str
        Losses that somebody might take without any choice.

    Returns
    -------
    DataFrame
        A row a noise and seed: the name of the loss ``picked`` by the noisy validation
        labels, of the ``best`` one by the clean test labels, and in points of test
        accuracy the ``regret``, by which the pick falls short of the best, and that of
        each of ``fixed``, such as ``"always L_q"``.
    """
    losses = records["loss"].nunique()
    rows = []
    for (noise, seed), runs in records.groupby(["noise", "seed"], sort=False):
        candidates = runs.set_index("loss")
        if len(candidates) < losses:
            continue
        accuracy = 100 * candidates["test_accuracy_best"]
        short = accuracy.max() - accuracy
        picked = candidates["validation"].idxmax()
        row = {"noise": noise, "seed": seed, "picked": loss_name(picked)}
        row |= {"best": loss_name(accuracy.idxmax()), "regret": short[picked]}
        rows.append(row | {f"always {loss_name(loss)}": short[loss] for loss in fixed})
    return pd.DataFrame(rows)


def _q(loss: str) -> float | None:
    spec = parse_loss(loss)
    if spec.name == "ce":
        return 0.0
    return spec.numbers[0] if spec.name in ("gce", "acs", "truncated") else None


def _rate(noise: str) -> float | None:
    numbers = parse_noise(noise).numbers
    return numbers[0] if numbers else None


def _last(history: dict, column: str) -> float | None:
    return history[column][-1] if column in history else None
