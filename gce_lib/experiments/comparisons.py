"""One method against another, seed by seed: both have met the same wrong labels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gce_lib import checks, extras

from .names import in_order, loss_name, noise_name
from .protocols import protocol
from .runs import Run

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = extras.Lazy("pandas", "a comparison of records")

_PROBLEM = ["dataset", "model", "protocol", "noise", "seed"]
AT = ("best", "last")


def recorded(records: pd.DataFrame, runs: Iterable[Run]) -> pd.DataFrame:
    """Return the records of these runs, in their order; of the others there are none.

    Taught in book/practice/reproduction.ipynb.

    Parameters
    ----------
    records : DataFrame
        From :func:`gce_lib.experiments.load_records`.
    runs : iterable of Run
    """
    return records.reindex([run.id for run in runs if run.id in records.index])


def tuned(records: pd.DataFrame) -> pd.DataFrame:
    """Keep of each problem and loss the learning rate that noisy validation prefers.

    Taught in book/practice/since-2018.ipynb.

    Parameters
    ----------
    records : DataFrame
        From :func:`gce_lib.experiments.load_records`. The first seed chooses, for all.
    """
    keys = [name for name in (*_PROBLEM, "loss") if name != "seed"]
    rows = _validated(records).assign(id=records.index)
    first = rows[rows["seed"] == rows["seed"].min()]
    chosen = first.loc[first.groupby(keys)["validation"].idxmax(), [*keys, "rate"]]
    return records.loc[rows.merge(chosen, on=[*keys, "rate"])["id"]]


def leads(
    records: pd.DataFrame, *, over: str = "ce", at: str = "best", over_at: str = ""
) -> pd.DataFrame:
    """Return by how many points each method leads another one, seed by seed.

    Taught in book/practice/reproduction.ipynb.

    Parameters
    ----------
    records : DataFrame
        From :func:`gce_lib.experiments.load_records`, of one number of epochs, images
        and classes.
    over : str
        The loss to compare with.
    at : str
        ``"best"``: test accuracy at the best noisy-validation accuracy; ``"last"``:
        after the last epoch.
    over_at : str
        The same for the loss to compare with; default: ``at``.

    Returns
    -------
    DataFrame
        Columns ``dataset``, ``model``, ``protocol``, ``noise``, ``seed``, ``loss`` and
        ``lead`` in points of test accuracy; a row for each run that has a twin with the
        loss ``over``.
    """
    at = checks.choice("at", at, AT)
    over_at = checks.choice("over_at", over_at or at, AT)
    accuracy = 100 * records[f"test_accuracy_{at}"].astype(float)
    runs = records[[*_PROBLEM, "loss"]].assign(accuracy=accuracy)
    other = 100 * records[f"test_accuracy_{over_at}"].astype(float)
    twins = records[_PROBLEM].assign(other=other)[records["loss"] == over]
    pairs = runs[runs["loss"] != over].merge(twins, on=_PROBLEM)
    pairs = pairs.assign(lead=pairs["accuracy"] - pairs["other"])
    return pairs.drop(columns=["accuracy", "other"])


def mean_leads(leads: pd.DataFrame) -> pd.DataFrame:
    """Return the mean lead over the seeds, with its 95 % confidence interval.

    Taught in book/practice/reproduction.ipynb.

    Parameters
    ----------
    leads : DataFrame
        From :func:`leads`.

    Returns
    -------
    DataFrame
        A row a problem and loss: ``mean``, the half width ``ci`` of Student's interval
        (NaN for one seed) and ``seeds``, their number.
    """
    keys = [name for name in (*_PROBLEM, "loss") if name != "seed"]
    means = leads.groupby(keys, sort=False)["lead"].agg(["mean", "sem", "size"])
    quantiles = means["size"].map(_student)
    means = means.assign(ci=means["sem"] * quantiles).rename(columns={"size": "seeds"})
    return means.drop(columns="sem").reset_index()


def tell(leads: pd.DataFrame) -> str:
    """Say in a sentence a method how often and by how much it leads.

    Taught in book/practice/reproduction.ipynb.

    Parameters
    ----------
    leads : DataFrame
        From :func:`leads`.
    """
    sentences = []
    for loss in in_order(leads["loss"].unique(), "loss"):
        lead = leads.loc[leads["loss"] == loss, "lead"]
        sentences.append(
            f"{loss_name(loss)} leads in {(lead > 0).sum()} of {len(lead)} runs, "
            f"by {lead.min():+.1f} to {lead.max():+.1f} points."
        )
    return "\n".join(sentences)


def against_stopping(records: pd.DataFrame, loss: str = "gce:0.7") -> pd.DataFrame:
    """Compare a method with cross entropy that may stop, and with one that may not.

    Taught in book/practice/reproduction.ipynb.

    Parameters
    ----------
    records : DataFrame
        As for :func:`leads`.
    loss : str

    Returns
    -------
    DataFrame
        Points over cross entropy, the mean over rates and seeds: a row a data set,
        training and kind of noise; a column for each way to choose the epochs; and the
        number of ``pairs``.
    """
    ways = {
        "both after the last epoch": {"at": "last"},
        "both stopped by validation": {"at": "best"},
        "only cross entropy stops": {"at": "last", "over_at": "best"},
    }
    columns = {}
    for name, epochs in ways.items():
        lead = leads(records[records["loss"].isin(["ce", loss])], **epochs)
        kinds = lead["noise"].map(lambda noise: noise_name(noise)[0]).rename("noise")
        groups = lead.groupby(["dataset", "protocol", kinds], sort=False)["lead"]
        columns[name] = groups.mean()
    return pd.DataFrame(columns).assign(pairs=groups.size())


def trainings(records: pd.DataFrame, noise: str = "symmetric:0.4") -> pd.DataFrame:
    """Return what cross entropy does in each training plan, and what L_q gains there.

    Taught in book/practice/reproduction.ipynb.

    Parameters
    ----------
    records : DataFrame
        As for :func:`leads`, with cross entropy and ``"gce:0.7"``.
    noise : str

    Returns
    -------
    DataFrame
        A row a data set, network and protocol: ``epochs``; in %, means over the seeds,
        the ``memorised`` wrong labels at the end and the test accuracy of cross entropy
        ``at best`` (by validation) and ``at the end``; ``L_q leads``, in points, at
        the end.
    """
    here = records[records["noise"] == noise]
    training = ["dataset", "model", "protocol"]
    ce = here[here["loss"] == "ce"]
    ends = ce[training].assign(
        **{
            "epochs": ce["history"].map(lambda history: len(history["epoch"])),
            "memorised": 100 * ce["history"].map(lambda h: h["memorised"][-1]),
            "at best": 100 * ce["test_accuracy_best"],
            "at the end": 100 * ce["test_accuracy_last"],
        }
    )
    rows = ends.groupby(training, sort=False).mean()
    lead = leads(here, at="last")
    lead = lead[lead["loss"] == "gce:0.7"].groupby(training)["lead"].mean()
    return rows.assign(**{"L_q leads": lead})


def by_learning_rate(records: pd.DataFrame) -> pd.DataFrame:
    """Return what each method reaches at several learning rates.

    Taught in book/practice/reproduction.ipynb.

    Parameters
    ----------
    records : DataFrame
        From :func:`gce_lib.experiments.load_records`, alike in all but noise, loss,
        seed and learning rate.

    Returns
    -------
    DataFrame
        A row a noise and loss, a column a learning rate: test accuracy in %, at the
        epoch that validation chooses, the mean over the seeds; and ``"by validation"``,
        the same at the rate that noisy validation prefers.
    """
    cells = _validated(records).assign(test=100 * records["test_accuracy_best"])
    means = cells.groupby(["noise", "loss", "rate"])[["test", "validation"]].mean()
    means = means.reset_index("rate")
    table = means.set_index("rate", append=True)["test"].unstack("rate")
    best = means.sort_values("validation").groupby(["noise", "loss"])["test"].last()
    return table.assign(**{"by validation": best})


def best_validation(records: pd.DataFrame) -> pd.Series:
    """Return the noisy-validation accuracy of each run that chose its epoch."""
    return records["history"].map(lambda h: max(h["validation_accuracy"]))


def _validated(records: pd.DataFrame) -> pd.DataFrame:
    """Add the learning ``rate`` and the best noisy ``validation`` accuracy."""
    return records.assign(
        rate=[_rate(row) for _, row in records.iterrows()],
        validation=best_validation(records),
    )


def _rate(row: pd.Series) -> float:
    given = row.get("lr")
    plan = protocol(row["protocol"], row["dataset"])
    return plan.lr if pd.isna(given) else float(given)


def _student(seeds: int) -> float:
    """Return the 97.5 % quantile of Student's distribution; NaN for one seed."""
    t = extras.require("scipy.stats", "an interval").t
    return float(t.ppf(0.975, seeds - 1)) if seeds > 1 else float("nan")
