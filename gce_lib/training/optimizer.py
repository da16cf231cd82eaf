"""What moves the weights: SGD, or what a function makes of the parameters."""

import hashlib
import inspect

import torch
from torch import nn
from torch.optim import Optimizer

from gce_lib import checks

from .recipe import EXAMPLE, SGD, Recipe

HOW = ("foreach", "fused", "capturable", "differentiable")  # to compute, not what


def make_optimizer(
    model: nn.Module, recipe: Recipe, device: torch.device
) -> tuple[Optimizer, list[float]]:
    """Return the optimiser of a recipe and the highest rate of each of its groups.

    Raises
    ------
    TypeError, ValueError
        The recipe's function makes something else, of other parameters, or one that
        needs more than a gradient.
    """
    parameters = list(model.parameters())
    if recipe.optimizer is None:
        numbers = {name: getattr(recipe, name) for name in SGD}
        optimizer: Optimizer = torch.optim.SGD(
            parameters,
            **numbers,
            nesterov=numbers["momentum"] > 0,
            fused=device.type in ("cpu", "cuda"),
        )
    else:
        optimizer = _checked(recipe.optimizer(parameters), parameters)
    return optimizer, [
        checks.number("lr of the optimizer", group.get("lr"), 0)
        for group in optimizer.param_groups
    ]


def described(optimizer: Optimizer) -> str:
    """Name an optimiser, its settings, and a digest of those of all its groups."""
    groups = [
        {key: value for key, value in group.items() if key not in HOW}
        for group in optimizer.state_dict()["param_groups"]
    ]
    digest = hashlib.sha256(repr(groups).encode()).hexdigest()[:12]
    first = ", ".join(f"{k} {v}" for k, v in groups[0].items() if k != "params")
    return f"{type(optimizer).__qualname__} ({first}) {digest}"


def _checked(made: object, parameters: list[nn.Parameter]) -> Optimizer:
    wanted = f"a function that returns a torch.optim.Optimizer, such as {EXAMPLE}"
    optimizer: Optimizer = checks.instance("optimizer", made, Optimizer, wanted)
    own = {id(parameter) for parameter in parameters}
    moved = [p for group in optimizer.param_groups for p in group["params"]]
    if not {id(p) for p in moved} <= own:
        raise ValueError(
            "optimizer must move the parameters that it is given, got one of others: "
            f"try {EXAMPLE}"
        )
    if not any(p.requires_grad for p in moved):
        raise ValueError(
            "optimizer must move a parameter that requires a gradient, got none"
        )
    closure = inspect.signature(optimizer.step).parameters.get("closure")
    if closure is not None and closure.default is closure.empty:
        raise TypeError(
            "optimizer must take a step from a gradient alone, got a "
            f"{type(optimizer).__name__}, which asks for the loss again: try {EXAMPLE}"
        )
    return optimizer
