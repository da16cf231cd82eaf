"""A language model small enough to be trained from scratch in seconds."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from gce_lib import checks
from gce_lib.rng import generator

from .sums import LENGTH, PROMPT, TOKENS

IGNORED = -100  # as in F.cross_entropy


class SumsTransformer(nn.Module):
    """A decoder-only transformer with two layers: tokens (B, T) to logits (B, T, 13).

    Taught in book/practice/other-places.ipynb.

    Parameters
    ----------
    width : int
        A multiple of 4, the number of attention heads.
    seed : int
        Of the initial weights.
    """

    def __init__(self, width: int = 64, *, seed: int = 0):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(checks.integer("seed", seed, 0))
            self.token = nn.Embedding(len(TOKENS), width)
            self.place = nn.Embedding(LENGTH, width)
            layer = nn.TransformerEncoderLayer(
                width, 4, 2 * width, 0.0, "gelu", batch_first=True, norm_first=True
            )
            self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
            self.out = nn.Linear(width, len(TOKENS))

    def forward(self, tokens: Tensor) -> Tensor:
        length = tokens.shape[1]
        seen = torch.ones(length, length, device=tokens.device).triu(1).bool()
        x = self.token(tokens) + self.place.weight[:length]
        return self.out(self.layers(x, mask=seen))


def next_token(model: nn.Module, lines: Tensor) -> tuple[Tensor, Tensor]:
    """Return logits (B, 13, 7) and targets (B, 7) of next tokens, answers only.

    The prompt has the label −100, which every loss of the library ignores.
    """
    target = lines[:, 1:].clone()
    target[:, : PROMPT - 1] = IGNORED
    return model(lines[:, :-1]).transpose(1, 2), target


def train_tokens(
    model: nn.Module,
    lines: Tensor,
    loss: Callable[..., Tensor],
    *,
    steps: int,
    lr: float = 1e-3,
    batch_size: int = 64,
    seed: int = 0,
    callback: Callable[[nn.Module, int], None] | None = None,
) -> nn.Module:
    """Train a language model in place by AdamW, one cycle of the learning rate.

    Taught in book/practice/other-places.ipynb.

    Parameters
    ----------
    model : nn.Module
        From tokens (B, T) to logits (B, T, 13).
    lines : Tensor
        int64 (N, 8).
    loss : callable
        ``loss(logits, target)`` of logits (B, 13, 7) and targets (B, 7).
    steps, lr, batch_size : numbers
    seed : int
        Of the batches.
    callback : callable, optional
        ``callback(model, step)`` after every step, the first of which is 1.
    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, fused=True)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=steps)
    random = generator(seed)
    for step in range(1, steps + 1):
        batch = torch.from_numpy(random.integers(len(lines), size=batch_size))
        optimizer.zero_grad()
        loss(*next_token(model, lines[batch])).backward()
        optimizer.step()
        cycle.step()
        if callback is not None:
            callback(model, step)
    return model


@torch.no_grad()
def answers(model: nn.Module, lines: Tensor) -> tuple[Tensor, Tensor]:
    """Return what a model says about the two tokens of each answer.

    Returns
    -------
    p : Tensor
        float (N, 2): the probability of each token, given the true ones before it.
    right : Tensor
        bool (N,): whether both are the most probable ones.
    """
    logits, target = next_token(model, lines)
    logits, target = logits[:, :, PROMPT - 1 :], target[:, PROMPT - 1 :]
    p = logits.softmax(1).gather(1, target[:, None])[:, 0]
    return p, (logits.argmax(1) == target).all(1)
