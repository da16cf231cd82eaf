"""Learning with noisy labels by the Generalized Cross Entropy loss.

What is asked for is imported then: torch takes seconds, which the command line's help
does not wait for.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
        active_negative_loss,
        active_passive_loss,
        asymmetric_gce_loss,
        asymmetric_unhinged_loss,
        backward_corrected_loss,
        bi_tempered_loss,
        clip_logits,
        epsilon_softmax_loss,
        forward_corrected_loss,
        gce_bce_loss,
        gce_from_nll,
        gce_loss,
        jensen_shannon_loss,
        joint_asymmetric_loss,
        mae_loss,
        normalized_cross_entropy,
        partially_huberised_cross_entropy,
        reverse_cross_entropy,
        symmetric_cross_entropy,
        taylor_cross_entropy,
        truncated_gce_from_nll,
        truncated_gce_loss,
    )
    from gce_lib.training import (  # type: ignore[no-redef]
        History,
        fit,
        label_probability,
        predict,
    )

__version__ = "0.2.0"

__all__ = [
    "GCELoss",
    "History",
    "MAELoss",
    "TruncatedGCELoss",
    "active_negative_loss",
    "active_passive_loss",
    "asymmetric_gce_loss",
    "asymmetric_unhinged_loss",
    "backward_corrected_loss",
    "bi_tempered_loss",
    "clip_logits",
    "data",
    "devices",
    "epsilon_softmax_loss",
    "experiments",
    "fit",
    "forward_corrected_loss",
    "gce_bce_loss",
    "gce_from_nll",
    "gce_loss",
    "jensen_shannon_loss",
    "joint_asymmetric_loss",
    "label_probability",
    "losses",
    "mae_loss",
    "models",
    "noise",
    "normalized_cross_entropy",
    "partially_huberised_cross_entropy",
    "predict",
    "reverse_cross_entropy",
    "symmetric_cross_entropy",
    "taylor_cross_entropy",
    "theory",
    "training",
    "truncated_gce_from_nll",
    "truncated_gce_loss",
]

_DOORS = (
    "data",
    "devices",
    "experiments",
    "losses",
    "models",
    "noise",
    "theory",
    "training",
)


def __getattr__(name: str):
    if name in _DOORS:
        return importlib.import_module(f"{__name__}.{name}")
    if name in __all__:
        for room in ("losses", "training"):
            found = importlib.import_module(f"{__name__}.{room}")
            if name in found.__all__:
                value = globals()[name] = getattr(found, name)
                return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
