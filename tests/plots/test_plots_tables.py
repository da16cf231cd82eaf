"""Tables and pictures of accuracies, from records."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from matplotlib.collections import PathCollection

from gce_lib import plots
from gce_lib.experiments import BOOK_RESULTS, leads, load_records, summarise

LOSSES = ["ce", "gce:0.7", "acs:0.7,0.5"]


def records() -> pd.DataFrame:
    book = load_records(BOOK_RESULTS)
    mini = book[(book["dataset"] == "fashion-mini") & (book["protocol"] == "lesson")]
    for choice in {"train_size", "lr"} & set(mini):
        mini = mini[mini[choice].isna()]
    return mini[mini["loss"].isin(LOSSES) & mini["noise"].str.startswith("symmetric")]


def test_a_table_has_the_means_of_the_records_and_human_names():
    mini = records()
    table = BeautifulSoup(plots.accuracy_table(mini, "Mini").to_html(), "html.parser")
    heads = [th.get_text() for th in table.select("th.row_heading")]
    assert heads == ["cross entropy", "Lq", "pruned Lq"]
    best, last = (
        summarise(mini, at=at).set_index(["loss", "noise"]) for at in ("best", "last")
    )
    cell = ("gce:0.7", "symmetric:0.4")
    row = [td.get_text(" ") for td in table.select("tbody tr")[1].select("td")]
    assert f"{best.loc[cell, 'mean']:.1f} ± {best.loc[cell, 'std']:.1f}" in row[1]
    assert f"→ {last.loc[cell, 'mean']:.1f}" in row[1]
    assert (
        f"{len(mini)} runs of up to 3 seeds" in table.select_one("caption").get_text()
    )


def test_the_published_figure_stands_below_ours():
    cifar = records().assign(dataset="cifar10")
    table = BeautifulSoup(plots.accuracy_table(cifar, "C").to_html(), "html.parser")
    small = [s.get_text() for s in table.select("tbody tr")[0].select("small")]
    assert small == ["87.0 ± 0.1", "81.9 ± 0.3", "74.1 ± 0.6", "53.8 ± 1.0"]


def test_ours_and_the_published_accuracies_share_their_scale_and_colours():
    cifar = records().assign(dataset="cifar10")
    figure = plots.ours_beside_published(summarise(cifar), summarise(cifar, at="last"))
    left, right = figure.axes
    assert left.get_ylim() == right.get_ylim()
    names = {text.get_text() for text in figure.legends[0].get_texts()}
    assert names == {"cross entropy", "cross entropy, last", "L_q", "pruned L_q"}


def test_every_seed_of_a_lead_is_drawn():
    mini = records()
    figure = plots.leads_by_noise(leads(mini))
    points = sum(len(dots.get_offsets()) for dots in figure.axes[0].collections[:1])
    assert points >= 4 * 3
    assert figure.axes[0].get_ylabel() == "points over cross entropy"


def test_a_lead_names_whom_it_leads():
    figure = plots.leads_by_noise(leads(records(), over="gce:0.7"), over="gce:0.7")
    assert figure.axes[0].get_ylabel() == "points over L_q"


def test_a_ladder_has_its_rungs_from_the_top_and_a_panel_for_each_epoch():
    mini = records()
    rungs = {"symmetric:0.8": "most", "symmetric:0.2": "few"}
    panels = {at: leads(mini, at=at) for at in ("last", "best")}
    figure = plots.ladder(panels, rungs)
    for axes, (at, lead) in zip(figure.axes, panels.items(), strict=True):
        assert axes.get_title() == at
        names = [text.get_text() for text in axes.get_yticklabels()]
        assert names in (["most", "few"], [])  # shared with the left panel
        low, high = axes.get_ylim()
        assert low > high  # the first rung is the uppermost
        drawn = {
            tuple(point)
            for dots in axes.collections
            if isinstance(dots, PathCollection)
            for point in dots.get_offsets().data.round(6)
        }
        for i, noise in enumerate(rungs):
            of_rung = lead.loc[lead["noise"] == noise, "lead"]
            found = [x for x, y in drawn if abs(y - i) < 0.5]
            assert sorted(found) == pytest.approx(sorted(of_rung), abs=1e-5)
        assert len(drawn) == lead["noise"].isin(rungs).sum()


def test_a_number_at_the_head_of_a_column_or_row_has_no_idle_digits():
    frame = pd.DataFrame([[1.0, 2.0]], columns=[0.03, "by validation"], index=[0.7])
    table = BeautifulSoup(plots.plain_table(frame, "R").to_html(), "html.parser")
    heads = [th.get_text() for th in table.select("th.col_heading, th.row_heading")]
    assert heads == ["0.03", "by validation", "0.7"]


def test_a_table_of_nothing_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="at least one run, got none for 'CIFAR'"):
        plots.accuracy_table(records()[:0], "CIFAR")
