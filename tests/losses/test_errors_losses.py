"""Every wrong argument of a loss is answered by one sentence."""

import math
from functools import partial

import numpy as np
import pytest
import torch
from zoo import LOSSES

from gce_lib import losses as b
from gce_lib import losses as g

X = torch.zeros(4, 3)
Y = torch.tensor([0, 1, 2, 0])
T = torch.tensor([[0.7, 0.2, 0.1], [0.0, 0.9, 0.1], [0.3, 0.3, 0.4]])
SOFT = torch.full((4, 3), 1 / 3)
BIG = torch.zeros(4, 6000)

CASES = [
    (
        lambda: g.gce_loss(X, Y, 1.5),
        ValueError,
        "q must be a number in [0, 1], got 1.5",
    ),
    (
        lambda: g.gce_loss(X, Y, -0.1),
        ValueError,
        "q must be a number in [0, 1], got -0.1",
    ),
    (
        lambda: g.gce_loss(X, Y, math.nan),
        ValueError,
        "q must be a number in [0, 1], got nan",
    ),
    (
        lambda: g.gce_loss(X, Y, "0.7"),
        TypeError,
        "q must be a number in [0, 1], got '0.7' (str)",
    ),
    (
        lambda: g.gce_loss(X, Y, torch.tensor(0.5, requires_grad=True)),
        TypeError,
        "q must be a number in [0, 1], got a tensor torch.float32 of shape () that "
        "requires a gradient",
    ),
    (lambda: g.GCELoss(2), ValueError, "q must be a number in [0, 1], got 2"),
    (lambda: g.gce_from_nll(X, 2), ValueError, "q must be a number in [0, 1], got 2"),
    (
        lambda: g.truncated_gce_loss(X, Y, 0.7, 1.0),
        ValueError,
        "k must be a number in [0, 1), got 1",
    ),
    (
        lambda: g.truncated_gce_loss(X, Y, 0.7, math.nan),
        ValueError,
        "k must be a number in [0, 1), got nan",
    ),
    (
        lambda: g.TruncatedGCELoss(0.7, -1),
        ValueError,
        "k must be a number in [0, 1), got -1",
    ),
    (
        lambda: g.truncated_gce_from_nll(X, 0.7, None),
        TypeError,
        "k must be a number in [0, 1), got None (NoneType)",
    ),
    (
        lambda: g.gce_from_nll(Y, 0.7),
        TypeError,
        "nll must be floating point, got torch.int64",
    ),
    (
        lambda: g.gce_loss(X.int(), Y),
        TypeError,
        "logits must be floating point, got torch.int32",
    ),
    (
        lambda: g.gce_loss(X[0, 0], Y),
        ValueError,
        "logits must have shape (C,), (N, C) or (N, C, d1, …), got ()",
    ),
    (
        lambda: g.gce_loss(X, Y[:3]),
        ValueError,
        "target must have shape (4,) to go with logits of shape (4, 3), got (3,)",
    ),
    (
        lambda: g.gce_loss(X, Y.float()),
        ValueError,
        "target of class probabilities must have the shape of logits, (4, 3), got "
        "(4,); class indices are integers: target.long()",
    ),
    (
        lambda: g.gce_loss(X, Y.int()),
        TypeError,
        "target must be int64 or uint8 class indices or floating-point class "
        "probabilities, got torch.int32; convert it by target.long()",
    ),
    (
        lambda: g.gce_loss(X, Y + 1),
        ValueError,
        "labels must be in [0, 3), got 3",
    ),
    (
        lambda: g.gce_loss(BIG, Y - 1),
        ValueError,
        "labels must be in [0, 6000), got -1",
    ),
    (
        lambda: g.mae_loss(X, Y + 1, label_smoothing=0.1),
        ValueError,
        "labels must be in [0, 3), got 3",
    ),
    (
        lambda: g.gce_loss(X, Y + 1, weight=torch.ones(3), sample_weight=torch.ones(4)),
        ValueError,
        "labels must be in [0, 3), got 3",
    ),
    (
        lambda: g.gce_loss(X, SOFT - 0.5),
        ValueError,
        "target probabilities must be at least 0, got -0.166667",
    ),
    (
        lambda: g.gce_loss(X, 1.5 * SOFT),
        ValueError,
        "target probabilities must sum to 1, got 1.5",
    ),
    (
        lambda: g.gce_loss(X, SOFT * math.nan),
        ValueError,
        "target probabilities must be at least 0, got nan",
    ),
    (
        lambda: g.gce_loss(X, Y, weight=torch.ones(4)),
        ValueError,
        "weight must have shape (3,), one entry a class, got (4,)",
    ),
    (
        lambda: g.gce_loss(X, Y, sample_weight=torch.ones(4, 1)),
        ValueError,
        "sample_weight must have shape (4,), one entry a loss, got (4, 1)",
    ),
    (
        lambda: g.gce_loss(X, Y, reduction="average"),
        ValueError,
        "reduction must be one of none, mean, sum, got 'average'",
    ),
    (
        lambda: g.MAELoss(reduction=None),
        TypeError,
        "reduction must be one of none, mean, sum, got None (NoneType)",
    ),
    *(
        (
            partial(loss, label_smoothing=wrong),
            ValueError,
            f"label_smoothing must be a number in [0, 1], got {wrong}",
        )
        for loss in (partial(g.mae_loss, X, Y), g.GCELoss)
        for wrong in (-0.1, 1.1)
    ),
    (
        lambda: b.normalized_cross_entropy(X, Y - 99),
        ValueError,
        "labels must be in [0, 3), got -99",
    ),
    (
        lambda: b.active_passive_loss(X, Y, reduction="all"),
        ValueError,
        "reduction must be one of none, mean, sum, got 'all'",
    ),
    (
        lambda: b.reverse_cross_entropy(X, Y, log_zero=0.0),
        ValueError,
        "log_zero must be a number below 0, got 0",
    ),
    (
        lambda: b.asymmetric_gce_loss(X, Y, a=0),
        ValueError,
        "a must be a number above 0, got 0",
    ),
    (
        lambda: b.asymmetric_gce_loss(X, Y, q=-1),
        ValueError,
        "q must be a number above 0, got -1",
    ),
    (
        lambda: b.asymmetric_unhinged_loss(X, Y, a=1),
        ValueError,
        "a must be a number above 1, got 1",
    ),
    (
        lambda: b.symmetric_cross_entropy(X, Y, alpha=-1),
        ValueError,
        "alpha must be a number of at least 0, got -1",
    ),
    (
        lambda: b.taylor_cross_entropy(X, Y, t=2.5),
        TypeError,
        "t must be an integer of at least 1, got 2.5 (float)",
    ),
    (
        lambda: b.jensen_shannon_loss(X, Y, pi=1),
        ValueError,
        "pi must be a number in (0, 1), got 1",
    ),
    (
        lambda: b.bi_tempered_loss(X, Y, 0.3, 0.9),
        ValueError,
        "t2 must be a number of at least 1, got 0.9",
    ),
    (
        lambda: b.clip_logits(X, 0),
        ValueError,
        "tau must be a number above 0, got 0",
    ),
    (
        lambda: b.partially_huberised_cross_entropy(X, Y, 0.5),
        ValueError,
        "tau must be a number of at least 1, got 0.5",
    ),
    (
        lambda: b.forward_corrected_loss(X, Y, [[1, 0, 0]] * 3),
        TypeError,
        "T must be a tensor, got [[1, 0, 0], [1, 0, 0], [1, 0, 0]] (list)",
    ),
    (
        lambda: g.GCELoss(weight=[1.0, 2.0, 3.0]),
        TypeError,
        "weight must be a tensor, got [1.0, 2.0, 3.0] (list)",
    ),
    (
        lambda: g.GCELoss(ignore_index=1.5),
        TypeError,
        "ignore_index must be an integer, got 1.5 (float)",
    ),
    (
        lambda: g.gce_loss(X, Y, weight=[1, 1, 2]),
        TypeError,
        "weight must be a tensor, got [1, 1, 2] (list)",
    ),
    (
        lambda: g.gce_loss(X, Y, sample_weight=1.0),
        TypeError,
        "sample_weight must be a tensor, got 1.0 (float)",
    ),
    (
        lambda: g.gce_bce_loss(X, Y),
        TypeError,
        "target must be floating-point probabilities that the label is 1, "
        "got torch.int64; convert it by target.float()",
    ),
    (
        lambda: g.gce_bce_loss(X, SOFT[:2]),
        ValueError,
        "target must have the shape of logits, (4, 3), got (2, 3)",
    ),
    (
        lambda: g.gce_bce_loss(X, 4 * SOFT),
        ValueError,
        "target must be in [0, 1], got 1.33333",
    ),
    (
        lambda: g.gce_bce_loss(X, SOFT, pos_weight=torch.ones(4)),
        ValueError,
        "pos_weight must broadcast to the shape of logits, (4, 3), got (4,)",
    ),
    (
        lambda: g.gce_bce_loss(X, SOFT, weight=2.0),
        TypeError,
        "weight must be a tensor, got 2.0 (float)",
    ),
    (
        lambda: b.forward_corrected_loss(X, Y, T.T),
        ValueError,
        "the rows of T must sum to 1, T[i, j] = P(noisy = j | clean = i), got 1.4",
    ),
    (
        lambda: b.forward_corrected_loss(X, Y, T[:2]),
        ValueError,
        "T must have shape (3, 3), got (2, 3)",
    ),
    (
        lambda: b.backward_corrected_loss(X, Y, 2 * torch.eye(3) - T),
        ValueError,
        "T must have no negative entry, got -0.3",
    ),
    (
        lambda: b.backward_corrected_loss(X, Y, torch.full((3, 3), 1 / 3)),
        ValueError,
        "T must be invertible, got a singular matrix",
    ),
]


