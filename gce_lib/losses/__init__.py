"""The Generalized Cross Entropy losses, and the losses that they are compared with.

All are functions of logits, never of probabilities, and take what `F.cross_entropy`
takes. Taught in book/theory/lq-loss.ipynb and book/theory/truncated-loss.ipynb.
"""

from .binary import (
    gce_bce_loss,
)
from .corrections import (
    backward_corrected_loss,
    forward_corrected_loss,
)
from .gce import (
    gce_from_nll,
    gce_loss,
    mae_loss,
    truncated_gce_from_nll,
    truncated_gce_loss,
)
from .memory import ELRLoss
from .modules import (
    GCELoss,
    MAELoss,
    TruncatedGCELoss,
)
from .normalized import (
    active_negative_loss,
    active_passive_loss,
    joint_asymmetric_loss,
    normalized_cross_entropy,
)
from .rivals import (
    LOG_ZERO_PAPER,
    LOG_ZERO_REPOSITORIES,
    asymmetric_gce_loss,
    asymmetric_unhinged_loss,
    jensen_shannon_loss,
    partially_huberised_cross_entropy,
    reverse_cross_entropy,
    symmetric_cross_entropy,
    taylor_cross_entropy,
)
from .tempered import bi_tempered_loss, clip_logits, epsilon_softmax_loss

__all__ = [
    "LOG_ZERO_PAPER",
    "LOG_ZERO_REPOSITORIES",
    "ELRLoss",
    "GCELoss",
    "MAELoss",
    "TruncatedGCELoss",
    "active_negative_loss",
    "active_passive_loss",
    "asymmetric_gce_loss",
    "asymmetric_unhinged_loss",
    "backward_corrected_loss",
    "bi_tempered_loss",
    "clip_logits",
    "epsilon_softmax_loss",
    "forward_corrected_loss",
    "gce_bce_loss",
    "gce_from_nll",
    "gce_loss",
    "jensen_shannon_loss",
    "joint_asymmetric_loss",
    "mae_loss",
    "normalized_cross_entropy",
    "partially_huberised_cross_entropy",
    "reverse_cross_entropy",
    "symmetric_cross_entropy",
    "taylor_cross_entropy",
    "truncated_gce_from_nll",
    "truncated_gce_loss",
]
