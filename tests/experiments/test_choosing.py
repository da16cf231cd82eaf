"""What noisy labels choose among records, and what the choice costs."""

import math

import pandas as pd
import pytest
import torch

from gce_lib.experiments import BOOK_RESULTS, cost, load_records, readings, regrets
from gce_lib.losses import gce_loss


def record(noise, seed, loss, *, test, validation=0.5, **history):
    whole = {
        "loss": [0.6, 0.5],
        "test_accuracy": [0.3, test],
        "validation_accuracy": [0.1, validation],
        "memorised": [0.1, 0.2],
    }
    return {
        "noise": noise,
        "seed": seed,
        "loss": loss,
        "test_accuracy_best": test,
        "history": whole | history,
    }


def frame(*records):
    return pd.DataFrame(list(records))


def test_a_reading_is_what_the_history_shows():
    kept = {"kept": [1, 0.4], "pruning_precision": [math.nan, 0.75]}
    (row,) = readings(
        frame(record("symmetric:0.4", 0, "acs:0.7,0.5", test=0.8, **kept))
    ).itertuples()
    assert (row.q, row.rate) == (0.7, 0.4)
    assert (row.validation, row.memorised, row.kept) == (0.5, 0.2, 0.4)
    assert row.dropped_right == 0.25
    assert row.first_accuracy == 0.3
    assert row.first_weight == pytest.approx(1 - 0.7 * 0.6)


def test_what_a_run_has_not_is_not_a_number():
    got = readings(
        frame(
            record("none", 0, "ce", test=0.8),
            record("human:worse", 0, "mae", test=0.8),
        )
    )
    assert got["q"].tolist() == pytest.approx([0, math.nan], nan_ok=True)
    assert got["rate"].isna().all()
    assert got["kept"].isna().all()
    assert got["first_weight"].tolist() == pytest.approx([1, math.nan], nan_ok=True)


@pytest.mark.parametrize("q", [0.3, 0.7, 1.0])
def test_the_meter_is_the_mean_weight(q):
    logits = torch.randn(64, 10, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(64) % 10
    loss = gce_loss(logits.double(), labels, q=q).item()
    weight = logits.double().softmax(1).gather(1, labels[:, None]) ** q
    run = record("none", 0, f"gce:{q}", test=0.8)
    run["history"]["loss"] = [loss, 0]
    got = readings(frame(run))
    assert got["first_weight"][0] == pytest.approx(weight.mean().item())


def test_a_regret_is_what_the_pick_falls_short_of_the_best():
    candidates = readings(
        frame(
            record("symmetric:0.4", 0, "ce", test=0.70, validation=0.46),
            record("symmetric:0.4", 0, "gce:0.7", test=0.80, validation=0.45),
            record("symmetric:0.4", 1, "ce", test=0.70, validation=0.40),
            record("symmetric:0.4", 1, "gce:0.7", test=0.75, validation=0.45),
            record("symmetric:0.4", 2, "ce", test=0.70, validation=0.40),  # alone
        )
    )
    got = regrets(candidates, ["ce", "gce:0.7"])
    assert got["seed"].tolist() == [0, 1]
    assert got["picked"].tolist() == ["cross entropy", "L_q"]
    assert got["best"].tolist() == ["L_q", "L_q"]
    assert got["regret"].tolist() == pytest.approx([10, 0])
    assert got["always cross entropy"].tolist() == pytest.approx([10, 5])
    assert got["always L_q"].tolist() == pytest.approx([0, 0])


def test_a_cost_names_runs_seeds_hours_and_devices():
    rows = load_records(BOOK_RESULTS).iloc[:3].assign(seed=[0, 1, 1], seconds=1200.0)
    told = cost(rows.assign(device="CPU one"))
    assert told.startswith("3 runs of up to 2 seeds, 1.0 hours by the clock")
    assert told.endswith("on CPU one.")
