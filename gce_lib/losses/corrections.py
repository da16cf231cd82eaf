"""Cross entropy corrected by what is known of the noise: a transition matrix T.

T[i, j] = P(noisy = j | clean = i), with rows that sum to 1. Options, shapes and dtypes
are those of `gce_loss`; T is cast to the dtype of the computation and may be learned.

Source: Patrini, Rozza, Menon, Nock and Qu, "Making Deep Neural Networks Robust to
Label Noise: a Loss Correction Approach", CVPR 2017. Taught in
book/problem/noise-models.ipynb.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from .inputs import any_seen, check_inputs, check_labels, check_transition, class_dim
from .options import Options, log_probabilities, loss_of_log_p

if TYPE_CHECKING:
    from typing_extensions import Unpack

STEEPEST = 80.0  # exp(80) is still a float32 number


def forward_corrected_loss(
    logits: Tensor, target: Tensor, T: Tensor, **options: Unpack[Options]
) -> Tensor:
    """−log Σ_i T[i, y] p_i: cross entropy of the noisy label that T predicts.

    Parameters
    ----------
    T : Tensor (C, C)
        A label that no class can turn into has infinite loss.
    """
    columns = _checked(T, logits, target).T

    def of_label(logits: Tensor, index: Tensor) -> Tensor:
        check_labels(index, len(columns))
        own = columns.index_select(0, index.flatten())
        own = own.view(*index.shape, len(columns))
        return _noisy_nll(own, log_probabilities(logits))

    def of_every(log_p: Tensor) -> Tensor:
        return _noisy_nll(columns, log_p.unsqueeze(-2))

    return loss_of_log_p(of_every, logits, target, of_label=of_label, **options)


def backward_corrected_loss(
    logits: Tensor, target: Tensor, T: Tensor, **options: Unpack[Options]
) -> Tensor:
    """Σ_j T⁻¹[y, j] (−log p_j): unbiased for the clean cross entropy, may be negative.

    Parameters
    ----------
    T : Tensor (C, C), invertible
    """
    inverse, failed = torch.linalg.inv_ex(_checked(T, logits, target))
    if any_seen(failed > 0):
        raise ValueError("T must be invertible, got a singular matrix")

    def of_every(log_p: Tensor) -> Tensor:
        masked = log_p.isneginf()
        finite = log_p.masked_fill(masked, 0)
        beyond = torch.where(masked, -torch.inf, 0.0).unsqueeze(-2)
        beyond = torch.where(inverse == 0, 0, inverse.detach() * beyond).sum(-1)
        return -(finite @ inverse.T) - beyond

    return loss_of_log_p(of_every, logits, target, **options)


def _checked(T: Tensor, logits: Tensor, target: Tensor) -> Tensor:
    check_inputs(logits, target)
    check_transition(T, logits.shape[class_dim(logits)])
    return T.to(torch.promote_types(logits.dtype, torch.float32))


def _noisy_nll(column: Tensor, log_p: Tensor) -> Tensor:
    """−log Σ_i T_i p_i, scaled by the largest term: T_i = 0 has a finite slope, too."""
    largest = (column.log() + log_p).amax(-1, keepdim=True).detach()
    largest = largest.clamp(min=torch.finfo(log_p.dtype).min)  # where all are −∞
    ratio = torch.exp((log_p - largest).clamp(max=STEEPEST))
    return -(column * ratio).sum(-1).log() - largest.squeeze(-1)