@pytest.mark.parametrize(("call", "kind", "sentence"), CASES, ids=[c[2] for c in CASES])
def test_wrong_arguments(call, kind, sentence):
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == sentence


KINDS = [
    (([[1.0, 2.0]], Y), TypeError, "logits must be a tensor, got [[1.0, 2.0]] (list)"),
    (
        (X.numpy(), Y),
        TypeError,
        "logits must be a tensor, got an array float32 of shape (4, 3)",
    ),
    ((X, [0, 1, 2, 0]), TypeError, "target must be a tensor, got [0, 1, 2, 0] (list)"),
    ((X, Y + 1), ValueError, "labels must be in [0, 3), got 3"),
    ((X, Y - 1), ValueError, "labels must be in [0, 3), got -1"),
    ((X.int(), Y), TypeError, "logits must be floating point, got torch.int32"),
    *(
        (
            (X, Y.to(dtype)),
            TypeError,
            "target must be int64 or uint8 class indices or floating-point class "
            f"probabilities, got {dtype}; convert it by target.long()",
        )
        for dtype in (torch.int32, torch.int16, torch.int8, torch.bool)
    ),
    *(
        (
            (X[:, :1], ones),
            ValueError,
            "logits must have a score for each of at least 2 classes, got shape "
            "(4, 1); for one logit an example use gce_bce_loss",
        )
        for ones in (torch.ones(4, 1), torch.ones(4), torch.zeros(4).long())
    ),
]


