"""Noisy labels on disk: exact, atomic, and never believed when damaged."""

import numpy as np
import pytest
import torch

from gce_lib import noise


@pytest.fixture
def labels():
    return noise.corrupt(torch.arange(300) % 10, noise.symmetric(10, 0.4), seed=5)


def test_saved_labels_are_read_back_exactly(labels, tmp_path):
    path = tmp_path / "labels.npz"
    labels.save(path)
    loaded = noise.NoisyLabels.load(str(path))
    for name in ("noisy", "clean", "flipped", "T"):
        assert torch.equal(getattr(loaded, name), getattr(labels, name))
    for name in ("num_classes", "seed", "rate", "digest"):
        assert getattr(loaded, name) == getattr(labels, name)
    assert [file.name for file in tmp_path.iterdir()] == ["labels.npz"]


def test_the_file_needs_no_pickle(labels, tmp_path):
    labels.save(tmp_path / "labels.npz")
    with np.load(tmp_path / "labels.npz", allow_pickle=False) as archive:
        assert sorted(archive) == ["clean", "digest", "noisy", "num_classes", "seed"]
        assert archive["digest"].item() == labels.digest


def test_a_write_that_fails_leaves_the_old_file(labels, tmp_path, monkeypatch):
    path = tmp_path / "labels.npz"
    labels.save(path)

    def full_disk(file, **arrays):
        file.write(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full_disk)
    other = noise.corrupt(labels.clean, noise.symmetric(10, 0.4), seed=6)
    with pytest.raises(OSError, match="No space left"):
        other.save(path)
    assert noise.NoisyLabels.load(path).digest == labels.digest
    assert [file.name for file in tmp_path.iterdir()] == ["labels.npz"]


def test_damage_anywhere_is_refused_or_harmless(labels, tmp_path):
    path = tmp_path / "labels.npz"
    labels.save(path)
    good = path.read_bytes()
    refused = 0
    for position in range(0, len(good), 7):
        for bad in (
            good[:position],
            good[:position] + bytes([good[position] ^ 0xFF]) + good[position + 1 :],
        ):
            path.write_bytes(bad)
            try:
                loaded = noise.NoisyLabels.load(path)
            except ValueError:
                refused += 1
            else:
                assert torch.equal(loaded.noisy, labels.noisy)
                assert torch.equal(loaded.clean, labels.clean)
    assert refused > len(good) // 7  # every truncation, and most flipped bytes


def write_text(path):
    path.write_text("not labels")


def write_array(path):
    with path.open("wb") as file:
        np.save(file, np.arange(3))


def write_archive(path):
    np.savez(path, noisy=np.arange(3))


def write_pickle(path):
    np.savez(path, noisy=np.array([{}], dtype=object))


def write_other_labels(path):
    arrays = {"noisy": np.arange(3), "clean": np.arange(3)}
    np.savez(path, **arrays, num_classes=3, seed=0, digest="0" * 64)


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (write_text, "must be a file written by NoisyLabels.save, got one that cannot"),
        (
            write_array,
            "must be a file written by NoisyLabels.save, got one that cannot",
        ),
        (write_archive, "must be a file written by NoisyLabels.save, got one that"),
        (write_pickle, "must be a file written by NoisyLabels.save, got one that"),
        (write_other_labels, "must hold labels with the digest 0{64}, got "),
    ],
)
def test_a_foreign_file_is_refused_with_a_sentence(write, sentence, tmp_path):
    path = tmp_path / "foreign.npz"
    write(path)
    with pytest.raises(ValueError, match=sentence):
        noise.NoisyLabels.load(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.npz"):
        noise.NoisyLabels.load(tmp_path / "nowhere.npz")
