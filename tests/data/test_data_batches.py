import pytest
import tiny
import torch

from gce_lib.data import Batches


@pytest.fixture(scope="module")
def made():
    return tiny.dataset(train=50)


def batches(made, batch_size=16, **options):
    options = {"device": "cpu", **options}
    return Batches(made.train_images, made.train_labels, batch_size, **options)


def epoch(iterator):
    return [tuple(part.clone() for part in batch) for batch in iterator]


def assert_equal(first, second):
    assert len(first) == len(second)
    for parts in zip(first, second, strict=True):
        for a, b in zip(*parts, strict=True):
            assert torch.equal(a, b)


def test_an_epoch_has_every_example_once(made):
    got = epoch(batches(made))
    assert [len(y) for _, y, _ in got] == [16, 16, 16, 2]
    index = torch.cat([index for _, _, index in got])
    assert sorted(index.tolist()) == list(range(50))
    assert index.tolist() != list(range(50))


def test_labels_and_pixels_belong_to_the_index(made):
    for x, y, index in batches(made, mean=made.mean, std=made.std):
        assert torch.equal(y, made.train_labels[index])
        pixels = made.train_images[index].permute(0, 3, 1, 2) / 255
        torch.testing.assert_close(x, (pixels - made.mean[0]) / made.std[0])


def test_normalisation_is_by_channel():
    colour = tiny.dataset(channels=3)
    (x, _, _), *_ = batches(colour, 240, mean=colour.mean, std=colour.std)
    assert x.mean(dim=(0, 2, 3)).tolist() == pytest.approx([0, 0, 0], abs=1e-5)
    assert x.std(dim=(0, 2, 3)).tolist() == pytest.approx([1, 1, 1], abs=1e-3)


def test_images_are_channels_last_float32():
    (x, _, _), *_ = batches(tiny.dataset(channels=3))
    assert x.shape == (16, 3, 8, 8)
    assert x.dtype == torch.float32
    assert x.is_contiguous(memory_format=torch.channels_last)


def test_equal_seeds_give_equal_batches_whatever_else_runs(made):
    augment = ("crop", "flip")
    first, second = (batches(made, augment=augment, seed=3) for _ in range(2))
    got = []
    for batch in first:
        torch.manual_seed(0)
        torch.rand(7)
        got.append(batch)
    assert_equal(got, epoch(second))
    assert_equal(epoch(first), epoch(second))


def test_epochs_and_seeds_differ(made):
    order = batches(made, 50)
    first, second = (epoch(order)[0][2].tolist() for _ in range(2))
    other = epoch(batches(made, 50, seed=1))[0][2].tolist()
    assert first != second
    assert first != other


def test_augmentation_does_not_change_the_order(made):
    plain = [index.tolist() for _, _, index in batches(made)]
    augmented = [index.tolist() for _, _, index in batches(made, augment=("flip",))]
    assert plain == augmented


def test_batches_leave_the_global_random_state_alone(made):
    before = torch.get_rng_state()
    epoch(batches(made, augment=("crop", "flip")))
    assert torch.equal(torch.get_rng_state(), before)


def test_flip_mirrors_about_half_of_the_images():
    made = tiny.dataset(train=400)
    (x, _, index), *_ = batches(made, 400, augment=("flip",))
    plain = made.train_images[index].permute(0, 3, 1, 2) / 255
    kept = torch.isclose(x, plain).flatten(1).all(dim=1)
    mirrored = torch.isclose(x, plain.flip(3)).flatten(1).all(dim=1)
    assert (kept ^ mirrored).all()
    assert 150 < mirrored.sum() < 250


def test_crop_shifts_by_up_to_four_pixels_over_black():
    made = tiny.dataset(train=2000)
    (x, _, index), *_ = batches(made, 2000, augment=("crop",))
    padded = torch.nn.functional.pad(made.train_images[index, :, :, 0], (4, 4, 4, 4))
    windows = (padded / 255).unfold(1, 8, 1).unfold(2, 8, 1)  # (N, 9, 9, 8, 8)
    matches = torch.isclose(windows, x[:, 0, None, None]).flatten(3).all(dim=3)
    assert matches.flatten(1).any(dim=1).all()
    assert matches.any(dim=0).all(), "every one of the 81 shifts occurs"


def test_only_the_given_indices_are_visited(made):
    chosen = torch.tensor([3, 8, 40])
    got = torch.cat([i for _, _, i in batches(made, 2, indices=chosen)])
    assert sorted(got.tolist()) == [3, 8, 40]


def test_without_shuffle_the_order_stands(made):
    got = torch.cat([index for _, _, index in batches(made, shuffle=False)])
    assert got.tolist() == list(range(50))


def test_state_continues_the_stream(made):
    first = batches(made, augment=("crop", "flip"))
    epoch(first)
    state = first.state_dict()
    expected = epoch(first)
    second = batches(made, augment=("crop", "flip"), seed=99)
    second.load_state_dict(state)
    assert_equal(epoch(second), expected)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batch_size": 0}, "batch_size must be an integer of at least 1, got 0"),
        ({"augment": ("blur",)}, "augment must be a sequence of crop, flip"),
        ({"augment": "crop"}, "augment must be a sequence of crop, flip"),
        ({"labels": torch.zeros(3).long()}, r"labels must be int64 \(50,\), got"),
        ({"labels": torch.zeros(50)}, "got torch.float32"),
        ({"images": torch.zeros(50, 8, 8, 1)}, "images must have the channels of f"),
        ({"device": "cuda"}, "device must be"),
    ],
)
def test_wrong_arguments_are_told(made, change, message):
    if change == {"device": "cuda"} and torch.cuda.is_available():
        change, message = {"batch_size": -1}, "got -1"
    arguments = {
        "images": made.train_images,
        "labels": made.train_labels,
        "batch_size": 16,
        "device": "cpu",
    }
    with pytest.raises(ValueError, match=message):
        Batches(**(arguments | change))
