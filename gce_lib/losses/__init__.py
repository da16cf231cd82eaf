"""The Generalized Cross Entropy losses, and the losses that they are compared with.

All are functions of logits, never of probabilities, and take what `F.cross_entropy`
takes. Taught in book/theory/lq-loss.ipynb and book/theory/truncated-loss.ipynb.
"""

from .gce import (
    GCELoss,
    MAELoss,
    TruncatedGCELoss,
    gce_from_nll,
    gce_loss,
    mae_loss,
    truncated_gce_from_nll,
    truncated_gce_loss,
)
from .rivals import (
    active_passive_loss,
    asymmetric_gce_loss,
    backward_corrected_loss,
    forward_corrected_loss,
    normalized_cross_entropy,
    reverse_cross_entropy,
    symmetric_cross_entropy,
)

__all__ = [
    "GCELoss",
    "MAELoss",
    "TruncatedGCELoss",
    "active_passive_loss",
    "asymmetric_gce_loss",
    "backward_corrected_loss",
    "forward_corrected_loss",
    "gce_from_nll",
    "gce_loss",
    "mae_loss",
    "normalized_cross_entropy",
    "reverse_cross_entropy",
    "symmetric_cross_entropy",
    "truncated_gce_from_nll",
    "truncated_gce_loss",
]
