"""Labels of people: downloaded once, believed only if they are the known ones."""

import hashlib
import importlib
import os

import file_server
import numpy as np
import pytest
import torch

from gce_lib import noise
from gce_lib.data import DataError, download

human_module = importlib.import_module("gce_lib.noise.human")
NAMES = ("clean_label", *human_module.KINDS.values())
LABELS = {
    name: np.random.Generator(np.random.PCG64(seed)).integers(10, size=5000)
    for seed, name in enumerate(NAMES)
}


def saved(tmp_path, content, **options) -> bytes:
    torch.save(content, tmp_path / "saved.pt", **options)
    return (tmp_path / "saved.pt").read_bytes()


@pytest.fixture
def server(monkeypatch, tmp_path):
    """Delivers a small file in the published form, which is taken for the real one."""
    content = b"".join(LABELS[name].astype(np.uint8).tobytes() for name in NAMES)
    monkeypatch.setattr(human_module, "DIGEST", hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(download, "STALL_SECONDS", 0.3)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with file_server.running({"file": saved(tmp_path, LABELS)}) as running:
        address = running.url("good/file")
        monkeypatch.setattr(human_module, "ADDRESS", address)
        yield running


def human(tmp_path, kind="worse", **options):
    return noise.human(
        "cifar10", kind, root=tmp_path / "root", progress=False, **options
    )


@pytest.mark.parametrize("kind", noise.HUMAN_KINDS)
def test_labels_are_those_of_the_published_file(server, tmp_path, kind):
    labels = human(tmp_path, kind)
    assert labels.noisy.tolist() == LABELS[human_module.KINDS[kind]].tolist()
    assert labels.clean.tolist() == LABELS["clean_label"].tolist()
    assert (labels.num_classes, labels.seed) == (10, None)
    assert labels.rate == (labels.noisy != labels.clean).double().mean()


def test_they_are_downloaded_once_and_kept_as_bytes(server, tmp_path):
    first, again = human(tmp_path), human(tmp_path, download=False)
    assert first.digest == again.digest
    assert len(server.requests) == 1
    (path,) = (tmp_path / "root").iterdir()
    with np.load(path, allow_pickle=False) as arrays:
        assert set(arrays) == set(NAMES)
        assert all(arrays[name].dtype == np.uint8 for name in NAMES)


def test_a_download_goes_on_where_it_broke_off(server, tmp_path, monkeypatch):
    monkeypatch.setattr(human_module, "ADDRESS", server.url("truncate/file"))
    assert len(human(tmp_path)) == 5000
    starts = [start for _, start in server.requests]
    assert starts[0] is None
    assert all(start.startswith("bytes=") for start in starts[1:])


@pytest.mark.parametrize("module", ["numpy.core.multiarray", "numpy._core.multiarray"])
def test_files_of_older_versions_are_read(server, tmp_path, module):
    content = saved(tmp_path, LABELS, _use_new_zipfile_serialization=False)
    written = np.empty(0).__reduce__()[0].__module__.encode()
    server.files["file"] = content.replace(written, module.encode())
    assert written in content
    assert len(human(tmp_path)) == 5000


class Forged:
    def __reduce__(self):
        return os.putenv, ("GCE_FORGED", "1")


@pytest.mark.parametrize(
    "content",
    [
        {**LABELS, "worse_label": LABELS["worse_label"][::-1].copy()},
        {**LABELS, "worse_label": ["ten"]},
        {"clean_label": LABELS["clean_label"]},
        [1, 2],
        {**LABELS, "extra": Forged()},
    ],
    ids=["other labels", "words", "missing", "list", "forged"],
)
def test_other_content_is_not_believed_and_never_run(
    server, tmp_path, monkeypatch, content
):
    server.files["file"] = saved(tmp_path, content)
    ran = []
    monkeypatch.setattr(os, "putenv", lambda *given: ran.append(given))
    with pytest.raises(DataError, match="expected its content, got another file"):
        human(tmp_path)
    assert not ran
    assert not list((tmp_path / "root").glob("*.npz"))


def test_without_a_network_it_is_said_what_to_do(server, tmp_path, monkeypatch):
    monkeypatch.setattr(human_module, "ADDRESS", server.url("missing/file"))
    with pytest.raises(
        DataError, match=r"cannot be made .*404.* copy it to .*human.pt"
    ):
        human(tmp_path)
    with pytest.raises(DataError, match="download=False"):
        human(tmp_path, download=False)


def test_a_file_that_was_copied_by_hand_is_taken(server, tmp_path, monkeypatch):
    monkeypatch.setattr(human_module, "ADDRESS", server.url("missing/file"))
    (tmp_path / "root").mkdir()
    target = tmp_path / "root" / "CIFAR-10_human.pt"
    target.write_bytes(server.files["file"])
    assert len(human(tmp_path)) == 5000
    assert server.requests == []
    assert target.read_bytes() == server.files["file"]


def test_a_file_of_somebody_else_stays(server, tmp_path):
    (tmp_path / "root").mkdir()
    target = tmp_path / "root" / "CIFAR-10_human.pt"
    target.write_bytes(b"mine")
    assert len(human(tmp_path)) == 5000
    assert target.read_bytes() == b"mine"
    names = sorted(os.listdir(tmp_path / "root"))
    assert names == [target.name, "cifar10n-labels.npz"]


def test_a_full_disk_says_so(server, tmp_path, monkeypatch):
    def full(*_args, **_arrays):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(DataError, match="free some space there, or name another"):
        human(tmp_path)


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-100], lambda _data: b"nonsense"]
)
def test_a_damaged_cache_is_refused(server, tmp_path, damage):
    human(tmp_path)
    path = tmp_path / "root" / "cifar10n-labels.npz"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataError, match="is damaged: expected the labels of CIFAR-10N"):
        human(tmp_path)


