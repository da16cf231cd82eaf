"""Fine-tune a strong and a weak language model on sums, some of them wrong.

python -m tools.record_sums    writes gce_lib/experiments/sums.json, in minutes

Each sign has the learning rates between which the best one lay in a trial: larger ones
spoil what a strong model knows, with smaller ones a weak model learns nothing.
"""

import copy
import json
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product

import torch

import gce_lib as gce
from gce_lib.experiments.sums import SUMS, sums
from gce_lib.experiments.tokens import SumsTransformer, answers, train_tokens

SEEDS = range(3)
SIGNS = ("+", "-")
WRONG = (0.0, 0.4)
QS = (0.0, 0.3, 0.7, 1.0)
RATES = {"+": (3e-4, 1e-3), "-": (3e-3, 1e-2)}
EXAMPLES = 1000  # to train on, and as many to choose the learning rate with


def base(seed: int) -> SumsTransformer:
    """Return a model that can add and has never seen a difference."""
    loss = partial(gce.gce_loss, q=0)
    lines, model = sums("+", seed=seed).train, SumsTransformer(seed=seed)
    return train_tokens(model, lines, loss, steps=800, lr=3e-3, seed=seed)


def run(model, seed: int, sign: str, wrong: float, q: float, lr: float) -> dict:
    """Fine-tune a copy of the model; say what it knew before and knows after."""
    data = sums(sign, wrong=wrong, examples=2 * EXAMPLES, seed=seed + 1)
    train, held_out = data.train.split(EXAMPLES)
    tuned, loss = copy.deepcopy(model), partial(gce.gce_loss, q=q)
    train_tokens(tuned, train, loss, steps=200, lr=lr, seed=seed)
    return {
        "seed": seed,
        "sign": sign,
        "wrong": wrong,
        "q": q,
        "lr": lr,
        "p": round(answers(model, train)[0].mean().item(), 4),
        "validation": round(answers(tuned, held_out)[1].double().mean().item(), 4),
        "test": round(answers(tuned, data.test)[1].double().mean().item(), 4),
    }


def of_seed(seed: int) -> list[dict]:
    """Return the fine-tunings of one seed."""
    torch.set_num_threads(1)
    model = base(seed)
    return [
        run(model, seed, sign, *choice)
        for sign in SIGNS
        for choice in product(WRONG, QS, RATES[sign])
    ]


def main() -> None:
    """Write the record, a process a seed."""
    with ProcessPoolExecutor(len(SEEDS)) as pool:
        rows = [row for found in pool.map(of_seed, SEEDS) for row in found]
    lines = ",\n".join(json.dumps(row) for row in rows)
    SUMS.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
