import gzip
import pickle

import archives
import numpy as np
import pytest

from gce_lib.data.readers import read_cifar, read_idx, unpickle_arrays


class RunsCode:
    def __reduce__(self):
        return exec, ("raise SystemExit('code of the file has run')",)


def test_pickles_of_python_2_are_read():
    content = {"data": np.arange(6, dtype=np.uint8), "labels": [1, 2], "name": "x"}
    got = unpickle_arrays(archives.pickle_like_python2(content))
    assert got["labels"] == [1, 2]
    assert got["name"] == "x"
    assert got["data"].dtype == np.uint8
    assert np.array_equal(got["data"], content["data"])


@pytest.mark.parametrize(
    "pickled",
    [
        pickle.dumps({"data": RunsCode()}),
        pickle.dumps({"data": print}),
        b"cposix\nsystem\n(S'true'\ntR.",
        b"cnumpy\nload\n(S'other.npy'\ntR.",
    ],
)
def test_code_in_a_pickle_is_refused_and_not_run(pickled):
    with pytest.raises(pickle.UnpicklingError, match="expected NumPy arrays"):
        unpickle_arrays(pickled)


def test_cifar_archive_becomes_images(tmp_path):
    train = [archives.cifar_batch(4, seed, "labels") for seed in (0, 1)]
    test = archives.cifar_batch(3, 2, "labels")
    path = tmp_path / "cifar.tar.gz"
    members = {"f/1": train[0], "f/2": train[1], "f/t": test, "f/m": {"names": ["a"]}}
    path.write_bytes(archives.cifar(members))
    got = read_cifar(path, ["f/1", "f/2"], ["f/t"], "labels", "f/m", "names")
    assert got["x_train"].shape == (8, 32, 32, 3)
    assert got["x_test"].shape == (3, 32, 32, 3)
    assert got["y_train"].tolist() == train[0]["labels"] + train[1]["labels"]
    assert got["y_train"].dtype == np.uint8
    assert got["classes"].tolist() == ["a"]
    red, green = train[1]["data"][0].reshape(3, 32, 32)[:2]
    assert np.array_equal(got["x_train"][4, :, :, 0], red)
    assert np.array_equal(got["x_train"][4, :, :, 1], green)


def test_idx_file_is_read(tmp_path):
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    path = tmp_path / "images.gz"
    path.write_bytes(archives.idx(array))
    assert np.array_equal(read_idx(path), array)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"text", "expected an IDX file"), (b"\0\0\x08\x01\0\0\0\x05ab", "got 2")],
)
def test_wrong_idx_file_is_refused(tmp_path, content, message):
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(content))
    with pytest.raises(ValueError, match=message):
        read_idx(path)
