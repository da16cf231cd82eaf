"""A training that writes a checkpoint after every epoch; to be killed."""

import tiny
import torch

from gce_lib import models
from gce_lib.losses import GCELoss
from gce_lib.training import History, Pruning, fit

EPOCHS = 256  # far more than any machine gets through before the last kill


def train(checkpoint=None, told=None) -> tuple[torch.nn.Module, History]:
    """Train, from the checkpoint on where there is one; tell ``told`` every epoch."""
    torch.set_num_threads(1)
    data = tiny.dataset()
    model = models.mlp(data.shape, 3, hidden=(128,))

    def tell(_model, history) -> None:
        if told is not None:
            told.send(len(history))

    history = fit(
        model,
        data,
        GCELoss(0.7),
        labels=tiny.noisy(data),
        epochs=EPOCHS,
        batch_size=32,
        augment=("crop", "flip"),
        pruning=Pruning(k=0.2, start=8, every=8),
        device="cpu",
        checkpoint=checkpoint,
        progress=False,
        callback=tell,
    )
    return model, history


def train_and_save(checkpoint: str, told, result: str) -> None:
    """Write the final weights to ``result``."""
    model, _ = train(checkpoint, told)
    torch.save(model.state_dict(), result)
