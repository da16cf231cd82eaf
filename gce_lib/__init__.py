"""Learning with noisy labels by the Generalized Cross Entropy loss."""

from gce_lib import (
    baselines,
    data,
    example_problems,
    experiments,
    finite_problems,
    losses,
    models,
    noise,
    pruning,
    theory,
    training,
)
from gce_lib.baselines import (
    active_passive_loss,
    asymmetric_gce_loss,
    backward_corrected_loss,
    forward_corrected_loss,
    normalized_cross_entropy,
    reverse_cross_entropy,
    symmetric_cross_entropy,
)
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
from gce_lib.pruning import label_probability
from gce_lib.training import fit, predict

__version__ = "0.1.0"

__all__ = [
    "GCELoss",
    "History",
    "MAELoss",
    "TruncatedGCELoss",
    "active_passive_loss",
    "asymmetric_gce_loss",
    "backward_corrected_loss",
    "baselines",
    "data",
    "example_problems",
    "experiments",
    "finite_problems",
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
    "pruning",
    "reverse_cross_entropy",
    "symmetric_cross_entropy",
    "theory",
    "training",
    "truncated_gce_from_nll",
    "truncated_gce_loss",
]
