import json
import math

import pytest

from gce_lib.training import History

ROWS = [
    {"epoch": 1, "validation_accuracy": 0.5, "test_accuracy": 0.6, "memorised": 0.1},
    {"epoch": 2, "validation_accuracy": 0.7, "test_accuracy": 0.8, "memorised": 0.2},
    {"epoch": 3, "validation_accuracy": 0.7, "test_accuracy": 0.9, "memorised": 0.3},
]


def without_validation():
    return History({**row, "validation_accuracy": math.nan} for row in ROWS)


def test_columns_rows_and_frame():
    history = History(ROWS)
    assert len(history) == 3
    assert history["test_accuracy"] == [0.6, 0.8, 0.9]
    assert history.last["epoch"] == 3
    frame = history.frame()
    assert frame.loc[2, "memorised"] == 0.2
    assert frame.index.name == "epoch"


def test_best_is_the_first_of_the_best_by_validation_not_by_test():
    assert History(ROWS).best["epoch"] == 2


def test_without_validation_the_last_is_the_best():
    assert without_validation().best["epoch"] == 3


def test_dictionary_is_json_and_comes_back():
    text = json.dumps(without_validation().to_dict(), allow_nan=False)
    history = History.from_dict(json.loads(text))
    assert history["test_accuracy"] == [0.6, 0.8, 0.9]
    assert all(math.isnan(value) for value in history["validation_accuracy"])
    assert History.from_dict(History(ROWS).to_dict()).rows == ROWS


def test_empty_history():
    assert len(History.from_dict(History().to_dict())) == 0
    assert repr(History()) == "History(no epochs)"


def test_repr_tells_last_and_best():
    assert "last test accuracy 90.0%, at best validation 80.0%" in repr(History(ROWS))


def test_rows_are_copies():
    rows = [dict(ROWS[0])]
    history = History(rows)
    rows[0]["test_accuracy"] = 0.0
    assert history["test_accuracy"] == pytest.approx([0.6])
