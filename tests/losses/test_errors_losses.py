"""Every wrong argument of a loss is answered by one sentence."""

import math

import pytest
import torch

from gce_lib import losses as b
from gce_lib import losses as g

X = torch.zeros(4, 3)
Y = torch.tensor([0, 1, 2, 0])
T = torch.tensor([[0.7, 0.2, 0.1], [0.0, 0.9, 0.1], [0.3, 0.3, 0.4]])
SOFT = torch.full((4, 3), 1 / 3)
BIG = torch.zeros(4, 6000)

CASES = [
    (lambda: g.gce_loss(X, Y, 1.5), ValueError, "q must be in [0, 1], got 1.5"),
    (lambda: g.gce_loss(X, Y, -0.1), ValueError, "q must be in [0, 1], got -0.1"),
    (lambda: g.gce_loss(X, Y, math.nan), ValueError, "q must be in [0, 1], got nan"),
    (
        lambda: g.gce_loss(X, Y, "0.7"),
        TypeError,
        "q must be a number in [0, 1], got '0.7'",
    ),
    (
        lambda: g.gce_loss(X, Y, torch.tensor(0.5)),
        TypeError,
        "q must be a number in [0, 1], got tensor(0.5000)",
    ),
    (lambda: g.GCELoss(2), ValueError, "q must be in [0, 1], got 2"),
    (lambda: g.gce_from_nll(X, 2), ValueError, "q must be in [0, 1], got 2"),
    (
        lambda: g.truncated_gce_loss(X, Y, 0.7, 1.0),
        ValueError,
        "k must be in [0, 1), got 1.0",
    ),
    (
        lambda: g.truncated_gce_loss(X, Y, 0.7, math.nan),
        ValueError,
        "k must be in [0, 1), got nan",
    ),
    (
        lambda: g.TruncatedGCELoss(0.7, -1),
        ValueError,
        "k must be in [0, 1), got -1",
    ),
    (
        lambda: g.truncated_gce_from_nll(X, 0.7, None),
        TypeError,
        "k must be a number in [0, 1), got None",
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
        "target of class probabilities must have the shape of logits, (4, 3), got (4,)",
    ),
    (
        lambda: g.gce_loss(X, Y.int()),
        TypeError,
        "target must be int64 class indices or floating-point class probabilities, "
        "got torch.int32",
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
        "reduction must be 'none', 'mean' or 'sum', got 'average'",
    ),
    (
        lambda: g.MAELoss(reduction=None),
        ValueError,
        "reduction must be 'none', 'mean' or 'sum', got None",
    ),
    (
        lambda: g.mae_loss(X, Y, label_smoothing=1.1),
        ValueError,
        "label_smoothing must be in [0, 1], got 1.1",
    ),
    (
        lambda: b.symmetric_cross_entropy(X, SOFT),
        TypeError,
        "target must be int64 class indices, got torch.float32",
    ),
    (
        lambda: b.normalized_cross_entropy(X, Y - 100),
        ValueError,
        "labels must be in [0, 3), got -100",
    ),
    (
        lambda: b.active_passive_loss(X, Y, reduction="all"),
        ValueError,
        "reduction must be 'none', 'mean' or 'sum', got 'all'",
    ),
    (
        lambda: b.reverse_cross_entropy(X, Y, log_zero=0.0),
        ValueError,
        "log_zero must be below 0, got 0.0",
    ),
    (
        lambda: b.asymmetric_gce_loss(X, Y, a=0),
        ValueError,
        "a must be above 0, got 0",
    ),
    (
        lambda: b.asymmetric_gce_loss(X, Y, q=-1),
        ValueError,
        "q must be above 0, got -1",
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
