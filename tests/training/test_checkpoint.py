import os
import pathlib
import warnings

import pytest
import tiny
import torch

from gce_lib import models
from gce_lib.losses import GCELoss
from gce_lib.training import CheckpointError, CheckpointWarning, Pruning, fit
from gce_lib.training.checkpoint import Checkpoint

DATA = tiny.dataset()
EPOCHS = 5


class Interrupted(Exception):
    pass


def stop_after(epochs):
    def callback(_model, history):
        if len(history) == epochs:
            raise Interrupted

    return callback


def train(path=None, seed=0, **options):
    model = models.small_cnn(DATA.shape, 3, width=4, seed=seed)
    model.insert(-1, torch.nn.Dropout(0.2))
    options = {
        "loss": GCELoss(0.7),
        "labels": tiny.noisy(DATA),
        "epochs": EPOCHS,
        "batch_size": 64,
        "augment": ("crop", "flip"),
        "pruning": Pruning(k=0.2, start=1, every=2),
        "device": "cpu",
        "progress": False,
        **options,
    }
    loss = options.pop("loss")
    return model, fit(model, DATA, loss, checkpoint=path, **options)


@pytest.fixture(scope="module")
def uninterrupted():
    return train()


def interrupt(path, epochs=3, **options):
    with pytest.raises(Interrupted):
        train(path, callback=stop_after(epochs), **options)


def assert_same(got, expected):
    assert tiny.same_weights(got[0], expected[0])
    for name, value in got[1].best_state.items():
        assert torch.equal(value, expected[1].best_state[name])
    columns = [
        history.frame().drop(columns=["seconds", "cpu_seconds"])
        for _, history in (got, expected)
    ]
    assert columns[0].equals(columns[1])


@pytest.mark.parametrize("epochs", [1, 3, EPOCHS])
def test_resumed_training_ends_with_the_same_bits(tmp_path, uninterrupted, epochs):
    path = tmp_path / "new" / "run.pt"
    interrupt(path, epochs)
    assert_same(train(path, seed=1), uninterrupted)


def test_finished_training_is_only_loaded(tmp_path, uninterrupted):
    path = tmp_path / "run.pt"
    train(path)

    def never(*_args, **_options):
        raise AssertionError("nothing is left to train")

    never.__qualname__ = "GCELoss"
    again = train(path, seed=1, callback=never)
    assert_same(again, uninterrupted)


def test_writing_every_n_epochs_and_at_the_end(tmp_path, monkeypatch):
    written = []
    save = Checkpoint.save

    def count(self, state):
        written.append(len(state["history"]["epoch"]))
        save(self, state)

    monkeypatch.setattr(Checkpoint, "save", count)
    train(tmp_path / "run.pt", checkpoint_every=2)
    assert written == [2, 4, 5]
    with pytest.raises(
        ValueError, match="checkpoint_every must be an integer of at least 1, got 0"
    ):
        train(tmp_path / "run.pt", checkpoint_every=0)


