"""The losses that an experiment can name."""

import pytest
import torch

from gce_lib import losses
from gce_lib.vocabulary import METHODS, parse_loss

X = torch.randn(6, 3, generator=torch.Generator().manual_seed(0))
Y = torch.tensor([0, 1, 2, 0, 1, 2])
T = torch.tensor([[0.7, 0.2, 0.1], [0.0, 0.9, 0.1], [0.3, 0.3, 0.4]])


def made(text):
    spec = parse_loss(text)
    return METHODS[spec.name].make(T, *spec.values)(X, Y)


SPECS = {  # as records name them
    "ce": "ce",
    "smoothed": "smoothed:0.1",
    "mae": "mae",
    "gce": "gce:0.7",
    "truncated": "truncated:0.7,0.5",
    "acs": "acs:0.7,0.5",
    "forward": "forward",
    "forward-estimated": "forward-estimated",
    "backward": "backward",
    "sce": "sce:0.1,1",
    "nce": "nce",
    "rce": "rce",
    "nce+rce": "nce+rce:1,1",
    "apl": "apl:1,1",
    "agce": "agce:0.6,0.6",
    "aul": "aul:5.5,3",
    "nce+aul": "nce+aul:1,4,6.3,1.5",
    "anl": "anl:5,5",
    "epsilon": "epsilon:100000,0.01,5",
    "jal": "jal:1,1,30",
    "js": "js:0.5",
    "bi-tempered": "bi-tempered:0.3,1",
    "taylor": "taylor:2",
    "phuber": "phuber:10",
}


def test_every_method_but_those_without_a_published_number_has_a_default():
    assert SPECS.keys() == METHODS.keys() - {"clipped"}


@pytest.mark.parametrize("name", SPECS)
def test_defaults_make_a_loss_and_keep_their_spec(name):
    assert str(parse_loss(name)) == SPECS[name]
    assert made(name).isfinite()


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (
            "smoothed:0.3",
            torch.nn.functional.cross_entropy(X, Y, label_smoothing=0.3),
        ),
        ("truncated:0.4,0.3", losses.truncated_gce_loss(X, Y, 0.4, 0.3)),
        ("sce:2,3", losses.symmetric_cross_entropy(X, Y, 2, 3, log_zero=-4)),
        ("nce+rce:2,3", losses.active_passive_loss(X, Y, 2, 3, log_zero=-4)),
        ("apl:0,1", losses.reverse_cross_entropy(X, Y, log_zero=-9.210340371976182)),
        ("aul:4,2", losses.asymmetric_unhinged_loss(X, Y, 4.0, 2.0)),
        ("nce+aul:0,2,4,2", 2 * losses.asymmetric_unhinged_loss(X, Y, 4.0, 2.0)),
        ("nce+aul:3,0", 3 * losses.normalized_cross_entropy(X, Y)),
        ("taylor:4", losses.taylor_cross_entropy(X, Y, 4)),
        ("epsilon:10,1,2", losses.epsilon_softmax_loss(X, Y, 10.0, 1.0, 2.0)),
        ("bi-tempered:0.5,2", losses.bi_tempered_loss(X, Y, 0.5, 2.0)),
        (
            "clipped:0.5",
            torch.nn.functional.cross_entropy(losses.clip_logits(X, 0.5), Y),
        ),
    ],
)
def test_numbers_reach_the_loss(text, want):
    torch.testing.assert_close(made(text), want)


def test_titles_differ_and_are_for_people():
    titles = [method.title for method in METHODS.values()]
    assert len(set(titles)) == len(titles)
    assert not any("cross-entropy" in title for title in titles)


def test_a_number_that_was_never_published_must_be_given():
    with pytest.raises(ValueError, match="'clipped:tau'"):
        parse_loss("clipped")
