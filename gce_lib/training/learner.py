"""One epoch of gradient steps."""

from collections.abc import Callable, Iterator, Sequence
from typing import cast

import torch
from torch import Tensor, nn

from gce_lib.data import Batches
from gce_lib.devices import Precision, own_randomness, widest_float

from .network import ask
from .optimizer import make_optimizer
from .recipe import Recipe
from .slope import remembers, value_and_slope


class Learner:
    """A network, its loss and its optimiser.

    The loss is differentiated in two stages, as it is taught: first in the logits,
    where the losses of this library differ by a factor an example; then, by the chain
    rule, in the weights. The first stage shows the factors at no cost.

    Parameters
    ----------
    model : nn.Module
    loss : callable
        As in :func:`gce_lib.fit`.
    recipe : Recipe
    precision : Precision
    device : torch.device
    compile : bool or str
    """

    def __init__(
        self,
        model: nn.Module,
        loss: Callable[..., Tensor],
        recipe: Recipe,
        precision: Precision,
        device: torch.device,
        *,
        compile: bool | str = False,
    ):
        self.network = model
        if compile:
            mode = compile if isinstance(compile, str) else None
            self.network = cast(nn.Module, torch.compile(model, mode=mode))
        self.loss = loss
        self.remembers = remembers(loss)
        if isinstance(loss, nn.Module):
            loss.to(device)
        self.precision = precision
        self.device = device
        self.optimizer, self.highest = make_optimizer(model, recipe, device)
        self.scaler = precision.grad_scaler()

    def warm_up(self, batches: Batches) -> None:
        """Compile for the sizes of the batches; the network learns nothing by it."""
        weights = {k: v.clone() for k, v in self.network.state_dict().items()}
        generators = batches.state_dict()
        self.network.train()
        with own_randomness(0, self.device):
            for x, _, _ in _of_distinct_size(batches):
                logits = ask(self.network, x, self.precision)
                logits.float().sum().backward()
        self.optimizer.zero_grad(set_to_none=True)
        self.network.load_state_dict(weights)
        batches.load_state_dict(generators)

    def epoch(
        self,
        batches: Batches,
        factors: Sequence[float],
        keep: Tensor | None,
        tick: Callable[[], object],
    ) -> tuple[float, float]:
        """Take a gradient step for every batch; nothing here waits for a GPU.

        Parameters
        ----------
        batches : Batches
        factors : sequence of float
            Learning rate of every step, as a multiple of the highest one.
        keep : Tensor or None
            float (N,): weight of every example of the data set.
        tick : callable
            Called after every step.

        Returns
        -------
        loss : float
            Mean over the examples.
        effective_sample_size : float
        """
        self.network.train()
        if isinstance(self.loss, nn.Module):
            self.loss.train()
        totals = torch.zeros(4, dtype=widest_float(self.device), device=self.device)
        for (x, y, index), factor in zip(batches, factors, strict=True):
            logits = ask(self.network, x, self.precision).float()  # (B, C)
            options = {} if keep is None else {"sample_weight": keep[index]}
            if self.remembers:
                options["index"] = index
            loss, slope = value_and_slope(self.loss, logits, y, **options)
            self._descend(logits, slope, factor)
            totals += _statistics(loss, slope, logits, y, totals.dtype)
            tick()
        examples, loss, weights, squares = totals.tolist()
        return loss / examples, weights**2 / squares if squares else 0.0

    @property
    def rate(self) -> float:
        """The present learning rate, of several the highest."""
        return max(group["lr"] for group in self.optimizer.param_groups)

    def _descend(self, logits: Tensor, slope: Tensor, factor: float) -> None:
        """Carry the slope in the logits on to the weights, and move them."""
        groups = self.optimizer.param_groups
        for group, highest in zip(groups, self.highest, strict=True):
            group["lr"] = highest * factor
        self.optimizer.zero_grad(set_to_none=True)
        logits.backward(self.scaler.scale(slope))
        self.scaler.step(self.optimizer)
        self.scaler.update()

    def state_dict(self) -> dict:
        """State of the optimiser, the scaler, and a loss that has one."""
        state = {
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
        }
        if isinstance(self.loss, nn.Module):
            state["loss"] = self.loss.state_dict()
        return state

    def load_state_dict(self, state: dict) -> None:
        """Continue from a :meth:`state_dict`."""
        self.optimizer.load_state_dict(state["optimizer"])
        self.scaler.load_state_dict(state["scaler"])
        if isinstance(self.loss, nn.Module):
            self.loss.load_state_dict(state["loss"])


def _of_distinct_size(batches: Batches) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    sizes: set[int] = set()
    for batch in batches:
        if len(batch[0]) not in sizes:
            sizes.add(len(batch[0]))
            yield batch


@torch.no_grad()
def _statistics(
    loss: Tensor, slope: Tensor, logits: Tensor, y: Tensor, dtype: torch.dtype
) -> Tensor:
    """Count, loss, Σ w and Σ w² of a batch; w is the slope over that of cross entropy.

    They are compared away from the label, where they keep their digits as p_y nears 1:
    cross entropy has the slopes p_j there, the losses of this library w p_j.
    """
    count = len(y)
    label = y[:, None]
    others = logits.softmax(dim=1).scatter(1, label, 0.0).sum(dim=1)
    weights = count * slope.scatter(1, label, 0.0).sum(dim=1) / others
    weights = weights.nan_to_num(0.0, posinf=0.0, neginf=0.0).to(dtype)
    size = torch.full_like(loss, count, dtype=dtype)
    return torch.stack([size, count * loss, weights.sum(), weights.square().sum()])
