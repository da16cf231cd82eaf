"""Data of every kind, networks for it, and a short training."""

import math
from types import SimpleNamespace

import numpy as np
import tiny
import torch
import torch.nn.functional as F
from torch import nn

from gce_lib import models
from gce_lib.data import ImageDataset
from gce_lib.training import fit

WITHOUT_CLOCKS = ["seconds", "cpu_seconds"]


def build(x, y, count=240, *, test=True):
    arrays = {"x_train": x[:count], "y_train": y[:count], "classes": "abc"}
    if test:
        arrays |= {"x_test": x[count:], "y_test": y[count:]}
    return ImageDataset.from_arrays("mine", arrays)


def features(shape=(4,), dtype=np.float32, *, test=True):
    """Three classes by the sign and the size of the first number; scales far apart."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, *shape))
    first = x.reshape(300, -1)[:, 0]
    y = np.where(first < -0.4, 0, np.where(first < 0.4, 1, 2))
    x = 1000 + x * (10.0 ** np.arange(shape[0])).reshape(-1, *[1] * (len(shape) - 1))
    return build(x.astype(dtype), y, test=test)


def sentences(*, test=True):
    """Twelve ids each; the class is the residue of the first one."""
    x = np.random.default_rng(0).integers(0, 30, size=(300, 12))
    return build(x, x[:, 0] % 3, test=test)


class Reader(nn.Module):
    """Reads the first of the ids."""

    def __init__(self, words=30):
        super().__init__()
        torch.manual_seed(0)
        self.embedding, self.head = nn.Embedding(words, 8), nn.Linear(8, 3)

    def forward(self, ids):
        return self.head(self.embedding(ids)[:, 0])


class InAnObject(nn.Module):
    """Returns its logits as networks of hubs do."""

    def __init__(self, inside):
        super().__init__()
        self.inside = inside

    def forward(self, x):
        return SimpleNamespace(logits=self.inside(x), loss=None)


def network(data, seed=0):
    torch.manual_seed(seed)
    if data.kind == "ids":
        return Reader()
    conv = {2: nn.Conv1d, 3: nn.Conv2d, 4: nn.Conv3d}.get(len(data.shape))
    if conv is None:
        return models.mlp(data.shape, 3, hidden=(16,), seed=seed)
    size = math.prod(data.shape[1:]) * 4
    first = conv(data.shape[0], 4, 3, padding=1)
    return nn.Sequential(first, nn.ReLU(), nn.Flatten(), nn.Linear(size, 3))


def train(data, model=None, loss=F.cross_entropy, **options):
    model = network(data) if model is None else model
    options = {
        "epochs": 3,
        "batch_size": 32,
        "device": "cpu",
        "progress": False,
        **options,
    }
    return model, fit(model, data, loss, **options)


def same(first, second):
    """Whether two trainings agree to the bit."""
    frames = [h.frame().drop(columns=WITHOUT_CLOCKS) for _, h in (first, second)]
    return tiny.same_weights(first[0], second[0]) and frames[0].equals(frames[1])


KINDS = {
    "float16": features(dtype=np.float16),
    "float32": features(),
    "float64": features(dtype=np.float64),
    "signals": features((2, 9)),
    "float images": features((3, 6, 6)),
    "volumes": features((1, 4, 4, 4)),
    "ids": sentences(),
    "no test set": features(test=False),
    "ids, no test set": sentences(test=False),
}


def step_of_sgd(reference, x, labels):
    """Take one step of PyTorch's own SGD, with the defaults of `fit` and lr 0.3."""
    sgd = torch.optim.SGD(
        reference.parameters(), lr=0.3, momentum=0.9, nesterov=True, weight_decay=1e-4
    )
    F.cross_entropy(reference(x), labels).backward()
    sgd.step()
