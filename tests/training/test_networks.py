"""Networks of other people: logits in an object, tied weights, and what is refused."""

import math
from functools import partial

import pytest
import tiny
import torch
from kinds import KINDS, InAnObject, Reader, features, network, same, sentences, train
from torch import nn

from gce_lib.losses import GCELoss, gce_loss
from gce_lib.training import Diverged, Pruning, predict


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
        r"model must take ids \(B, 12\) of mine up to 29 \(amounts would come as floats"
        r"\), got an error of Linear: RuntimeError",
    ),
    ("ids", Reader(29), "model must take ids .* up to 29 .* Reader: IndexError"),
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
    with pytest.raises(ValueError, match=r"model must take ids .* up to 30 .*Reader"):
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