@pytest.mark.parametrize("name", sorted(LOSSES.keys() - {"forward", "backward"}))
@pytest.mark.parametrize(("args", "kind", "sentence"), KINDS)
def test_wrong_kinds_of_logits_and_labels(name, args, kind, sentence):
    with pytest.raises(kind) as raised:
        LOSSES[name](*args)
    assert str(raised.value) == sentence


@pytest.mark.parametrize("loss", [b.forward_corrected_loss, b.backward_corrected_loss])
@pytest.mark.parametrize(("args", "kind", "sentence"), KINDS)
def test_wrong_kinds_given_to_the_corrections(loss, args, kind, sentence):
    with pytest.raises(kind) as raised:
        loss(*args, T)
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    "q", [np.float32(0.5), np.float64(0.5), np.array(0.5), torch.tensor(0.5)]
)
def test_numbers_of_every_kind_are_numbers(q):
    want = g.gce_loss(X, Y, 0.5)
    assert torch.equal(g.gce_loss(X, Y, q), want)
    assert torch.equal(g.GCELoss(q)(X, Y), want)
    assert torch.equal(g.truncated_gce_loss(X, Y, q, np.float32(0)), want)
    nll = torch.full((4,), 3.0).log()
    torch.testing.assert_close(g.gce_from_nll(nll, q).mean(), want)