def test_labels_that_do_not_exist_are_refused():
    with pytest.raises(
        ValueError, match=r"kind must be one of aggregate, .* got 'best'"
    ):
        noise.human("cifar10", "best")
    with pytest.raises(
        ValueError, match=r"dataset must be one of cifar10, got 'mnist'"
    ):
        noise.human("mnist", "worse")


@pytest.mark.parametrize(
    ("dataset", "kind", "rate"),
    [
        ("cifar10", "aggregate", 0.0901),
        ("cifar10", "random1", 0.1723),
        ("cifar10", "random2", 0.1812),
        ("cifar10", "random3", 0.1764),
        ("cifar10", "worse", 0.4021),
        ("fashion-mnist", "one", 0.332),
    ],
)
def test_the_matrices_that_ship_have_the_published_rates(dataset, kind, rate):
    T = noise.human_matrix(dataset, kind)
    assert torch.equal(noise.check_transition_matrix(T), T)
    assert 1 - T.diagonal().mean().item() == pytest.approx(rate, abs=5e-4)


def test_people_call_coats_pullovers_more_often_than_coats():
    coat = noise.human_matrix("fashion-mnist", "one")[4]
    assert coat.argmax() == 2


def test_labels_are_made_from_any_two_arrays():
    labels = noise.NoisyLabels.from_arrays([0, 2, 1, 1], np.array([0, 0, 1, 1]))
    assert (labels.num_classes, labels.rate, labels.seed) == (3, 0.25, None)
    assert labels.T[0].tolist() == [0.5, 0, 0.5]
    drawn = noise.corrupt(labels.clean, torch.eye(3), seed=0)
    same = noise.NoisyLabels.from_arrays(drawn.noisy, drawn.clean, 3)
    assert same.digest == drawn.digest
    nobody = torch.tensor([], dtype=torch.int64)
    assert len(noise.NoisyLabels.from_arrays(nobody, nobody)) == 0


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([0, 1], [0]), ValueError, "equally many, got 2 and 1"),
        (([0, 3], [0, 1], 3), ValueError, r"labels must be in \[0, 2\]"),
        (([0.5], [0]), TypeError, "labels must be integers"),
    ],
)
def test_what_is_wrong_with_two_arrays_is_said(arguments, error, message):
    with pytest.raises(error, match=message):
        noise.NoisyLabels.from_arrays(*arguments)
