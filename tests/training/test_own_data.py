"""`fit` and `predict` on what is not a set of byte images with a test set."""

import math
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import tiny
import torch
import torch.nn.functional as F
from test_evaluation import NoFloat64
from torch import nn

from gce_lib import models
from gce_lib.data import ImageDataset
from gce_lib.losses import GCELoss, gce_loss
from gce_lib.training import CheckpointError, Diverged, Pruning, fit, predict

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


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "ids"])
def test_what_can_be_learned_is_learned_and_measured(kind):
    data = KINDS[kind]
    model, history = train(data, epochs=20, lr=0.5)
    assert history.last["test_accuracy"] > 0.8
    logits = predict(model, data, device="cpu")
    right = (logits.argmax(1) == data.test_labels).double().mean().item()
    assert right == history.last["test_accuracy"]


def test_a_step_is_that_of_plain_sgd_on_standardised_features():
    data = features()
    model, _ = train(
        data, epochs=1, batch_size=240, validation=0, lr=0.3, schedule="constant"
    )
    reference = network(data)
    raw = data.train_images.double()
    x = ((raw - raw.mean(0)) / raw.std(0, correction=0)).float()
    sgd = torch.optim.SGD(
        reference.parameters(), lr=0.3, momentum=0.9, nesterov=True, weight_decay=1e-4
    )
    F.cross_entropy(reference(x), data.train_labels).backward()
    sgd.step()
    for got, expected in zip(model.parameters(), reference.parameters(), strict=True):
        torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-5)


