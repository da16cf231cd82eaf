"""The live figures in Python: checked traits, links, the still figure."""

import html

import ipywidgets
import pytest
import torch
from traitlets import TraitError
from traits import check_refused

from gce_lib.explorers import LossExplorer
from gce_lib.losses import truncated_gce_from_nll

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.mark.parametrize(
    ("trait", "value", "interval"),
    [
        ("q", 1.5, "[0, 1]"),
        ("q", -0.1, "[0, 1]"),
        ("q", float("nan"), "[0, 1]"),
        ("q", "0.7", "[0, 1]"),
        ("q", None, "[0, 1]"),
        ("k", 1, "[0, 1)"),
        ("k", -1e-9, "[0, 1)"),
        ("p", 0, "(0, 1)"),
        ("p", 1.0, "(0, 1)"),
    ],
)
def test_a_value_outside_its_range_is_refused_in_one_sentence(trait, value, interval):
    check_refused(LossExplorer, trait, value, f"in {interval}")


@pytest.mark.parametrize(
    ("trait", "value"), [("q", 0), ("q", 1), ("k", 0), ("k", 0.999), ("p", 1e-9)]
)
def test_the_ends_that_belong_to_a_range_are_taken(trait, value):
    figure = LossExplorer(**{trait: value})
    assert getattr(figure, trait) == value
    assert type(getattr(figure, trait)) is float


def test_an_unknown_gradient_is_refused():
    with pytest.raises(TraitError, match="gradient"):
        LossExplorer(gradient="both")


def test_traits_travel_both_ways_and_link_to_any_control():
    figure = LossExplorer(q=0.3)
    assert {"q": 0.3, "k": 0.0, "p": 0.2}.items() <= figure.get_state().items()
    figure.set_state({"q": 1, "k": 0.5})  # what a browser sends
    assert (figure.q, figure.k) == (1.0, 0.5)
    control = ipywidgets.FloatSlider(min=0, max=1)
    ipywidgets.link((figure, "q"), (control, "value"))
    control.value = 0.25
    assert figure.q == 0.25
    figure.q = 0.75
    assert control.value == 0.75


@pytest.mark.parametrize("gradient", ["logit", "weight"])
def test_the_bundle_holds_the_widget_and_the_still_figure(gradient):
    figure = LossExplorer(q=0.4, k=0.5, gradient=gradient)
    data, _ = figure._repr_mimebundle_()
    assert data[VIEW]["model_id"] == figure.model_id
    assert figure.model_id in data["text/html"]
    assert html.escape(figure.alt()) in data["text/html"]
    assert "q = 0.40" in figure.alt()
    assert "k = 0.50" in figure.alt()
    left, right = figure.still().axes
    curve = dict(zip(*left.get_lines()[-1].get_data(), strict=True))
    at = min(curve, key=lambda p: abs(p - 0.8))
    expected = truncated_gce_from_nll(-torch.tensor(at).log(), 0.4, 0.5)
    assert curve[at] == pytest.approx(expected.item(), rel=1e-6)
    assert right.get_lines()[-1].get_ydata()[0] == 0
