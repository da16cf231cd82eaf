"""Looking at a network: how many images at once, and on which devices."""

import pytest
import tiny
import torch
import torch.nn.functional as F
from no_float64 import NoFloat64
from torch import nn

from gce_lib import losses, models
from gce_lib.training import Diverged, Pruning, fit, predict
from gce_lib.training.evaluation import evaluation_size

DATA = tiny.dataset()


class SmallMemory(nn.Module):
    """A network on a device that holds so many images at once in evaluation."""

    def __init__(self, holds, error=torch.OutOfMemoryError):
        super().__init__()
        self.inside = models.mlp(DATA.shape, 3, hidden=(8,))
        self.holds = holds
        self.error = error
        self.seen = []

    def forward(self, x):
        if not self.training:
            self.seen.append(len(x))
            if len(x) > self.holds:
                raise self.error("out of memory. Tried to allocate 2 GiB")
        return self.inside(x)


def train(model, loss=F.cross_entropy, data=DATA, **options):
    options = {"epochs": 2, "device": "cpu", "progress": False, **options}
    return fit(model, data, loss, **options)


@pytest.mark.parametrize("error", [torch.OutOfMemoryError, RuntimeError])
def test_evaluation_halves_its_batches_until_they_fit(error):
    tight, ample = SmallMemory(20, error), SmallMemory(1000)
    assert torch.equal(
        predict(tight, DATA, device="cpu"), predict(ample, DATA, device="cpu")
    )
    assert ample.seen == [2, 60]
    assert tight.seen[:5] == [2, 60, 60, 60, 31]
    assert set(tight.seen[5:]) == {15}
    histories = [train(model)["test_accuracy"] for model in (tight, ample)]
    assert histories[0] == histories[1]


def test_one_image_that_does_not_fit_is_told():
    with pytest.raises(torch.OutOfMemoryError, match="must hold one example in eval"):
        predict(_one_after_two(), DATA, device="cpu")


def _one_after_two():
    """Return a network that holds the first look, and then nothing."""
    model = SmallMemory(2)
    model.register_forward_hook(lambda *_: setattr(model, "holds", 0))
    return model


def test_the_size_can_be_set_and_follows_the_images():
    model = SmallMemory(1000)
    predict(model, DATA, batch_size=25, device="cpu")
    assert model.seen == [2, 25, 25, 10]
    model.seen.clear()
    train(model, evaluation_batch_size=50, epochs=1, validation=0)
    assert set(model.seen) <= {2, 50, 10}
    assert evaluation_size(DATA) == 250
    large = torch.zeros(1, 224, 224, 3, dtype=torch.uint8)
    assert 1 <= evaluation_size(tiny.dataset_of(large)) <= 64
    with pytest.raises(ValueError, match="evaluation_batch_size must be an integer of"):
        train(model, evaluation_batch_size=0)


T = 0.1 + 0.7 * torch.eye(3)
LOSSES = [
    F.cross_entropy,
    losses.GCELoss(0.7),
    losses.TruncatedGCELoss(0.7, 0.2),
    losses.MAELoss(),
    losses.symmetric_cross_entropy,
    losses.active_passive_loss,
    losses.asymmetric_gce_loss,
    lambda logits, y: losses.forward_corrected_loss(logits, y, T),
    lambda logits, y: losses.backward_corrected_loss(logits, y, T),
]


@pytest.mark.parametrize("loss", LOSSES)
def test_a_device_without_float64_will_do(loss, tmp_path):
    def network():
        return models.small_cnn(DATA.shape, 3, width=4)

    noisy = tiny.noisy(DATA)
    plain = train(network(), loss, labels=noisy)
    with NoFloat64():
        history = train(
            network(),
            loss,
            labels=noisy,
            augment=("crop", "flip"),
            checkpoint=tmp_path / "run.pt",
        )
        there = train(network(), loss, labels=noisy)
        predict(network(), DATA, device="cpu")
    assert len(history) == 2
    assert there["loss"] == pytest.approx(plain["loss"], rel=1e-5)
    sizes = "effective_sample_size"
    assert there[sizes] == pytest.approx(plain[sizes], rel=1e-4)


def test_pruning_without_float64():
    noisy = tiny.noisy(DATA)
    with NoFloat64():
        train(
            models.mlp(DATA.shape, 3),
            losses.gce_loss,
            labels=noisy,
            pruning=Pruning(k=0.1, start=1, every=1),
        )


def test_a_single_example_left_over_joins_the_batch_before():
    """Batch norm cannot do with one."""
    data = tiny.dataset(train=129, test=61)
    sizes = []

    def spy(logits, target):
        sizes.append(len(target))
        return F.cross_entropy(logits, target)

    model = models.small_cnn(data.shape, 3, width=4)
    train(model, spy, data, epochs=1, batch_size=64, validation=0)
    assert sizes == [64, 65]
    train(model, F.cross_entropy, data, batch_size=128, validation=0, compile=False)


def test_a_constant_channel_is_no_fault():
    opaque = tiny.dataset(channels=4)
    for images in (opaque.train_images, opaque.test_images):
        images[..., 3] = 255
    data = tiny.dataset_of(opaque.train_images, opaque.train_labels, opaque)
    assert data.std[3] == 1
    model = models.small_cnn(data.shape, 3, width=4)
    assert train(model, data=data).last["loss"] < 2
    assert predict(model, data, device="cpu").isfinite().all()


@pytest.mark.parametrize(
    ("break_it", "loss", "lr", "advice"),
    [
        (None, F.cross_entropy, 1e30, "try an lr below 1e"),
        ("weights", F.cross_entropy, 0.1, "make the network anew"),
        ("output", F.cross_entropy, 0.1, "outputs are not finite for finite inputs"),
        (
            None,
            lambda logits, y: F.cross_entropy(logits, y) * float("nan"),
            0.1,
            "the loss is not finite for finite logits",
        ),
    ],
)
def test_divergence_is_told_from_what_was_broken_before(break_it, loss, lr, advice):
    model = models.mlp(DATA.shape, 3, hidden=(8,))
    if break_it == "weights":
        with torch.no_grad():
            model[1].weight[0, 0] = float("nan")
    elif break_it == "output":
        model.append(nn.Threshold(float("inf"), float("nan")))
    with pytest.raises(Diverged, match=advice):
        train(model, loss, lr=lr, schedule="constant")
