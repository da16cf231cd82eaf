"""Learning with noisy labels by the Generalized Cross Entropy loss."""

from gce_lib import (
    data,
    devices,
    experiments,
    losses,
    models,
    noise,
    theory,
    training,
)
from gce_lib.losses import (
    GCELoss,
    MAELoss,
    TruncatedGCELoss,
    active_passive_loss,
    asymmetric_gce_loss,
    backward_corrected_loss,
    forward_corrected_loss,
    gce_from_nll,
    gce_loss,
    mae_loss,
    normalized_cross_entropy,
    reverse_cross_entropy,
    symmetric_cross_entropy,
    truncated_gce_from_nll,
    truncated_gce_loss,
)
from gce_lib.training import History, fit, label_probability, predict

__version__ = "0.1.0"

__all__ = [
    "GCELoss",
    "History",
    "MAELoss",
    "TruncatedGCELoss",
    "active_passive_loss",
    "asymmetric_gce_loss",
    "backward_corrected_loss",
    "data",
    "devices",
    "experiments",
    "fit",
    "forward_corrected_loss",
    "gce_from_nll",
    "gce_loss",
    "label_probability",
    "losses",
    "mae_loss",
    "models",
    "noise",
    "normalized_cross_entropy",
    "predict",
    "reverse_cross_entropy",
    "symmetric_cross_entropy",
    "theory",
    "training",
    "truncated_gce_from_nll",
    "truncated_gce_loss",
]