def test_float_images_are_learned_from_as_bytes_are():
    data = tiny.dataset(channels=3)

    def floats(images):
        return images.permute(0, 3, 1, 2) / 255

    as_floats = ImageDataset.from_arrays(
        "floats",
        {
            "x_train": floats(data.train_images),
            "y_train": data.train_labels,
            "x_test": floats(data.test_images),
            "y_test": data.test_labels,
            "classes": data.classes,
        },
    )
    assert as_floats.shape == data.shape
    assert as_floats.mean == pytest.approx(data.mean, rel=1e-6)
    histories = [
        train(some, models.small_cnn(data.shape, 3, width=4), precision="fp32")[1]
        for some in (data, as_floats)
    ]
    assert histories[0]["loss"] == pytest.approx(histories[1]["loss"], rel=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_everything_works_on_every_kind_and_continues_to_the_bit(kind, tmp_path):
    data = KINDS[kind]
    options = {
        "loss": GCELoss(0.7),
        "labels": tiny.noisy(data),
        "pruning": Pruning(k=0.2, start=1, every=1),
        "epochs": 4,
    }
    whole = train(data, **options)
    assert same(train(data, **options), whole), "equal seeds, equal weights"

    def stop(_model, history):
        if len(history) == 2:
            raise KeyboardInterrupt

    path = tmp_path / "run.pt"
    with pytest.raises(KeyboardInterrupt):
        train(data, checkpoint=path, callback=stop, **options)
    assert same(train(data, checkpoint=path, **options), whole)
    assert 0 < whole[1].last["memorised"] < 1
    assert 0 < whole[1].last["kept"] <= 1
    logits = predict(whole[0], data, data.train_images[:7], device="cpu")
    assert logits.shape == (7, 3)
    assert logits.isfinite().all()


@pytest.mark.parametrize("kind", ["float32", "ids"])
def test_other_examples_are_another_training(kind, tmp_path):
    data, path = KINDS[kind], tmp_path / "run.pt"
    train(data, checkpoint=path)
    images = data.train_images.clone()
    images[17, 1] += 1
    arrays = {"x_train": images, "y_train": data.train_labels, "classes": "abc"}
    arrays |= {"x_test": data.test_images, "y_test": data.test_labels}
    other = ImageDataset.from_arrays("mine", arrays)
    with pytest.raises(CheckpointError, match="expected dataset = mine "):
        train(other, checkpoint=path)


def test_other_statistics_are_another_training(tmp_path):
    data, path = features(), tmp_path / "run.pt"
    train(data, checkpoint=path)
    rounded = replace(data, std=tuple(s * (1 + 1e-9) for s in data.std))
    train(rounded, checkpoint=path)
    other = replace(data, std=tuple(s * 1.001 for s in data.std))
    with pytest.raises(CheckpointError, match="expected mean and std = 4 of each"):
        train(other, checkpoint=path)


def test_arrays_are_predicted_as_tensors_are():
    for data in (features(), sentences(), tiny.dataset()):
        model = network(data) if data.kind != "images" else models.mlp(data.shape, 3)
        expected = predict(model, data, device="cpu")
        given = data.test_images.numpy()
        assert torch.equal(predict(model, data, given, device="cpu"), expected)


def test_features_on_a_device_without_float64(tmp_path):
    data = features(dtype=np.float64)
    _, plain = train(data)
    with NoFloat64():
        model, history = train(data, checkpoint=tmp_path / "run.pt")
        predict(model, data, device="cpu")
    assert history["loss"] == pytest.approx(plain["loss"], rel=1e-3)


def test_without_a_test_set_nothing_is_said_of_one(capsys):
    data = features(test=False)
    model, history = train(data, labels=tiny.noisy(data), progress=True)
    assert "validation" in capsys.readouterr().err.split("epoch 3")[-1]
    assert "test_accuracy" not in history.rows[0]
    assert list(history.frame().columns)[:3] == [
        "loss",
        "validation_accuracy",
        "memorised",
    ]
    assert not history.frame().isna().any(axis=None)
    assert repr(history) == "History(3 epochs, no test set)"
    assert type(history).from_dict(history.to_dict()).rows == history.rows
    best = max(history["validation_accuracy"])
    assert history.best["validation_accuracy"] == best
    with pytest.raises(KeyError, match=r"one of .*, got 'test_accuracy'"):
        history["test_accuracy"]
    with pytest.raises(ValueError, match="got none; mine has a test set of 0"):
        predict(model, data, device="cpu")


@pytest.mark.parametrize("kind", ["float32", "ids", "no test set"])
def test_logits_in_an_object_are_logits(kind):
    data = KINDS[kind]
    options = {
        "loss": gce_loss,
        "labels": tiny.noisy(data),
        "pruning": Pruning(k=0.2, start=1, every=1),
    }
    plain = train(data, **options)
    wrapped = train(data, InAnObject(network(data)), **options)
    assert same(plain, wrapped)
    few = data.train_images[:5]
    inside, outside = (predict(m, data, few, device="cpu") for m, _ in (plain, wrapped))
    assert torch.equal(inside, outside)


def test_logits_in_an_object_are_found_by_a_compiled_network(monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda network, mode: network)
    data = features()
    compiled = train(data, InAnObject(network(data)), compile=True)
    assert same(train(data), compiled)


def test_logits_in_an_object_are_looked_at_after_a_divergence():
    data = features()
    with pytest.raises(Diverged, match="try an lr below 1e"):
        train(data, InAnObject(network(data)), lr=1e30, schedule="constant")


class Tied(nn.Module):
    """Two layers of one matrix, as input and output of language models."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 4), nn.Linear(4, 4)
        self.second.weight = self.first.weight

    def forward(self, x):
        return self.second(self.first(x).relu())


def test_tied_weights_are_pruned_by_their_best():
    pruning = Pruning(k=0.1, start=1, every=1)
    _, history = train(features(), Tied(), gce_loss, pruning=pruning)
    assert len(history["kept"]) == 3


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_networks_of_transformers():
    import transformers

    small = {
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 16,
        "num_labels": 3,
    }
    texts = transformers.BertForSequenceClassification(
        transformers.BertConfig(vocab_size=30, **small)
    )
    images = transformers.ViTForImageClassification(
        transformers.ViTConfig(image_size=8, patch_size=4, num_channels=1, **small)
    )
    for model, data in ((texts, sentences()), (images, tiny.dataset())):
        options = {"optimizer": partial(torch.optim.AdamW, lr=3e-3), "epochs": 6}
        _, history = train(data, model, GCELoss(0.7), **options)
        assert history.last["loss"] < 0.9 * history["loss"][0]
        assert predict(model, data, device="cpu").shape == (len(data.test_labels), 3)


def raising(error):
    class Raising(nn.Linear):
        def forward(self, x):
            raise error

    return Raising(4, 3)


class TwoInputs(nn.Linear):
    def forward(self, x, mask):
        return x


WRONG = [
    (
        "ids",
        nn.Linear(12, 3),
        r"model must take ids \(B, 12\) up to 29, which as amounts would come as "
        "floats, of mine, got an error of Linear: RuntimeError",
    ),
    ("ids", Reader(29), "model must take ids .* up to 29, .* Reader: IndexError"),
    ("float32", nn.Linear(5, 3), r"model must take features \(B, 4\) of mine, got an"),
    ("float32", Reader(), r"model must take features \(B, 4\) of mine, got an error"),
    ("float32", TwoInputs(4, 3), "error of TwoInputs: TypeError: .*missing 1 required"),
    ("float32", raising(KeyError("a\nb")), "error of Raising: KeyError"),
    ("float32", raising(OSError("a\nb")), "error of Raising: OSError: a"),
    ("signals", nn.Linear(9, 3), r"must return logits \(B, 3\), .*shape \(2, 2, 3\)"),
    ("float32", nn.LSTM(4, 3), r"or an object with them as .logits, got .*\(tuple\)"),
    ("float32", InAnObject(nn.LSTM(4, 3)), "or an object with them as .logits, got"),
    ("float32", InAnObject(nn.Linear(4, 2)), r"must return logits \(B, 3\), one a cl"),
]


@pytest.mark.parametrize(("kind", "model", "message"), WRONG)
def test_networks_for_other_examples_are_told(kind, model, message):
    with pytest.raises((ValueError, TypeError), match=message) as error:
        train(KINDS[kind], model)
    assert "\n" not in str(error.value)


def test_an_id_of_the_test_set_that_the_network_does_not_know_is_told():
    data = sentences()
    data.test_images[3, 2] = 30
    with pytest.raises(ValueError, match=r"model must take ids .* up to 30, .*Reader"):
        train(data)


@pytest.mark.parametrize(
    ("kind", "images", "message"),
    [
        ("float32", torch.zeros(2, 5), r"be features of shape \(4,\) like mine, got"),
        ("float32", torch.zeros(2, 4).byte(), r"got torch.uint8 \(2, 4\)"),
        ("ids", torch.zeros(2, 12), "images must be ids .*, got features of shape"),
        ("float32", torch.full((2, 4), math.nan), "images must be finite in float32"),
    ],
)
def test_wrong_examples_to_predict_are_told(kind, images, message):
    data = KINDS[kind]
    with pytest.raises(ValueError, match=message):
        predict(network(data), data, images, device="cpu")
