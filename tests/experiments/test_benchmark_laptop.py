import sys
from dataclasses import replace

import numpy as np
import pytest
import tiny

from benchmarks import laptop


@pytest.fixture
def root(tmp_path):
    """A data set in the place of CIFAR-10, with images of 16 × 16 pixels."""
    small = tiny.dataset(channels=3)
    larger = {
        name: getattr(small, name).repeat_interleave(2, 1).repeat_interleave(2, 2)
        for name in ("train_images", "test_images")
    }
    data = replace(small, **larger)
    np.savez(
        tmp_path / "cifar10.npz",
        x_train=data.train_images.numpy(),
        y_train=data.train_labels.numpy(),
        x_test=data.test_images.numpy(),
        y_test=data.test_labels.numpy(),
        classes=np.array(data.classes),
    )
    return tmp_path


@pytest.mark.parametrize("option", ["--epochs=1", "--quick"])
def test_every_way_gets_a_line_and_ours_an_accuracy(root, monkeypatch, capsys, option):
    monkeypatch.setattr(sys, "argv", ["laptop", "--data-root", str(root), option])
    laptop.main()
    run, machine, head, *lines = capsys.readouterr().out.splitlines()
    epochs, images = (2, 15) if option == "--quick" else (1, 240)
    assert f"protocol=laptop-augmented seed=0 epochs={epochs}" in run
    assert machine.startswith(f"# {images} images, CPU")
    assert f"{epochs} epochs" in head
    assert [line.split("  ")[0].rpartition(", ")[0] for line in lines] == [
        "gce train",
        "gce train",
        "DataLoader",
        "DataLoader",
    ]
    assert lines[0].endswith("%")
    for line in lines:
        one, whole = (
            float(number) for number in line.split()[3 if "gce" in line else 2 :][:2]
        )
        assert whole == pytest.approx(epochs * one, abs=1)
