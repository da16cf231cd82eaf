"""A training that writes a checkpoint after every epoch; to be killed."""

import numpy as np
import tiny
import torch
from kinds import InAnObject

from gce_lib import models
from gce_lib.data import ImageDataset
from gce_lib.losses import GCELoss
from gce_lib.training import History, Pruning, fit

EPOCHS = 256  # far more than any machine gets through before the last kill


def images() -> tuple[torch.nn.Module, ImageDataset, dict]:
    """Return bytes, and all that is drawn at random."""
    data = tiny.dataset()
    model = models.mlp(data.shape, 3, hidden=(128,))
    return model, data, {"augment": ("crop", "flip")}


def table() -> tuple[torch.nn.Module, ImageDataset, dict]:
    """Return features without a test set, logits in an object, and AdamW."""
    x = np.random.default_rng(0).normal(size=(240, 20))
    y = x[:, :3].argmax(axis=1)
    arrays = {"x_train": x, "y_train": y, "classes": tiny.CLASSES}
    data = ImageDataset.from_arrays("table", arrays)
    model = InAnObject(models.mlp(data.shape, 3, hidden=(128,)))
    return model, data, {"optimizer": torch.optim.AdamW}


TASKS = {"images": images, "table": table}


def train(task, checkpoint=None, told=None) -> tuple[torch.nn.Module, History]:
    """Train, from the checkpoint on where there is one; tell ``told`` every epoch."""
    torch.set_num_threads(1)
    model, data, options = TASKS[task]()

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
        pruning=Pruning(k=0.2, start=8, every=8),
        device="cpu",
        checkpoint=checkpoint,
        progress=False,
        callback=tell,
        **options,
    )
    return model, history


def train_and_save(task: str, checkpoint: str, told, result: str) -> None:
    """Write the final weights to ``result``."""
    model, _ = train(task, checkpoint, told)
    torch.save(model.state_dict(), result)
