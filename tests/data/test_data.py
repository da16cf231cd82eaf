import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch

from gce_lib import data
from gce_lib.data.dataset import read_npz, write_npz
from gce_lib.data.load import load_shipped

PACKAGE = Path(data.__file__).parent


@pytest.fixture(scope="module")
def mini():
    return data.load("fashion-mini")


def test_fashion_mini_has_the_promised_shapes(mini):
    assert mini.train_images.shape == (10_000, 28, 28, 1)
    assert mini.test_images.shape == (2_000, 28, 28, 1)
    assert mini.train_images.dtype == mini.test_images.dtype == torch.uint8
    assert mini.train_labels.dtype == mini.test_labels.dtype == torch.int64
    assert mini.shape == (1, 28, 28)
    assert mini.num_classes == len(mini.classes) == 10
    assert mini.classes[9] == "Ankle boot"
    assert "10,000 + 2,000 images of shape (1, 28, 28)" in repr(mini)
    assert set(mini.train_labels.tolist()) == set(range(10))


def test_mean_and_std_are_those_of_the_training_images(mini):
    pixels = mini.train_images.double() / 255
    assert mini.mean == pytest.approx((pixels.mean().item(),), rel=1e-9)
    assert mini.std == pytest.approx((pixels.std(correction=0).item(),), rel=1e-9)


@pytest.mark.parametrize("height", [1, 3, 4])
def test_low_images_are_not_taken_for_channels_first(height):
    low = tiny.dataset_of(torch.zeros(1, height, 9, 4, dtype=torch.uint8))
    assert low.shape == (4, height, 9)


def test_channels_have_their_own_mean():
    colour = tiny.dataset(channels=3)
    pixels = colour.train_images.double() / 255
    assert colour.mean == pytest.approx(tuple(pixels.mean(dim=(0, 1, 2)).tolist()))
    std = pixels.std(dim=(0, 1, 2), correction=0)
    assert colour.std == pytest.approx(tuple(std.tolist()))
    assert colour.shape == (3, 8, 8)


def test_shipped_file_has_licence_and_attribution():
    licence = (PACKAGE / "fashion-mini-LICENSE.txt").read_text()
    assert "Zalando" in licence
    assert "MIT License" in licence
    shipped = (PACKAGE / "fashion-mini.npz").read_bytes()
    about = json.loads((PACKAGE / "fashion-mini.json").read_text())
    assert hashlib.sha256(shipped).hexdigest() == about["sha256"]
    assert len(shipped) < 6e6


def test_damaged_shipped_file_is_refused(tmp_path):
    for ending in (".npz", ".json"):
        shutil.copy(PACKAGE / f"fashion-mini{ending}", tmp_path)
    path = tmp_path / "fashion-mini.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(data.DataError, match="is damaged: expected SHA-256"):
        load_shipped(path)
    path.unlink()
    with pytest.raises(data.DataError, match="cannot be read"):
        load_shipped(path)


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"one of fashion-mini, .*got 'mnist'"):
        data.load("mnist")


def test_cached_file_is_loaded_without_network(tmp_path):
    made = tiny.dataset()
    write_npz(
        tmp_path / "cifar10.npz",
        {
            "x_train": made.train_images.numpy(),
            "y_train": made.train_labels.numpy().astype(np.uint8),
            "x_test": made.test_images.numpy(),
            "y_test": made.test_labels.numpy().astype(np.uint8),
            "classes": np.array(made.classes),
        },
    )
    loaded = data.load("cifar10", root=tmp_path, download=False)
    assert loaded.name == "cifar10"
    assert loaded.classes == made.classes
    assert torch.equal(loaded.train_images, made.train_images)
    assert torch.equal(loaded.test_labels, made.test_labels)
    assert [path.name for path in tmp_path.iterdir()] == ["cifar10.npz"]


def test_cache_folder_is_named_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("GCE_DATA", str(tmp_path))
    with pytest.raises(data.DataError, match=str(tmp_path / "cifar100.npz")):
        data.load("cifar100", download=False)


def test_offline_error_names_command_and_file(tmp_path):
    with pytest.raises(data.DataError) as error:
        data.load("cifar10", root=tmp_path, download=False)
    assert "`python -m gce_lib data cifar10`" in str(error.value)
    assert f"copy its cifar10.npz to {tmp_path / 'cifar10.npz'}" in str(error.value)


@pytest.mark.parametrize("damage", ["truncate", "flip", "text", "missing key"])
def test_damaged_cache_is_refused(tmp_path, damage):
    path = tmp_path / "cifar10.npz"
    images = tiny.dataset().train_images.numpy()
    write_npz(path, {"x_train": images, "x_test": images})
    content = bytearray(path.read_bytes())
    if damage == "truncate":
        content = content[: len(content) // 2]
    elif damage == "flip":
        content[len(content) // 2] ^= 1
    elif damage == "text":
        content = b"no archive at all"
    path.write_bytes(content)
    with pytest.raises(data.DataError, match=r"cifar10.npz is damaged .*delete it"):
        data.load("cifar10", root=tmp_path)


def test_cache_without_a_test_set_is_damaged(tmp_path):
    images = tiny.dataset().train_images.numpy()
    labels = np.zeros(len(images), np.uint8)
    arrays = {"x_train": images, "y_train": labels, "classes": np.array(["a"])}
    write_npz(tmp_path / "cifar10.npz", arrays)
    with pytest.raises(data.DataError, match=r"is damaged \(it has no test set\)"):
        data.load("cifar10", root=tmp_path)


def test_cache_with_objects_is_refused_unread(tmp_path):
    path = tmp_path / "cifar10.npz"
    np.savez(path, x_train=np.array([{"an": "object"}], dtype=object))
    with pytest.raises(data.DataError, match="is damaged"):
        read_npz(path, "cifar10")


def test_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def full(*_args, **_arrays):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space left"):
        write_npz(tmp_path / "cifar10.npz", {})
    assert list(tmp_path.iterdir()) == []


def test_wrong_images_are_refused():
    made = tiny.dataset()
    arrays = {
        "x_train": made.train_images.float(),
        "y_train": made.train_labels,
        "x_test": made.test_images,
        "y_test": made.test_labels,
        "classes": made.classes,
    }
    with pytest.raises(ValueError, match=r"x_train must have the channels of floats "):
        data.ImageDataset.from_arrays("mine", arrays)
