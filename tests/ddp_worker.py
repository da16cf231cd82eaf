"""Trains under torchrun, or alone, and writes what test_ddp.py compares."""

import sys

import tiny
import torch

from gce_lib import distributed, models
from gce_lib.losses import GCELoss
from gce_lib.pruning import Pruning
from gce_lib.training import fit


def main(path: str) -> None:
    torch.set_num_threads(1)
    data = tiny.dataset(train=230)  # 207 to train on: the last batches are uneven
    gradients = []

    def remember(model, _history):
        gradients.append([weight.grad.clone() for weight in model.parameters()])

    model = models.mlp(data.shape, 3, hidden=(16,))
    history = fit(
        model,
        data,
        GCELoss(0.7),
        labels=tiny.noisy(data),
        epochs=4,
        batch_size=32,
        lr=0.02,
        augment=("crop", "flip"),
        pruning=Pruning(k=0.35, start=2, every=1),
        device="cpu",
        checkpoint=f"{path}.checkpoint",
        progress=False,
        callback=remember,
    )
    keep = torch.load(f"{path}.checkpoint", weights_only=True)["state"]["keep"]
    rank, ranks = distributed.shard()
    result = {
        "ranks": ranks,
        "loss": torch.tensor(history["loss"]),
        "sample_size": torch.tensor(history["effective_sample_size"]),
        "gradients": gradients,
        "weights": [weight.detach() for weight in model.parameters()],
        "keep": keep,
    }
    torch.save(result, f"{path}.{rank}")


if __name__ == "__main__":
    main(sys.argv[1])
