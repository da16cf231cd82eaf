"""`fit` and `predict` on what is not a set of byte images with a test set."""

from dataclasses import replace

import numpy as np
import pytest
import tiny
import torch
from kinds import KINDS, features, network, same, sentences, step_of_sgd, train
from no_float64 import NoFloat64

from gce_lib import models
from gce_lib.data import ImageDataset
from gce_lib.losses import GCELoss
from gce_lib.training import CheckpointError, Pruning, predict


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
    step_of_sgd(reference, x, data.train_labels)
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
