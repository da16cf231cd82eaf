"""Features and ids beside images: how they are kept, standardised and refused."""

import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from gce_lib import models
from gce_lib.data import Batches, ImageDataset, side_by_side

RNG = np.random.default_rng(0)
TABLE = RNG.normal(3, [1, 10, 0.1], size=(40, 3))
IDS = RNG.integers(0, 9, size=(40, 5))
Y = np.arange(40) % 2


def build(x, *, test=None, y=Y, **more):
    arrays = {"x_train": x, "y_train": y, "classes": ("no", "yes"), **more}
    if test is not None:
        arrays |= {"x_test": test, "y_test": Y[: len(test)]}
    return ImageDataset.from_arrays("mine", arrays)


def first_batch(data, **options):
    batches = Batches(
        data.train_images,
        data.train_labels,
        len(data.train_labels),
        shuffle=False,
        mean=data.mean,
        std=data.std,
        device="cpu",
        **options,
    )
    return next(iter(batches))[0]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ">f8"])
def test_each_feature_is_standardised_over_the_training_examples(dtype):
    data = build(TABLE.astype(dtype), test=TABLE[:7].astype(dtype))
    assert data.kind == "features"
    assert data.shape == (3,)
    assert "40 + 7 features of shape (3,), 2 classes" in repr(data)
    kept = data.train_images.double().numpy()
    assert data.mean == pytest.approx(kept.mean(0), rel=1e-12)
    assert data.std == pytest.approx(kept.std(0), rel=1e-12)
    x = first_batch(data)
    assert x.dtype == torch.float32
    np.testing.assert_allclose(x, (kept - kept.mean(0)) / kept.std(0), atol=1e-5)


@pytest.mark.parametrize("shape", [(40, 3, 4), (40, 3, 6, 6), (40, 3, 2, 5, 6)])
def test_each_channel_of_larger_features_is_standardised(shape):
    values = torch.from_numpy(RNG.normal(5, 2, size=shape)).float()
    values[:, 1] *= 100
    data = build(values)
    assert data.shape == shape[1:]
    x = first_batch(data)
    assert x.shape == shape
    others = [0, *range(2, x.ndim)]
    torch.testing.assert_close(x.mean(others), torch.zeros(3), atol=1e-5, rtol=0)
    std = x.double().std(others, correction=0).float()
    torch.testing.assert_close(std, torch.ones(3))


def test_statistics_are_those_of_all_parts():
    values = torch.from_numpy(RNG.normal(size=(9000, 2)))
    data = build(values, y=np.zeros(9000, int))
    assert data.mean == pytest.approx(values.mean(0).tolist(), rel=1e-12)
    assert data.std == pytest.approx(values.std(0, correction=0).tolist(), rel=1e-12)


@pytest.mark.parametrize("constant", [0.0, 0.1, -1e30, 1e-30])
def test_a_constant_feature_is_zero(constant):
    values = TABLE.astype(np.float32)
    values[:, 1] = constant
    data = build(values)
    assert data.std[1] == 1
    x = first_batch(data)
    assert x.isfinite().all()
    assert x[:, 1].abs().max() <= 1e-6 * abs(constant)


def test_a_float64_feature_far_from_zero_keeps_its_digits():
    seconds = TABLE.copy()
    seconds[:, 0] += 1.7e9  # a date in seconds
    x = first_batch(build(seconds))
    expected = first_batch(build(TABLE))
    torch.testing.assert_close(x, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.uint16, np.int64, ">i4"])
def test_ids_are_left_as_they_are(dtype):
    data = build(IDS.astype(dtype), test=IDS[:3].astype(dtype))
    assert (data.kind, data.mean, data.std) == ("ids", (), ())
    x = first_batch(data)
    assert x.dtype == torch.int64
    assert np.array_equal(x, IDS)


def test_arrays_of_every_layout_will_do():
    flipped, read_only = TABLE[::-1], TABLE.copy()
    read_only.flags.writeable = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.array_equal(build(flipped).train_images, flipped)
        assert np.array_equal(build(read_only).train_images, TABLE)
        assert np.array_equal(build(np.asfortranarray(TABLE)).train_images, TABLE)


def test_without_a_test_set():
    data = build(TABLE)
    assert data.test_images.shape == (0, 3)
    assert len(data.test_labels) == 0
    assert "40 + 0 features" in repr(data)
    images = build(np.zeros((40, 8, 8), np.uint8))
    assert images.test_images.shape == (0, 8, 8, 1)


def test_a_network_for_a_table():
    data = build(TABLE)
    assert models.build("mlp", data)(first_batch(data)).shape == (40, 2)


def test_whitening_sees_float_images_as_a_training_does():
    values = RNG.normal(100, 7, size=(40, 3, 16, 16))
    model = models.build("compact_cnn", build(values), seed=0)
    bright = models.build("compact_cnn", build(10 * values + 3), seed=0)
    torch.testing.assert_close(model[0].weight, bright[0].weight, rtol=1e-3, atol=1e-3)
    assert model[0].weight.abs().max() < 10


