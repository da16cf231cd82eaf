"""Learning with noisy labels by the Generalized Cross Entropy loss."""

from gce_lib import data, losses, models, noise, pruning, training
from gce_lib.history import History
from gce_lib.losses import (
    GCELoss,
    MAELoss,
    TruncatedGCELoss,
    gce_from_nll,
    gce_loss,
    mae_loss,
    truncated_gce_from_nll,
    truncated_gce_loss,
)
from gce_lib.training import fit

__version__ = "0.1.0"

__all__ = [
    "GCELoss",
    "History",
    "MAELoss",
    "TruncatedGCELoss",
    "data",
    "fit",
    "gce_from_nll",
    "gce_loss",
    "losses",
    "mae_loss",
    "models",
    "noise",
    "pruning",
    "training",
    "truncated_gce_from_nll",
    "truncated_gce_loss",
]
