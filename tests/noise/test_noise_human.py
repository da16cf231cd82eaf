"""Labels of people: downloaded once, believed only if they are the known ones."""

import hashlib
import importlib
import os
from dataclasses import replace

import file_server
import numpy as np
import pytest
import tiny_root
import torch

from gce_lib import data, noise
from gce_lib.data import DataError, download

human_module = importlib.import_module("gce_lib.noise.human")
CIFAR10N, COUNTS = human_module.CIFAR10N, human_module.FASHION_MNIST_H
LABELS = {
    name: np.random.Generator(np.random.PCG64(seed)).integers(10, size=5000)
    for seed, name in enumerate(CIFAR10N.arrays)
}


def saved(tmp_path, content, **options) -> bytes:
    torch.save(content, tmp_path / "saved.pt", **options)
    return (tmp_path / "saved.pt").read_bytes()


def written(counts: np.ndarray) -> bytes:
    lines = (",".join(map(str, row)) + "\n" for row in counts)
    return "".join(lines).encode()


def digest(*arrays: np.ndarray) -> str:
    content = b"".join(array.astype(np.uint8).tobytes() for array in arrays)
    return hashlib.sha256(content).hexdigest()


def published_at(monkeypatch, **changes):
    """Take another address or digest for that of the published labels of CIFAR-10."""
    changed = replace(human_module.CIFAR10N, **changes)
    monkeypatch.setattr(human_module, "CIFAR10N", changed)


@pytest.fixture
def server(monkeypatch, tmp_path):
    """Delivers a small file in the published form, which is taken for the real one."""
    monkeypatch.setattr(download, "STALL_SECONDS", 0.3)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with file_server.running({"file": saved(tmp_path, LABELS)}) as running:
        address = running.url("good/file")
        known = digest(*(LABELS[name] for name in CIFAR10N.arrays))
        published_at(monkeypatch, address=address, digest=known)
        yield running


def human(tmp_path, kind="worse", **options):
    return noise.human(
        "cifar10", kind, root=tmp_path / "root", progress=False, **options
    )


@pytest.mark.parametrize("kind", noise.HUMAN_KINDS["cifar10"])
def test_labels_are_those_of_the_published_file(server, tmp_path, kind):
    labels = human(tmp_path, kind)
    assert labels.noisy.tolist() == LABELS[human_module._CIFAR10N[kind]].tolist()
    assert labels.clean.tolist() == LABELS["clean_label"].tolist()
    assert (labels.num_classes, labels.seed) == (10, None)
    assert labels.rate == (labels.noisy != labels.clean).double().mean()


def test_they_are_downloaded_once_and_kept_as_bytes(server, tmp_path):
    first, again = human(tmp_path), human(tmp_path, download=False)
    assert first.digest == again.digest
    assert len(server.requests) == 1
    (path,) = (tmp_path / "root").iterdir()
    with np.load(path, allow_pickle=False) as arrays:
        assert set(arrays) == set(CIFAR10N.arrays)
        assert all(arrays[name].dtype == np.uint8 for name in CIFAR10N.arrays)


def test_a_download_goes_on_where_it_broke_off(server, tmp_path, monkeypatch):
    published_at(monkeypatch, address=server.url("truncate/file"))
    assert len(human(tmp_path)) == 5000
    starts = [start for _, start in server.requests]
    assert starts[0] is None
    assert all(start.startswith("bytes=") for start in starts[1:])


@pytest.mark.parametrize("module", ["numpy.core.multiarray", "numpy._core.multiarray"])
def test_files_of_older_versions_are_read(server, tmp_path, module):
    content = saved(tmp_path, LABELS, _use_new_zipfile_serialization=False)
    named = np.empty(0).__reduce__()[0].__module__.encode()
    server.files["file"] = content.replace(named, module.encode())
    assert named in content
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
    published_at(monkeypatch, address=server.url("missing/file"))
    with pytest.raises(
        DataError, match=r"cannot be made .*404.* copy it to .*human.pt"
    ):
        human(tmp_path)
    with pytest.raises(DataError, match="download=False"):
        human(tmp_path, download=False)


def test_a_file_that_was_copied_by_hand_is_taken(server, tmp_path, monkeypatch):
    published_at(monkeypatch, address=server.url("missing/file"))
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
        ValueError, match=r"dataset must be one of cifar10, fashion-.* got 'mnist'"
    ):
        noise.human("mnist", "worse")
    with pytest.raises(ValueError, match=r"kind must be one of one, .* got 'worse'"):
        noise.human("fashion-mnist-h", "worse")
    with pytest.raises(ValueError, match="seed must be an integer of at least 0"):
        noise.human("fashion-mnist-h", "one", seed=-1)


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


PEOPLE = 60  # who label each of the 200 test images of a small Fashion-MNIST


