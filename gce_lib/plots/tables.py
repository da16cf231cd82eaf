"""Tables of accuracies, the same look in every chapter."""

import pandas as pd
from pandas.io.formats.style import Styler

from gce_lib.experiments import cost, summarise
from gce_lib.experiments.names import in_order, loss_name, noise_name
from gce_lib.experiments.tables import Cell

_LOOK = [
    {"selector": "caption", "props": "caption-side: bottom; text-align: left"},
    {"selector": "th, td", "props": "text-align: center; padding: 0.25em 0.5em"},
    {"selector": "th.row_heading", "props": "text-align: left; font-weight: normal"},
    {"selector": "td", "props": "white-space: nowrap"},
    {"selector": "small", "props": "opacity: 0.75"},
]


def accuracy_table(records: pd.DataFrame, title: str) -> Styler:
    """Lay out test accuracies, ours over the published ones, the best in bold.

    Used in book/practice/reproduction.ipynb.

    Parameters
    ----------
    records : DataFrame
        From :func:`gce_lib.experiments.load_records`: runs of one data set, network and
        protocol; a row a loss, a column a noise.
    title : str
        What the caption begins with.

    Returns
    -------
    Styler

    Raises
    ------
    ValueError
        There is no record.
    """
    if records.empty:
        raise ValueError(f"records must have at least one run, got none for {title!r}")
    best, last = (summarise(records, at=at) for at in ("best", "last"))
    cells = best.assign(
        text=[
            _entry(chosen, after)
            for chosen, after in zip(best.itertuples(), last.itertuples(), strict=True)
        ]
    )
    texts = _wide(cells, "text").fillna("")
    means = _wide(cells, "mean")
    strong = means.eq(means.max()).replace({True: "font-weight: bold", False: ""})
    return plain_table(texts, _caption(records, title)).apply(
        lambda _: strong, axis=None
    )


def plain_table(frame: pd.DataFrame, caption: str, **options: object) -> Styler:
    """Lay out any table with a caption below it.

    Parameters
    ----------
    frame : DataFrame
    caption : str
    **options
        Of :meth:`pandas.io.formats.style.Styler.format`, such as ``precision=1``.
    """
    return (
        frame.style.format(**({"na_rep": ""} | options))
        .format_index(_head, axis="columns")
        .format_index(_head, axis="index")
        .set_caption(caption)
        .set_table_styles(_LOOK)
        .set_table_attributes('class="dataframe"')
    )


def _head(label: object) -> str:
    return f"{label:g}" if isinstance(label, float) else str(label)


def _wide(cells: pd.DataFrame, value: str) -> pd.DataFrame:
    """Return a row a loss and a column a noise, in their order, with human names."""
    losses = in_order(cells["loss"].unique(), "loss")
    noises = in_order(cells["noise"].unique(), "noise")
    wide = cells.pivot(index="loss", columns="noise", values=value)
    wide = wide.reindex(index=losses, columns=noises)
    wide.index = [loss_name(loss, html=True) for loss in losses]
    pairs = [noise_name(noise) for noise in noises]
    wide.columns = pd.MultiIndex.from_tuples(pairs)
    return wide


def _entry(best: Cell, last: Cell) -> str:
    """Return a cell's lines: at the chosen epoch, after the last, as published."""
    lines = [_figure(best.mean, best.std), f"→ {_figure(last.mean, last.std)}"]
    if not pd.isna(best.published_mean):
        published = _figure(best.published_mean, best.published_std)
        lines.append(f"<small>{published}</small>")
    return "<br>".join(lines)


def _figure(mean: float, std: float) -> str:
    return f"{mean:.1f}" if pd.isna(std) else f"{mean:.1f} ± {std:.1f}"


def _caption(records: pd.DataFrame, title: str) -> str:
    return (
        f"{title}. Test accuracy in %: at the epoch that the noisy validation labels "
        "choose; → after the last epoch; small: as published, by another network and a "
        f"longer training. Bold: the best of ours. {cost(records)}"
    )