@pytest.mark.parametrize(
    "damage", ["truncate", "overwrite", "empty", "text", "missing"]
)
def test_damaged_checkpoint_is_named_and_the_one_before_used(
    tmp_path, uninterrupted, damage
):
    path = tmp_path / "run.pt"
    interrupt(path)
    content = bytearray(path.read_bytes())
    if damage == "truncate":
        del content[len(content) // 2 :]
    elif damage == "overwrite":
        middle = len(content) // 2
        content[middle : middle + 200] = bytes(200)
    elif damage == "empty":
        content.clear()
    elif damage == "text":
        content = b"no checkpoint"
    path.write_bytes(content)
    if damage == "missing":
        path.unlink()
        resumed = train(path)
    else:
        with pytest.warns(CheckpointWarning, match=r"run.pt is damaged"):
            resumed = train(path)
    assert_same(resumed, uninterrupted)


def test_every_flipped_byte_is_noticed(tmp_path):
    """Nothing that differs from what was saved is ever loaded in silence."""
    state = {"weights": torch.arange(12.0), "position": 3}
    settings = {"lr": "0.1"}
    path = tmp_path / "run.pt"
    Checkpoint(path, settings).save(state)
    content = path.read_bytes()
    noticed = 0
    for position in range(0, len(content), 7):
        changed = bytearray(content)
        changed[position] ^= 0x20
        path.write_bytes(changed)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                loaded = Checkpoint(path, settings).load()
            except CheckpointError:
                noticed += 1
                assert "damaged" in str(caught[0].message)
                continue
        assert torch.equal(loaded["weights"], state["weights"])
        assert loaded["position"] == 3
    assert noticed > 0


def test_two_damaged_files_are_an_error(tmp_path):
    path = tmp_path / "run.pt"
    interrupt(path)
    for file in tmp_path.iterdir():
        file.write_bytes(b"")
    with (
        pytest.warns(CheckpointWarning),
        pytest.raises(CheckpointError, match=r"another file, or delete .*run.pt and "),
    ):
        train(path)


def test_code_in_a_checkpoint_is_not_run(tmp_path):
    class RunsCode:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "ran"),)

    path = tmp_path / "run.pt"
    torch.save({"settings": {}, "state": RunsCode()}, path)
    with pytest.warns(CheckpointWarning), pytest.raises(CheckpointError):
        Checkpoint(path, {}).load()
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"lr": 0.2}, "expected lr = 0.1, got lr = 0.2"),
        ({"loss": GCELoss(0.5)}, r"expected loss = GCELoss\(q=0.7"),
        ({"epochs": 6}, "expected epochs = 5, got epochs = 6"),
        ({"pruning": Pruning(start=2)}, r"expected pruning = Pruning\(k=0.2"),
        ({"labels": tiny.noisy(DATA, seed=1)}, "expected labels = "),
    ],
)
def test_checkpoint_of_another_training_is_refused(tmp_path, change, named):
    path = tmp_path / "run.pt"
    interrupt(path, 1)
    with pytest.raises(
        CheckpointError, match=f"belongs to another training: .*{named}"
    ):
        train(path, **change)


def test_full_disk_is_a_warning_and_the_old_checkpoint_stays(
    tmp_path, monkeypatch, uninterrupted
):
    path = tmp_path / "run.pt"
    interrupt(path)
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.warns(CheckpointWarning, match="No space left on device"):
            trained = train(path)
    assert_same(trained, uninterrupted)
    assert path.read_bytes() == before
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == ["run.pt", "run.pt.previous"]


def test_full_disk_inside_torch_is_a_warning_too(tmp_path, monkeypatch):
    def full(*_):
        raise RuntimeError("PytorchStreamWriter failed writing file: file write failed")

    monkeypatch.setattr(torch, "save", full)
    with pytest.warns(CheckpointWarning, match="file write failed"):
        train(tmp_path / "run.pt", epochs=2)
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_written_is_told_before_training(tmp_path, monkeypatch):
    def never(*_):
        raise AssertionError("training has begun")

    (tmp_path / "file").touch()
    with pytest.raises(CheckpointError, match="a folder that can be written"):
        train(tmp_path / "file" / "run.pt", loss=never)

    for folder in (tmp_path, ".", ""):
        with pytest.raises(CheckpointError, match="must be a file, got the folder"):
            train(folder, loss=never)

    def read_only(self, *_args, **_options):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(pathlib.Path, "touch", read_only)
    with pytest.raises(CheckpointError, match=r"got .*run.pt .*Permission denied"):
        train(tmp_path / "run.pt", loss=never)


@pytest.mark.parametrize("fault", ["gone", "a file", "read only"])
def test_training_goes_on_when_the_folder_goes_away(
    tmp_path, monkeypatch, uninterrupted, fault
):
    folder = tmp_path / "drive"

    def lose(_model, history):
        if len(history) != 2:
            return
        if fault == "read only":  # what a file system says that is mounted anew

            def refuse(*_args, **_options):
                raise OSError(30, "Read-only file system")

            monkeypatch.setattr("builtins.open", refuse)
            monkeypatch.setattr(pathlib.Path, "unlink", refuse)
            return
        folder.rename(tmp_path / "lost")
        if fault == "a file":
            folder.touch()

    with pytest.warns(CheckpointWarning, match="could not be written"):
        trained = train(folder / "run.pt", callback=lose)
    assert_same(trained, uninterrupted)
