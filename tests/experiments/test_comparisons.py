"""Methods against each other, seed by seed."""

import math

import pandas as pd
import pytest

from gce_lib.experiments import (
    Run,
    against_stopping,
    by_learning_rate,
    leads,
    loss_name,
    mean_leads,
    noise_name,
    tell,
    trainings,
    tuned,
)
from gce_lib.experiments.names import in_order

CELL = {"dataset": "cifar10", "model": "compact_cnn", "protocol": "laptop"}


def records(*rows):
    """Return records of (noise, seed, loss, best, last), accuracies in %."""
    names = ["noise", "seed", "loss", "best", "last"]
    frame = pd.DataFrame(rows, columns=names).assign(**CELL)
    frame["test_accuracy_best"] = frame.pop("best") / 100
    frame["test_accuracy_last"] = frame.pop("last") / 100
    return frame


THREE = records(
    ("symmetric:0.4", 0, "ce", 75, 60),
    ("symmetric:0.4", 0, "gce:0.7", 78, 77),
    ("symmetric:0.4", 1, "ce", 74, 61),
    ("symmetric:0.4", 1, "gce:0.7", 76, 75),
    ("symmetric:0.4", 2, "gce:0.7", 99, 99),  # without a twin
)


def test_a_lead_is_the_difference_to_the_twin_of_the_same_seed():
    got = leads(THREE)
    assert list(got["seed"]) == [0, 1]
    assert got["lead"].tolist() == pytest.approx([3, 2])
    assert set(got["loss"]) == {"gce:0.7"}


def test_the_two_sides_may_be_looked_at_at_different_epochs():
    assert leads(THREE, at="last")["lead"].tolist() == pytest.approx([17, 14])
    early = leads(THREE, at="last", over_at="best")
    assert early["lead"].tolist() == pytest.approx([2, 1])


def test_the_interval_is_students():
    (row,) = mean_leads(leads(THREE)).itertuples()
    assert row.mean == pytest.approx(2.5)
    assert row.seeds == 2
    # t(0.975; 1 degree of freedom) = tan(0.475 π); the standard error is 0.5
    assert row.ci == pytest.approx(0.5 * math.tan(0.475 * math.pi))


def test_one_seed_has_no_interval():
    (row,) = mean_leads(leads(THREE[:2])).itertuples()
    assert math.isnan(row.ci)


def test_an_unknown_epoch_is_answered_in_a_sentence():
    with pytest.raises(ValueError, match="at must be one of best, last, got 'first'"):
        leads(THREE, at="first")


@pytest.mark.parametrize(
    ("loss", "name"),
    [
        ("ce", "cross entropy"),
        ("gce:0.7", "L_q"),
        ("gce:0.3", "L_q, q = 0.3"),
        ("acs:0.7,0.5", "pruned L_q"),
        ("acs:0.5,0.5", "pruned L_q, q = 0.5"),
    ],
)
def test_losses_have_human_names(loss, name):
    assert loss_name(loss) == name


def test_the_q_of_html_is_a_subscript():
    assert loss_name("gce:0.7", html=True) == "L<sub>q</sub>"


def test_noises_have_human_names():
    assert noise_name("symmetric:0.4") == ("uniform noise", "0.4")
    assert noise_name("none") == ("clean labels", "")
    assert noise_name("human:worse") == ("labels by people", "worse")


def test_specs_are_ordered_as_tables_have_them():
    assert in_order(["gce:0.7", "ce", "gce:0.3"], "loss") == [
        "ce",
        "gce:0.3",
        "gce:0.7",
    ]
    noises = ["class-map:0.1", "symmetric:0.8", "symmetric:0.2"]
    assert in_order(noises, "noise") == [noises[2], noises[1], noises[0]]


def test_a_sentence_says_how_often_and_by_how_much_a_method_leads():
    got = tell(leads(THREE))
    assert got == "L_q leads in 2 of 2 runs, by +2.0 to +3.0 points."


def test_stopping_is_compared_in_three_ways():
    (row,) = against_stopping(THREE).to_dict("records")
    assert row == {
        "both after the last epoch": pytest.approx(15.5),
        "both stopped by validation": pytest.approx(2.5),
        "only cross entropy stops": pytest.approx(1.5),
        "pairs": 2,
    }


def test_a_training_is_described_by_what_cross_entropy_does_in_it():
    history = {"epoch": [1, 2, 3], "memorised": [0.1, 0.2, 0.4]}
    known = THREE.assign(history=[history] * len(THREE))
    (row,) = trainings(known).to_dict("records")
    assert row == {
        "epochs": 3,
        "memorised": pytest.approx(40),
        "at best": pytest.approx(74.5),
        "at the end": pytest.approx(60.5),
        "L_q leads": pytest.approx(15.5),
    }


def test_each_loss_keeps_the_rate_that_noisy_validation_of_the_first_seed_prefers():
    runs = [
        (Run(lr=None), 0.60),
        (Run(lr=0.03), 0.62),
        (Run(lr=0.03, seed=1), 0.10),
        (Run(lr=None, loss="ce"), 0.50),
        (Run(lr=0.03, loss="ce"), 0.40),
    ]
    rows = [
        {**run.to_dict(), "history": {"validation_accuracy": [0.0, v]}}
        for run, v in runs
    ]
    records = pd.DataFrame(rows, index=[run.id for run, _ in runs])
    kept = {runs[i][0].id for i in (1, 2, 3)}
    assert set(tuned(records).index) == kept


def test_a_learning_rate_is_chosen_by_noisy_validation_not_by_the_test():
    rows = records(
        ("symmetric:0.8", 0, "ce", 40, 40),
        ("symmetric:0.8", 0, "ce", 50, 50),
        ("symmetric:0.8", 1, "ce", 44, 44),
    )
    rows["lr"] = [None, 1.0, None]
    validation = [[0.11, 0.17], [0.15, 0.12], [0.17, 0.13]]
    rows["history"] = [{"validation_accuracy": one} for one in validation]
    table = by_learning_rate(rows)
    assert list(table.columns) == [0.3, 1.0, "by validation"]  # 0.3 is the protocol's
    (row,) = table.to_numpy().tolist()
    assert row == pytest.approx([42, 50, 42])
    assert table.index.tolist() == [("symmetric:0.8", "ce")]
