"""Computes what the keys of the question bank claim, with `gce_lib`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import torch

import gce_lib as gce
from tools.course.bank import Question


def tensor(values) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def lq(p: float, q: float) -> float:
    """Return the loss $L_q$ of a label with the probability p."""
    return gce.gce_from_nll(-tensor(float(p)).log(), q).item()


def weight(p: float, q: float, k: float = 0) -> float:
    """Return the gradient of the loss as a multiple of that of cross entropy."""
    nll = (-tensor(float(p)).log()).requires_grad_()
    loss = gce.truncated_gce_from_nll(nll, q, k) if k else gce.gce_from_nll(nll, q)
    return torch.autograd.grad(loss, nll)[0].item()


NAMES = {
    "gce": gce,
    "lq": lq,
    "math": math,
    "noise": gce.noise,
    "tensor": tensor,
    "theory": gce.theory,
    "torch": torch,
    "weight": weight,
}


def compute(expression: str):
    """Return the value of an expression of the bank."""
    return eval(expression, dict(NAMES))


def wrong_keys(question: Question) -> Iterator[str]:
    """Yield a sentence for each claim of the question that its expressions refute."""
    if question.type == "numeric":
        yield from wrong_numbers(question)
    elif question.type == "order":
        yield from wrong_order(question)
    else:
        yield from wrong_options(question)


def wrong_value(name: str, value: float, within: float, by: str) -> Iterator[str]:
    """Yield a sentence if the expression does not give the value."""
    computed = float(compute(by))
    if not abs(computed - value) <= within:
        yield f"{name}: expected {value}, got {computed:.6g} from {by}"


def wrong_numbers(question: Question) -> Iterator[str]:
    within = question.within
    for number in (question, *question.options):
        yield from wrong_value(question.id, number.value, within, number.by)
    for trap in question.options:
        if abs(trap.value - question.value) <= 2 * within:
            yield f"{question.id}: the trap {trap.value} lies within the answer"


def wrong_order(question: Question) -> Iterator[str]:
    keys = [float(compute(item.key)) for item in question.options if item.key]
    if any(after <= before for before, after in pairwise(keys)):
        yield f"{question.id}: expected keys that grow, got {keys}"


def wrong_options(question: Question) -> Iterator[str]:
    for option in question.options:
        if option.check and bool(compute(option.check)) != option.right:
            yield f"{question.id}: expected {option.right}, got {not option.right} "
            yield f"from {option.check}"
