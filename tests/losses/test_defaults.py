"""Numbers that a loss takes when nothing is said: those of its paper."""

import inspect

import pytest

from gce_lib import losses

PUBLISHED = {
    "GCELoss": {"q": 0.7},
    "TruncatedGCELoss": {"q": 0.7, "k": 0.5},
    "gce_loss": {"q": 0.7},
    "gce_bce_loss": {"q": 0.7},
    "truncated_gce_loss": {"q": 0.7, "k": 0.5},
    "symmetric_cross_entropy": {"alpha": 0.1, "beta": 1, "log_zero": -4},
    "reverse_cross_entropy": {"log_zero": -4},
    "active_passive_loss": {"alpha": 1, "beta": 1, "log_zero": -4},
    "active_negative_loss": {"alpha": 5, "beta": 5},
    "asymmetric_gce_loss": {"a": 0.6, "q": 0.6},
    "asymmetric_unhinged_loss": {"a": 5.5, "q": 3},
    "epsilon_softmax_loss": {"m": 1e5, "alpha": 0.01, "beta": 5},
    "joint_asymmetric_loss": {"alpha": 1, "beta": 1, "a": 30},
    "jensen_shannon_loss": {"pi": 0.5},
    "taylor_cross_entropy": {"t": 2},
    "partially_huberised_cross_entropy": {"tau": 10},
}
OPTIONS = {"ignore_index": -100, "label_smoothing": 0}  # as in F.cross_entropy


CALLABLE = [name for name in losses.__all__ if callable(getattr(losses, name))]


@pytest.mark.parametrize("name", CALLABLE)
def test_the_numbers_of_a_loss_are_the_published_ones(name):
    parameters = inspect.signature(getattr(losses, name)).parameters
    numbers = {
        key: parameter.default
        for key, parameter in parameters.items()
        if isinstance(parameter.default, (int, float))
    }
    options = {key: value for key, value in OPTIONS.items() if key in numbers}
    assert numbers == PUBLISHED.get(name, {}) | options
