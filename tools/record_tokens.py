"""Record what a model makes of the tokens of answers while it learns to add.

python -m tools.record_tokens    writes gce_lib/explorers/tokens.json, in half a minute

The same hundred pairs of numbers are summed and subtracted, some answers are wrong; the
model learns from other lines, sums with right answers. Of `LINES_SEED` it is asked that
among the first lines of either sign stand wrong answers with and without a right digit.
"""

import json
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import gce_lib as gce
from gce_lib.experiments.sums import PROMPT, spell, sums
from gce_lib.experiments.tokens import SumsTransformer, next_token, train_tokens
from gce_lib.explorers.tokens import RECORD

SIGNS = {"sums": "+", "differences": "-"}
WRONG = 0.4
LINES = 100
LINES_SEED = 13
STEPS = (0, 100, 200, 250, 300, 350, 400, 500, 800)  # most is learned in between


@torch.no_grad()
def token_nll(model: nn.Module, lines: Tensor) -> list[list[float]]:
    """Return −log p of the two tokens of each answer, to three digits."""
    logits, target = next_token(model, lines)
    nll = F.cross_entropy(logits.double(), target, reduction="none")
    return [[float(f"{x:.3g}") for x in row] for row in nll[:, PROMPT - 1 :].tolist()]


def record() -> dict:
    """Train the model of the chapter; look at the answers after some of its steps."""
    common = {"examples": LINES, "seed": LINES_SEED}
    given = {task: sums(sign, wrong=WRONG, **common) for task, sign in SIGNS.items()}
    nll: dict[str, list] = {task: [] for task in given}

    def look(model: nn.Module, step: int) -> None:
        for task, lines in given.items():
            if step in STEPS:
                nll[task].append(token_nll(model, lines.train))

    model, loss = SumsTransformer(), partial(gce.gce_loss, q=0)
    look(model, 0)
    train_tokens(model, sums().train, loss, steps=STEPS[-1], lr=3e-3, callback=look)
    tasks = {
        task: {
            "lines": spell(given[task].train),
            "answers": spell(sums(sign, **common).train[:, PROMPT:]),
            "nll": nll[task],
        }
        for task, sign in SIGNS.items()
    }
    return {"steps": STEPS, "tasks": tasks}


def main() -> None:
    """Write the record."""
    torch.set_num_threads(1)
    RECORD.write_text(json.dumps(record()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
