"""Learning with noisy labels by the Generalized Cross Entropy loss."""

from gce_lib import losses, noise
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

__version__ = "0.1.0"

__all__ = [
    "GCELoss",
    "MAELoss",
    "TruncatedGCELoss",
    "gce_from_nll",
    "gce_loss",
    "losses",
    "mae_loss",
    "noise",
    "truncated_gce_from_nll",
    "truncated_gce_loss",
]
