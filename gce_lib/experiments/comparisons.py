"""One method against another, seed by seed: both have met the same wrong labels."""

import pandas as pd

from gce_lib import checks

_PROBLEM = ["dataset", "model", "protocol", "noise", "seed"]
AT = ("best", "last")


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


def _student(seeds: int) -> float:
    """Return the 97.5 % quantile of Student's distribution; NaN for one seed."""
    from scipy.stats import t  # only for who asks

    return float(t.ppf(0.975, seeds - 1)) if seeds > 1 else float("nan")
