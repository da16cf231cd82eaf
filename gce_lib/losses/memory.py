"""A loss with a memory: what the network said of an example before."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gce_lib import checks

from .gce import miss
from .inputs import check_inputs
from .options import loss_of_nll


class ELRLoss(nn.Module):
    """−log p_y + λ log(1 − ⟨p, t⟩), t an exponential mean of an example's predictions.

    The early-learning regularisation: what a network believed while it had learned the
    right labels only, t, pulls against the wrong ones that it would memorise later.
    `fit` hands it the numbers of the examples, and keeps its memory in checkpoints.

    Parameters
    ----------
    num_examples : int
        Length of the data set, which `index` counts.
    num_classes : int
        At least 2.
    strength : float of at least 0
        λ; at 0 the loss is cross entropy.
    momentum : float in (0, 1)
        β of t ← β t + (1 − β) p, in training mode, before t is used.

    Attributes
    ----------
    mean : Tensor
        t, float32 (num_examples, num_classes), at first zeros.
    missing : Tensor
        1 − Σ_j t_j, float32 (num_examples,), at first ones: the share of t that is not
        yet there.

    Notes
    -----
    Liu, Niles-Weed, Razavian and Fernandez-Granda, "Early-Learning Regularization
    Prevents Memorization of Noisy Labels", NeurIPS 2020. Nothing is clamped:
    1 − ⟨p, t⟩ is the sum of `missing` and of t_j (1 − p_j), none of which is negative.

    Examples
    --------
    >>> loss = ELRLoss(50_000, 10, strength=3.0, momentum=0.7)
    >>> value = loss(torch.zeros(2, 10), torch.tensor([3, 8]), torch.tensor([0, 1]))
    """

    mean: Tensor
    missing: Tensor

    def __init__(
        self, num_examples: int, num_classes: int, *, strength: float, momentum: float
    ) -> None:
        super().__init__()
        num_examples = checks.integer("num_examples", num_examples, 1)
        num_classes = checks.integer("num_classes", num_classes, 2)
        self.strength = checks.number("strength", strength, 0)
        self.momentum = checks.number(
            "momentum", momentum, 0, 1, above=True, below=True
        )
        self.register_buffer("mean", torch.zeros(num_examples, num_classes))
        self.register_buffer("missing", torch.ones(num_examples))

    def forward(
        self,
        logits: Tensor,
        target: Tensor,
        index: Tensor,
        *,
        sample_weight: Tensor | None = None,
    ) -> Tensor:
        """Return the mean loss of a batch, a scalar.

        Parameters
        ----------
        logits : Tensor
            (B, num_classes).
        target : Tensor
            int64 (B,).
        index : Tensor
            int64 (B,), the number of each example in the data set.
        sample_weight : Tensor, optional
            float (B,).
        """
        check_inputs(logits, target, sample_weight=sample_weight)
        self._check(logits, index)
        log_p = F.log_softmax(logits.float(), dim=1)
        if self.training:
            self._remember(log_p.detach().exp(), index)
        loss = loss_of_nll(lambda nll: nll, logits, target, reduction="none")
        apart = self.missing[index] + (self.mean[index] * miss(-log_p)).sum(1)
        loss = loss + self.strength * apart.log()
        return (loss if sample_weight is None else loss * sample_weight).mean()

    def reset(self) -> None:
        """Forget everything."""
        self.mean.zero_()
        self.missing.fill_(1)

    def extra_repr(self) -> str:
        shape = "{}, {}".format(*self.mean.shape)
        return f"{shape}, strength={self.strength}, momentum={self.momentum}"

    @torch.no_grad()
    def _remember(self, p: Tensor, index: Tensor) -> None:
        self.mean[index] = torch.lerp(p, self.mean[index], self.momentum)
        self.missing[index] *= self.momentum

    def _check(self, logits: Tensor, index: Tensor) -> None:
        examples, classes = self.mean.shape
        if logits.ndim != 2 or logits.shape[1] != classes:
            raise ValueError(
                f"logits must have shape (B, {classes}), got {tuple(logits.shape)}"
            )
        if checks.tensor("index", index).shape != logits.shape[:1]:
            raise ValueError(
                f"index must have shape ({len(logits)},), one number an example, "
                f"got {tuple(index.shape)}"
            )
        if index.is_cpu and not ((index >= 0) & (index < examples)).all():
            raise ValueError(
                f"index must lie in 0 … {examples - 1}, the examples of this loss, "
                f"got {int(index.min())} … {int(index.max())}"
            )
