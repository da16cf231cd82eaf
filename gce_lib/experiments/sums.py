"""Sums as a language: a toy on which losses of tokens are compared in seconds.

A line such as ``47+85=23`` is eight tokens; the answer has its last digit first, as
one computes it, and is taken modulo 100. Nothing needs to be downloaded.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gce_lib import checks, extras, noise
from gce_lib.rng import generator, streams

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = extras.Lazy("pandas", "a table of records")

TOKENS = "0123456789+-="
LENGTH = 8
PROMPT = 6  # tokens before the answer, which are given
PAIRS = 100**2  # of numbers below 100
TESTS = 1000  # of these pairs
SUMS = Path(__file__).with_name("sums.json")


@dataclass(frozen=True, eq=False)
class Sums:
    """Lines of tokens, some with a wrong answer.

    Attributes
    ----------
    train : Tensor
        int64 (N, 8): with the answers to train on.
    flipped : Tensor
        bool (N,): whether the answer of a line of ``train`` is wrong.
    test : Tensor
        int64 (1000, 8): other pairs of numbers, with right answers.
    """

    train: Tensor
    flipped: Tensor
    test: Tensor


def sums(
    sign: str = "+", *, wrong: float = 0.0, examples: int = 9000, seed: int = 0
) -> Sums:
    """Write sums or differences of two numbers below 100, modulo 100.

    Taught in book/practice/other-places.ipynb.

    Parameters
    ----------
    sign : "+" or "-"
    wrong : float in [0, 1]
        Expected share of wrong answers to train on, each a random other number.
    examples : int in [1, 9000]
        Lines to train on. The test lines are the same pairs for all signs and seeds.
    seed : int
        Of the choice of lines and of the wrong answers.
    """
    checks.choice("sign", sign, ("+", "-"))
    checks.integer("examples", examples, 1, PAIRS - TESTS)
    order = torch.from_numpy(generator(0).permutation(PAIRS))
    test, others = order[:TESTS], order[TESTS:]
    chosen_seed, wrong_seed = streams(seed, 2)
    chosen = torch.from_numpy(generator(chosen_seed).permutation(len(others)))
    train = others[chosen[:examples]]
    T = noise.symmetric(100, wrong)
    answers = noise.corrupt(_answers(train, sign), T, seed=wrong_seed)
    return Sums(
        _lines(train, sign, answers.noisy),
        answers.flipped,
        _lines(test, sign, _answers(test, sign)),
    )


def _answers(pairs: Tensor, sign: str) -> Tensor:
    first, second = pairs // 100, pairs % 100
    return (first + second if sign == "+" else first - second) % 100


def _lines(pairs: Tensor, sign: str, answers: Tensor) -> Tensor:
    first, second = pairs // 100, pairs % 100
    operator, equals = (torch.full_like(pairs, TOKENS.index(s)) for s in (sign, "="))
    left = [first // 10, first % 10, operator, second // 10, second % 10, equals]
    return torch.stack([*left, answers % 10, answers // 10], dim=1)


def spell(lines: Tensor) -> list[str]:
    """Return lines of tokens (N, T) as text.

    Taught in book/practice/other-places.ipynb.
    """
    return ["".join(TOKENS[token] for token in line) for line in lines.tolist()]


def load_sums() -> pd.DataFrame:
    """Return the recorded fine-tunings on sums, one a row.

    Taught in book/practice/other-places.ipynb; ``python -m tools.record_sums`` makes
    them.
    """
    return pd.DataFrame(json.loads(SUMS.read_text(encoding="utf-8")))