NUMBERS = torch.from_numpy(TABLE)
WITH_NAN = TABLE.copy()
WITH_NAN[4, 1] = WITH_NAN[6, 0] = np.nan
WRONG = [
    (
        {"x": TABLE[:, 0]},
        r"x_train .* got torch.float64 \(40,\): .*x\[:, None\]",
    ),
    ({"x": WITH_NAN}, "finite in float32, got nan in example 4, the first of 2: fill"),
    ({"x": np.where(TABLE > 0, np.inf, 1)}, "finite in float32, got inf in example"),
    ({"x": np.full((40, 2), 1e300)}, r"finite in float32, got 1e\+300 in example 0"),
    ({"x": TABLE, "test": WITH_NAN}, "x_test must be finite in float32, got nan"),
    ({"x": TABLE.astype(object)}, r"got an array object of shape \(40, 3\): try np.as"),
    ({"x": TABLE > 0}, r"got an array bool .*: try np.asarray\(..., dtype=np.float32"),
    ({"x": NUMBERS > 0}, r"got a tensor torch.bool .*: try .float\(\)"),
    ({"x": TABLE + 1j}, "got an array complex128"),
    ({"x": TABLE.tolist()}, r"got one \(list\): try np.asarray"),
    ({"x": None}, r"x_train must be uint8 images .* or integer ids .*, got None"),
    ({"x": ["a text"] * 40}, "got one .list.: a tokenizer makes ids of text"),
    ({"x": np.array(["a"] * 40)}, "got an array <U1 .*: a tokenizer makes ids of text"),
    ({"x": np.array(["a"] * 40, object)}, r"an array object of shape .*: a tokenizer"),
    ({"x": [["a", "word"]] * 40}, r"got one \(list\): a tokenizer makes ids of text"),
    ({"x": pd.DataFrame(TABLE)}, r"got one \(DataFrame\): try np.asarray"),
    ({"x": TensorDataset(NUMBERS)}, "one .TensorDataset.: stack its examples, as torc"),
    ({"x": DataLoader([1])}, "DataLoader.*: stack its examples, as torch.stack"),
    ({"x": NUMBERS.to_sparse()}, r"try .to_dense\(\)"),
    ({"x": NUMBERS.clone().requires_grad_()}, r"must be constant, got .*try .detach\("),
    ({"x": TABLE[:0], "y": Y[:0]}, "x_train must have at least one example, got none"),
    ({"x": TABLE[:, :0]}, r"x_train must be .*, got torch.float64 \(40, 0\)"),
    ({"x": TABLE.astype(np.uint8)}, r"got torch.uint8 \(40, 3\): numbers .* as floats"),
    ({"x": IDS[:, 0]}, r"integer ids \(N, T\), got torch.int64 \(40,\): numbers that"),
    (
        {"x": IDS.reshape(20, 2, 5)},
        r"got torch.int64 \(20, 2, 5\): numbers that are",
    ),
    ({"x": -IDS}, "x_train must be ids of at least 0, got -8: amounts come as floats"),
    ({"x": np.zeros((40, 9, 8, 3))}, r"channels of floats first, .*try .permute\(0, 3"),
    ({"x": TABLE, "test": TABLE[:, :2]}, r"x_test must be features of shape \(3,\) li"),
    ({"x": TABLE, "test": IDS[:, :3]}, r"like x_train, got ids of shape \(3,\)"),
    (
        {"x": TABLE, "y": Y[:9]},
        r"y_train must be int64 \(40,\), got .* \(9,\)",
    ),
    (
        {"x": TABLE, "y": ["no"] * 40},
        "got 40 such as 'no' .*: the position of each one",
    ),
    ({"x": TABLE, "y": {"no", "yes"}}, r"y_train must be int64 \(40,\), got 2 such as"),
    (
        {"x": TABLE, "y": pd.Series(["no"] * 40, index=range(5, 45))},
        r"y_train must be int64 \(40,\), got 40 such as 'no' \(str\): the position of",
    ),
    ({"x": TABLE, "classes": 2}, r"classes must be the names of the classes, got 2"),
    ({"x": TABLE, "x_test": TABLE}, "arrays must have .*, got none for y_test"),
    ({"x": TABLE, "y_test": Y}, "arrays must have .*, got none for x_test"),
    ({"x": TABLE, "x_tset": TABLE}, "arrays must have .*, got x_tset too"),
]


@pytest.mark.parametrize(("given", "message"), WRONG)
def test_wrong_examples_are_told(given, message):
    given = dict(given)
    with pytest.raises((ValueError, TypeError), match=message) as error:
        build(given.pop("x"), **given)
    assert "\n" not in str(error.value)
    assert ". " not in str(error.value).replace("...", "")


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        (TABLE, r"got an array float64 of shape \(40, 3\): try torch.from_numpy"),
        (torch.from_numpy(WITH_NAN), "images must be finite in float32"),
        (torch.from_numpy(IDS).int(), "got a tensor torch.int32"),
    ],
)
def test_batches_want_tensors(examples, message):
    with pytest.raises((ValueError, TypeError), match=message):
        Batches(examples, Y, 8, device="cpu")


@pytest.mark.parametrize("x", [TABLE, IDS, np.zeros((40, 3, 8, 8))])
def test_only_images_are_augmented(x):
    data = build(x)
    with pytest.raises(ValueError, match=f"augment must be empty for {data.kind}, got"):
        first_batch(data, augment=("flip",))


def test_pairs_are_made_of_images_with_a_test_set():
    for x in (TABLE, np.zeros((40, 8, 8), np.uint8)):
        with pytest.raises(ValueError, match="dataset must have images to train and"):
            side_by_side(build(x))
