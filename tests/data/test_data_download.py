import hashlib
import multiprocessing
import os
import threading
from dataclasses import replace

import archives
import file_server
import numpy as np
import pytest
import torch

from gce_lib import data
from gce_lib.data import cache, download, sources
from gce_lib.data.download import fetch

CONTENT = np.random.Generator(np.random.PCG64(0)).bytes(200_000)
MD5 = hashlib.md5(CONTENT).hexdigest()


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(download, "STALL_SECONDS", 0.3)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with file_server.running({"file": CONTENT}) as running:
        yield running


def get(server, target, *behaviours, progress=False):
    urls = [server.url(f"{behaviour}/file") for behaviour in behaviours]
    fetch(urls, target, MD5, progress=progress)


def test_file_comes_whole(server, tmp_path):
    get(server, tmp_path / "new" / "file", "good")
    assert (tmp_path / "new" / "file").read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["file"]


def test_progress_is_shown(server, tmp_path, capsys):
    get(server, tmp_path / "file", "good", progress=True)
    assert "file: 100%" in capsys.readouterr().err


def test_interrupted_download_asks_only_for_the_rest(server, tmp_path):
    (tmp_path / "file.part").write_bytes(CONTENT[:120_000])
    get(server, tmp_path / "file", "good")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.requests == [("good", "bytes=120000-")]


def test_truncating_server_is_asked_until_all_is_there(server, tmp_path):
    get(server, tmp_path / "file", "truncate", "truncate", "good")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert [start for _, start in server.requests] == [
        None,
        "bytes=100000-",
        "bytes=150000-",
    ]


def test_one_truncating_server_is_enough(server, tmp_path):
    get(server, tmp_path / "file", "truncate")
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_stalled_download_goes_on_at_the_next_mirror(server, tmp_path):
    get(server, tmp_path / "file", "stall", "good")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.requests == [("stall", None), ("good", "bytes=50000-")]


def test_corrupt_and_missing_mirrors_are_passed_over(server, tmp_path):
    get(server, tmp_path / "file", "corrupt", "missing", "good")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.requests[-1] == ("good", None)


def test_good_mirror_repairs_what_a_bad_one_began(server, tmp_path):
    (tmp_path / "file.part").write_bytes(b"x" * 120_000)
    get(server, tmp_path / "file", "good")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert [start for _, start in server.requests] == ["bytes=120000-", None]


@pytest.mark.parametrize("length", [200_000, 300_000])
def test_part_that_is_too_long_is_replaced(server, tmp_path, length):
    (tmp_path / "file.part").write_bytes(b"x" * length)
    get(server, tmp_path / "file", "good")
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_part_that_is_complete_is_taken(server, tmp_path):
    (tmp_path / "file.part").write_bytes(CONTENT)
    get(server, tmp_path / "file", "missing")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.requests == []


def test_server_without_ranges_sends_all(server, tmp_path):
    (tmp_path / "file.part").write_bytes(CONTENT[:120_000])
    before = len(server.requests)
    get(server, tmp_path / "file", "norange")
    assert len(server.requests) == before + 1
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_failure_tells_the_reason_of_every_address(server, tmp_path):
    with pytest.raises(data.DataError) as error:
        get(server, tmp_path / "file", "missing", "corrupt")
    assert "missing/file: HTTP Error 404" in str(error.value)
    assert f"corrupt/file: expected MD5 {MD5}, got another file" in str(error.value)
    assert not (tmp_path / "file").exists()


def test_unreachable_address_is_an_error(tmp_path):
    with pytest.raises(data.DataError, match=r"127.0.0.1:9/file"):
        fetch(["http://127.0.0.1:9/file"], tmp_path / "file", MD5, progress=False)


def test_mirrors_are_tried_in_order(monkeypatch):
    monkeypatch.setenv("GCE_MIRRORS", "http://mine/ http://ours")
    known = sources.mirrors("cifar10")
    assert known[:2] == ["http://mine/", "http://ours"]
    assert known[-1] == "https://www.cs.toronto.edu/~kriz/"
    assert any("brainchip" in address for address in known[2:-1])


@pytest.fixture
def published(server, monkeypatch):
    """Let the server publish a small CIFAR-10 and a small Fashion-MNIST."""
    cifar = sources.CIFAR10
    folder = cifar.base_folder
    batches = [name for name, _ in cifar.train_list + cifar.test_list]
    members = {
        f"{folder}/{name}": archives.cifar_batch(10, seed, "labels")
        for seed, name in enumerate(batches)
    }
    names = [f"class {number}" for number in range(10)]
    members[f"{folder}/batches.meta"] = {"label_names": names}
    server.files[cifar.filename] = archives.cifar(members)
    generator = np.random.Generator(np.random.PCG64(0))
    for name in sources.SOURCES["fashion-mnist"].files:
        shape = (20, 28, 28) if "images" in name else (20,)
        array = generator.integers(10, size=shape).astype(np.uint8)
        server.files[name] = archives.idx(array)
    for name in ("cifar10", "fashion-mnist"):
        source = sources.SOURCES[name]
        files = {f: hashlib.md5(server.files[f]).hexdigest() for f in source.files}
        changed = replace(source, files=files, publishers=(server.url("missing/"),))
        monkeypatch.setitem(sources.SOURCES, name, changed)
    monkeypatch.setattr(sources, "MIRRORS_FILE", _no_mirrors())
    return server


class _no_mirrors:
    def read_text(self) -> str:
        return '{"cifar10": [], "fashion-mnist": []}'