def small_counts() -> np.ndarray:
    """Return counts of which half are right, and a class that most get wrong."""
    clean = np.arange(200) % 10
    counts = np.full((200, 10), 3)
    counts[np.arange(200), clean] = 33
    confused = clean == 4
    counts[confused, 4], counts[confused, 2] = 13, 23
    assert (counts.sum(axis=1) == PEOPLE).all()
    return counts


@pytest.fixture
def clothes(monkeypatch, tmp_path):
    """Delivers counts of a small Fashion-MNIST, taken for the published ones."""
    root = tmp_path / "root"
    root.mkdir()
    tiny_root.write(root)
    counts = small_counts()
    monkeypatch.setattr(download, "STALL_SECONDS", 0.3)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with file_server.running({"file": written(counts)}) as running:

        def behave(behaviour: str) -> None:
            changed = replace(
                COUNTS, address=running.url(f"{behaviour}/file"), digest=digest(counts)
            )
            monkeypatch.setattr(human_module, "FASHION_MNIST_H", changed)

        running.behave = behave
        behave("good")
        yield running


def of_people(tmp_path, kind="one", **options):
    options = {"root": tmp_path / "root", "progress": False} | options
    return noise.human("fashion-mnist-h", kind, **options)


def test_one_person_errs_as_often_as_the_people_counted(clothes, tmp_path):
    drawn = [of_people(tmp_path, seed=seed) for seed in range(30)]
    T = torch.stack([labels.T for labels in drawn]).mean(dim=0)
    for label, (right, pullover) in {0: (33, 3), 4: (13, 23)}.items():
        assert T[label, label].item() == pytest.approx(right / PEOPLE, abs=0.06)
        assert T[label, 2].item() == pytest.approx(pullover / PEOPLE, abs=0.06)
    assert len({labels.digest for labels in drawn}) == 30
    again = of_people(tmp_path, seed=3)
    assert (again.digest, again.seed) == (drawn[3].digest, 3)
    dataset = data.load("fashion-mnist-h", root=tmp_path / "root")
    assert torch.equal(again.clean, dataset.train_labels)


def test_three_people_are_three_different_ones_and_the_majority_counts():
    counts = torch.tensor([[1.0, 2.0, 0.0], [0.0, 1.0, 2.0]])
    random = human_module.generator(0)
    votes = human_module._asked(counts, 3, random)
    assert torch.equal(votes, counts)  # there are no others to ask
    assert human_module._majority(votes, random).tolist() == [1, 2]
    many = torch.tensor([[6.0, 4.0]]).repeat(20_000, 1)
    two_or_three = 1 - (4 * 3 * 2 + 3 * 4 * 3 * 6) / (10 * 9 * 8)  # without replacement
    labels = human_module._majority(human_module._asked(many, 3, random), random)
    assert (labels == 0).double().mean().item() == pytest.approx(two_or_three, abs=0.02)


def test_a_tie_is_broken_at_random():
    tied = torch.tensor([[5.0, 5.0, 4.0]]).repeat(10_000, 1)
    labels = human_module._majority(tied, human_module.generator(0))
    shares = torch.bincount(labels, minlength=3) / len(labels)
    assert shares.tolist() == pytest.approx([0.5, 0.5, 0], abs=0.02)


def test_more_people_err_less_but_for_what_most_get_wrong(clothes, tmp_path):
    kinds = noise.HUMAN_KINDS["fashion-mnist-h"]
    one, three, everybody = (of_people(tmp_path, kind) for kind in kinds)
    assert one.rate > three.rate > everybody.rate == 0.1
    assert everybody.T[4, 2] == 1


def test_counts_are_downloaded_once_and_go_on_where_they_broke_off(clothes, tmp_path):
    clothes.behave("truncate")
    first = of_people(tmp_path)
    starts = [start for _, start in clothes.requests]
    assert starts[0] is None
    assert len(starts) > 1
    assert all(start.startswith("bytes=") for start in starts[1:])
    assert of_people(tmp_path, download=False).digest == first.digest
    with np.load(tmp_path / "root" / "fashion-mnist-h-counts.npz") as arrays:
        assert arrays["counts"].dtype == np.uint8
        np.testing.assert_array_equal(arrays["counts"], small_counts())
    assert not list((tmp_path / "root").glob("*download*"))


@pytest.mark.parametrize(
    "content", [written(small_counts()[::-1]), b"300,1\n", b"<html>", b""]
)
def test_other_counts_are_not_believed(clothes, tmp_path, content):
    clothes.files["file"] = content
    with pytest.raises(DataError, match="expected its content, got another file"):
        of_people(tmp_path)
    assert not list((tmp_path / "root").glob("*counts*"))


def test_counts_that_were_copied_by_hand_are_taken(clothes, tmp_path):
    clothes.behave("missing")
    with pytest.raises(DataError, match=r"404.* copy it to .*fmh_counts.csv"):
        of_people(tmp_path)
    (tmp_path / "root" / "fmh_counts.csv").write_bytes(written(small_counts()))
    assert len(of_people(tmp_path)) == 200


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
