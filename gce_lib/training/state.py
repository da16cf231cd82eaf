"""Where a training stands."""

import math

import torch
from torch import Tensor, nn
from torch.func import functional_call

from gce_lib.data import Batches

from .checkpoint import CheckpointError
from .history import History
from .learner import Learner
from .network import logits_in

LIKENESS = 0.01  # of the largest logit: devices compute differently, networks more so


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
            "logits": self._logits(self._good),
            "keep": self.keep,
            "history": self.history.to_dict(),
            "random": _random_states(self.batches.device),
        }

    def load_state_dict(self, state: dict) -> None:
        """Continue from a :meth:`state_dict`, made on this or another device.

        Raises
        ------
        CheckpointError
            With the same weights the network computes something else.
        """
        device = self.batches.device
        self.batches.load_state_dict(state["batches"])
        self._compare({k: v.to(device) for k, v in state["model"].items()}, state)
        self.model.load_state_dict(state["model"])
        self._good = _snapshot(self.model)
        self.best = {k: v.to(device) for k, v in state["best"].items()}
        self.learner.load_state_dict(state["learner"])
        self.keep = None if state["keep"] is None else state["keep"].to(device)
        self.history = History.from_dict(state["history"])
        torch.set_rng_state(state["random"]["cpu"])
        if device.type == "cuda" and "cuda" in state["random"]:
            torch.cuda.set_rng_state(state["random"]["cuda"], device)

    @torch.no_grad()
    def _logits(self, weights: dict[str, Tensor]) -> Tensor:
        """Return what a network with these weights says of the next two examples."""
        generators = self.batches.state_dict()
        x, _, _ = next(iter(self.batches))
        self.batches.load_state_dict(generators)
        self.model.eval()
        answer = functional_call(self.model, weights, (x[:2],))
        return logits_in(answer).float().cpu()

    def _compare(self, weights: dict[str, Tensor], state: dict) -> None:
        expected, got = state["logits"], self._logits(weights)
        most = LIKENESS * expected.abs().max()
        if expected.shape != got.shape or (expected - got).abs().max() > most:
            first, second = (
                ", ".join(f"{logit:.4g}" for logit in logits[0, :3].tolist())
                for logits in (expected, got)
            )
            raise CheckpointError(
                "checkpoint belongs to a training of another network: expected logits "
                f"{first} … of the next example with the same weights, got {second} …; "
                "choose another file or delete this one"
            )


def _random_states(device: torch.device) -> dict[str, Tensor]:
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def _snapshot(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}