@pytest.mark.parametrize(
    ("name", "train", "shape"),
    [("cifar10", 50, (3, 32, 32)), ("fashion-mnist", 20, (1, 28, 28))],
)
def test_data_set_is_downloaded_once(
    published, tmp_path, monkeypatch, name, train, shape
):
    mirrors = [published.url(path) for path in ("corrupt", "truncate", "good")]
    monkeypatch.setenv("GCE_MIRRORS", " ".join(mirrors))
    loaded = data.load(name, root=tmp_path, progress=False)
    assert loaded.shape == shape
    assert len(loaded.train_labels) == train
    assert loaded.num_classes == 10
    assert [path.name for path in tmp_path.iterdir()] == [f"{name}.npz"]
    asked = len(published.requests)
    again = data.load(name, root=tmp_path, progress=False)
    assert torch.equal(again.train_images, loaded.train_images)
    assert len(published.requests) == asked


def test_failed_download_says_what_to_do(published, tmp_path):
    with pytest.raises(data.DataError) as error:
        data.load("cifar10", root=tmp_path, progress=False)
    message = str(error.value)
    assert "HTTP Error 404" in message
    assert "`python -m gce_lib data cifar10`" in message
    assert str(tmp_path / "cifar10.npz") in message


def test_full_disk_is_told(published, tmp_path, monkeypatch):
    monkeypatch.setenv("GCE_MIRRORS", published.url("good"))

    def full(*_args, **_arrays):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(data.DataError, match="No space left on device"):
        data.load("cifar10", root=tmp_path, progress=False)
    assert not (tmp_path / "cifar10.npz").exists()


def full(*_args, **_arrays):
    raise OSError(28, "No space left on device")


@pytest.fixture
def good(published, monkeypatch):
    monkeypatch.setenv("GCE_MIRRORS", published.url("good"))
    return published


def test_a_full_disk_says_so_and_not_to_look_for_a_network(good, tmp_path, monkeypatch):
    def opened(path, *_):
        raise OSError(28, "No space left on device", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(download, "open", opened, raising=False)
        with pytest.raises(data.DataError, match="free some space there, or") as error:
            data.load("cifar10", root=tmp_path / "new", progress=False)
    assert "network" not in str(error.value)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(data.DataError, match="free some space there, or name"):
        data.load("cifar10", root=tmp_path, progress=False)


def test_a_file_in_the_way_is_named(good, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(data.DataError, match=r"file/cifar10.npz must be in a folder"):
        data.load("cifar10", root=tmp_path / "file", progress=False)


def test_nothing_of_anybody_else_is_touched(good, tmp_path):
    """Folders, links to folders and files beside the cached file stay as they are."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    archive = elsewhere / sources.CIFAR10.filename
    archive.write_bytes(good.files[archive.name])
    root = tmp_path / "data"
    (root / "cifar10").mkdir(parents=True)
    (root / "cifar10" / "labels.csv").write_text("1,2")
    (root / "fashion-mnist").symlink_to(elsewhere, target_is_directory=True)
    ours = root / "cifar10.gce-download"
    ours.mkdir()
    (ours / "notes.txt").write_text("mine")
    for name in ("cifar10", "fashion-mnist"):
        data.load(name, root=root, progress=False)
    assert (root / "cifar10" / "labels.csv").read_text() == "1,2"
    assert archive.exists()
    assert (root / "fashion-mnist").is_symlink()
    assert [path.name for path in ours.iterdir()] == ["notes.txt"]


def test_a_failed_download_leaves_no_empty_folder(published, tmp_path):
    with pytest.raises(data.DataError, match="404"):
        data.load("cifar10", root=tmp_path / "a" / "b", progress=False)
    assert list(tmp_path.iterdir()) == []


def load_in_silence(root):
    data.load("cifar10", root=root, progress=False)


def test_processes_that_load_at_once_make_the_file_once(good, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "STALL_SECONDS", 60)
    context = multiprocessing.get_context("fork")
    processes = [
        context.Process(target=load_in_silence, args=(tmp_path,)) for _ in range(4)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    assert len(good.requests) == 1
    assert os.listdir(tmp_path) == ["cifar10.npz"]


def test_one_who_waits_in_vain_makes_the_file_itself(good, tmp_path, capsys):
    """The process that held the lock has failed and has removed its folder."""
    from filelock import FileLock

    folder = tmp_path / "cifar10.gce-download"
    folder.mkdir()
    lock = FileLock(folder / "lock")
    with lock:
        waiting = threading.Thread(
            target=lambda: data.load("cifar10", root=tmp_path, progress=True)
        )
        waiting.start()
        while "waiting for the process" not in capsys.readouterr().err:
            assert waiting.is_alive()
        folder.rename(tmp_path / "gone")  # at once: who waits looks every moment
    waiting.join()
    assert sorted(os.listdir(tmp_path)) == ["cifar10.npz", "gone"]


def test_a_file_system_without_locks_will_do(good, tmp_path, monkeypatch):
    def unsupported(*_args, **_options):
        raise NotImplementedError("no flock here")

    monkeypatch.setattr("filelock.FileLock.acquire", unsupported)
    data.load("cifar10", root=tmp_path, progress=False)
    assert os.listdir(tmp_path) == ["cifar10.npz"]


def test_the_home_folder_may_be_written_as_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    expected = tmp_path / "data" / "cifar10.npz"
    assert cache.cached_file("cifar10", "~/data") == expected
    monkeypatch.setenv("GCE_DATA", "~/data")
    assert cache.cached_file("cifar10", None) == expected
    monkeypatch.setenv("GCE_DATA", "")
    made = tmp_path / ".cache" / "gce_lib" / "cifar10.npz"
    assert cache.cached_file("cifar10", None) == made
    with pytest.raises(TypeError, match=r"root must be a path, got 3 \(int\)"):
        data.load("cifar10", root=3)
