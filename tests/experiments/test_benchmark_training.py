import sys

import pytest
import tiny

from benchmarks import training


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(training.data, "load", lambda _name: tiny.dataset())
    monkeypatch.setitem(training.MATRIX_SIZES, "cpu", 64)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["training", "--device", "cpu", *arguments])
        training.main()

    return run


def test_both_loops_are_timed_side_by_side(small, capsys):
    small("--model", "mlp", "--epochs", "1", "--workers", "0")
    fit, conventional, ratio, share = capsys.readouterr().out.splitlines()[1:]
    assert fit.startswith("fit")
    assert "images/s" in fit
    assert conventional.startswith("DataLoader, 0 workers")
    assert ratio.endswith("times as fast")
    assert share.endswith("of peak")


def test_help_is_worth_reading(small, capsys):
    with pytest.raises(SystemExit):
        small("--help")
    text = capsys.readouterr().out
    assert "conventional PyTorch loop" in text
    assert "python -m benchmarks.training --dataset cifar10" in text


def test_training_operations_are_three_forward_passes_but_for_the_first_layer():
    model = training.models.mlp((1, 8, 8), 3, hidden=(16,))
    forward = 2 * (64 * 16 + 16 * 3)
    first_layer = 2 * 64 * 16  # its images need no gradient
    assert training.training_flops(model, (1, 8, 8)) == 3 * forward - first_layer
