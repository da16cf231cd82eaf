"""Where a training stands."""

import math

import torch
from torch import Tensor, nn

from gce_lib.data import Batches

from .history import History
from .learner import Learner


class State:
    """All that changes while a network is trained, and its way into a checkpoint.

    Parameters
    ----------
    model : nn.Module
    learner : Learner
    batches : Batches
    keep : Tensor or None
        Keep table of the pruning.

    Attributes
    ----------
    history : History
    keep : Tensor or None
    best : dict of Tensor
        Weights of the best epoch so far; at first, the initial ones.
    """

    def __init__(
        self, model: nn.Module, learner: Learner, batches: Batches, keep: Tensor | None
    ):
        self.model = model
        self.learner = learner
        self.batches = batches
        self.keep = keep
        self.history = History()
        self.best = self._good = _snapshot(model)

    def accept(self, loss: float) -> bool:
        """Whether loss and weights are finite; if not, take the last good weights."""
        weights = _snapshot(self.model)
        finite = torch.stack([value.isfinite().all() for value in weights.values()])
        accepted = math.isfinite(loss) and bool(finite.all())
        if accepted:
            self._good = weights
        else:
            self.model.load_state_dict(self._good)
        return accepted

    def record(self, row: dict) -> None:
        """Add the row of an accepted epoch; remember its weights if it is the best."""
        self.history.append(row)
        if self.history.best is self.history.last:
            self.best = self._good

    def finish(self) -> History:
        """Return the history, with the best weights on the CPU."""
        self.history.best_state = {k: v.cpu() for k, v in self.best.items()}
        return self.history

    def state_dict(self) -> dict:
        """Return everything as tensors and plain values."""
        return {
            "model": self._good,
            "best": self.best,
            "learner": self.learner.state_dict(),
            "batches": self.batches.state_dict(),
            "keep": self.keep,
            "history": self.history.to_dict(),
            "random": _random_states(self.batches.device),
        }

    def load_state_dict(self, state: dict) -> None:
        """Continue from a :meth:`state_dict`, made on this or another device."""
        device = self.batches.device
        self.model.load_state_dict(state["model"])
        self._good = _snapshot(self.model)
        self.best = {k: v.to(device) for k, v in state["best"].items()}
        self.learner.load_state_dict(state["learner"])
        self.batches.load_state_dict(state["batches"])
        self.keep = None if state["keep"] is None else state["keep"].to(device)
        self.history = History.from_dict(state["history"])
        torch.set_rng_state(state["random"]["cpu"])
        if device.type == "cuda" and "cuda" in state["random"]:
            torch.cuda.set_rng_state(state["random"]["cuda"], device)


def _random_states(device: torch.device) -> dict[str, Tensor]:
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def _snapshot(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}
