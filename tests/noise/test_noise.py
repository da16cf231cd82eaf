"""Transition matrices, and labels drawn from them."""

import math

import pytest
import torch

from gce_lib import noise
from gce_lib.noise import class_maps
from gce_lib.noise.labels import draw_labels

RATES = (0.0, 0.1, 0.4, 1.0)
LABELS = torch.arange(20_000) % 10


def matrices(rate):
    return {
        "symmetric": noise.symmetric(10, rate),
        "symmetric with self-flips": noise.symmetric(10, rate, self_flips=True),
        "two classes": noise.symmetric(2, rate),
        "pair flip": noise.pair_flip(10, rate),
        "CIFAR-10": noise.class_map(10, noise.CIFAR10_MAP, rate),
        "Fashion-MNIST": noise.class_map(10, noise.FASHION_MNIST_MAP, rate),
        "CIFAR-100": noise.cifar100_superclasses(rate),
    }


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", matrices(0.0))
def test_every_matrix_is_row_stochastic(name, rate):
    T = matrices(rate)[name]
    assert T.dtype == torch.float64
    assert T.shape[0] == T.shape[1]
    assert T.min() >= 0
    torch.testing.assert_close(T.sum(dim=1), torch.ones(len(T), dtype=torch.float64))


def test_rows_are_clean_classes_and_columns_noisy_ones():
    T = noise.class_map(3, {0: 1}, 0.25)
    expected = [[0.75, 0.25, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    assert T.tolist() == expected
    always = noise.corrupt([0, 0, 1, 2], noise.class_map(3, {0: 1}, 1.0), seed=0)
    assert always.noisy.tolist() == [1, 1, 1, 2]


def test_symmetric_noise_spreads_the_rate_over_the_wrong_classes():
    T = noise.symmetric(10, 0.4)
    wrong = ~torch.eye(10, dtype=torch.bool)
    assert T.diagonal().tolist() == [0.6] * 10
    torch.testing.assert_close(T[wrong], torch.full((90,), 0.4 / 9).double())


@pytest.mark.parametrize("num_classes", [2, 10, 100])
def test_self_flips_lower_the_noise_rate(num_classes):
    T = noise.symmetric(num_classes, 0.5, self_flips=True)
    eta = 0.5 * (num_classes - 1) / num_classes
    torch.testing.assert_close(T, noise.symmetric(num_classes, eta))
    # every class is equally likely once a label is re-drawn
    redrawn = T - 0.5 * torch.eye(num_classes)
    torch.testing.assert_close(redrawn, torch.full_like(T, 0.5 / num_classes))


def test_fifty_percent_with_self_flips_is_forty_five_at_ten_classes():
    T = noise.symmetric(10, 0.5, self_flips=True)
    assert 1 - T[0, 0].item() == pytest.approx(0.45)


def test_pair_flip_is_circular():
    T = noise.pair_flip(4, 0.3)
    assert T[3].tolist() == pytest.approx([0.3, 0.0, 0.0, 0.7])
    assert T[0].tolist() == pytest.approx([0.7, 0.3, 0.0, 0.0])


CIFAR10 = "airplane automobile bird cat deer dog frog horse ship truck"
FASHION = "T-shirt trouser pullover dress coat sandal shirt sneaker bag ankle-boot"


@pytest.mark.parametrize(
    ("mapping", "classes", "pairs"),
    [
        (
            noise.CIFAR10_MAP,
            CIFAR10,
            "truck>automobile bird>airplane deer>horse cat>dog dog>cat",
        ),
        (
            noise.FASHION_MNIST_MAP,
            FASHION,
            "sneaker>ankle-boot ankle-boot>sneaker pullover>shirt "
            "T-shirt>pullover dress>coat",
        ),
    ],
)
def test_class_maps_name_the_pairs_of_the_paper(mapping, classes, pairs):
    classes = classes.split()
    named = {f"{classes[i]}>{classes[j]}" for i, j in mapping.items()}
    assert named == set(pairs.split())


def test_superclasses_of_cifar100_are_twenty_groups_of_five():
    assert len(class_maps.CIFAR100_SUPERCLASSES) == 20
    assert {len(names) for names in class_maps.CIFAR100_SUPERCLASSES.values()} == {5}
    assert len(set(class_maps.CIFAR100_CLASSES)) == 100
    index = {name: i for i, name in enumerate(class_maps.CIFAR100_CLASSES)}
    # positions in the data set's own list of fine labels
    some = {"apple": 0, "beaver": 4, "dolphin": 30, "otter": 55, "seal": 72}
    some |= {"whale": 95, "lamp": 40, "pickup_truck": 58, "tank": 85, "worm": 99}
    assert {name: index[name] for name in some} == some


# The coarse label of each fine label, as CIFAR-100 numbers both.
COARSE = """
4 1 14 8 0 6 7 7 18 3 3 14 9 18 7 11 3 9 7 11 6 11 5 10 7 6 13 15 3 15 0 11 1 10 12 14
16 9 11 5 5 19 8 8 15 13 14 17 18 10 16 4 17 4 2 0 17 4 18 17 10 3 2 12 12 16 12 1 9 19
2 10 0 1 16 12 9 13 15 13 16 19 2 4 6 19 5 5 8 19 18 1 2 15 6 0 17 8 14 13
"""


def test_superclass_noise_goes_to_the_next_class_of_the_same_superclass():
    coarse = torch.tensor([int(i) for i in COARSE.split()])
    T = noise.cifar100_superclasses(0.4)
    for group in range(20):
        members = (coarse == group).nonzero().flatten()
        block = T[members][:, members]
        torch.testing.assert_close(block, noise.pair_flip(5, 0.4))


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", matrices(0.0))
def test_realised_rates_are_within_binomial_error(name, rate):
    T = matrices(rate)[name]
    labels = torch.arange(60_000) % len(T)
    result = noise.corrupt(labels, T, seed=1)
    expected = (1 - T.diagonal()).mean().item()
    deviation = math.sqrt(expected * (1 - expected) / len(labels))
    assert abs(result.rate - expected) <= 4 * deviation
    per_class = len(labels) // len(T)
    error = 6 * (T * (1 - T) / per_class).sqrt()  # 6 deviations: up to 10,000 entries
    assert ((result.T - T).abs() <= error + 1e-12).all()


def test_symmetric_noise_flips_to_a_wrong_class_only():
    result = noise.corrupt(LABELS, noise.symmetric(10, 1.0), seed=0)
    assert (result.noisy != LABELS).all()
    assert result.rate == 1.0


def test_flipped_marks_exactly_the_changed_labels():
    result = noise.corrupt(LABELS, noise.symmetric(10, 0.4), seed=0)
    assert torch.equal(result.flipped, result.noisy != LABELS)
    assert torch.equal(result.clean, LABELS)
    assert result.rate == result.flipped.double().mean().item()
    assert result.noisy.dtype == result.clean.dtype == torch.int64
    assert len(result) == len(LABELS)


def test_the_realised_matrix_counts_what_happened():
    result = noise.NoisyLabels(
        noisy=torch.tensor([0, 1, 1, 1]),
        clean=torch.tensor([0, 0, 0, 1]),
        num_classes=3,
        seed=0,
    )
    expected = [[1 / 3, 2 / 3, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    torch.testing.assert_close(result.T, torch.tensor(expected, dtype=torch.float64))


def test_impossible_classes_are_never_drawn():
    thirds = torch.tensor([[0.0, 1 / 3, 1 / 3, 1 / 3 - 1e-9, 0.0]]).repeat(5, 1)
    result = noise.corrupt(torch.arange(50_000) % 5, thirds, seed=0)
    assert set(result.noisy.tolist()) == {1, 2, 3}


def test_not_even_the_extreme_draws_reach_an_impossible_class():
    row = torch.tensor([0.0, 0.5, 0.5 - 1e-7, 0.0], dtype=torch.float64)
    draws = torch.tensor([0.0, 0.49, 0.51, 1 - 2.0**-53], dtype=torch.float64)
    assert draw_labels(row.expand(4, 4), draws).tolist() == [1, 1, 2, 2]


def test_the_same_seed_gives_the_same_labels_and_another_one_independent_ones():
    T = noise.symmetric(10, 0.4)
    first, again, other = (noise.corrupt(LABELS, T, seed=s) for s in (0, 0, 1))
    assert torch.equal(first.noisy, again.noisy)
    assert first.digest == again.digest != other.digest
    both = (first.flipped & other.flipped).double().mean().item()
    assert both == pytest.approx(0.4**2, abs=4 * math.sqrt(0.16 * 0.84 / len(LABELS)))


def test_neither_global_random_state_nor_the_callers_labels_are_touched():
    labels, state = LABELS.clone(), torch.get_rng_state()
    result = noise.corrupt(labels, noise.symmetric(10, 0.4), seed=0)
    assert torch.equal(torch.get_rng_state(), state)
    labels.zero_()
    assert torch.equal(result.clean, LABELS)


def test_digests_are_the_same_on_every_platform():
    labels = torch.arange(1000) % 10
    matrices = {
        "symmetric": noise.symmetric(10, 0.4),
        "pair": noise.pair_flip(10, 0.2),
        "none": noise.symmetric(10, 0.0),
    }
    digests = {k: noise.corrupt(labels, T, seed=7).digest for k, T in matrices.items()}
    assert {name: digest[:16] for name, digest in digests.items()} == {
        "symmetric": "50d35c72c792ef00",
        "pair": "1619e3858a892838",
        "none": "7ecbb81a63e63de4",
    }


def test_labels_may_be_any_integers_and_none_at_all():
    T = noise.symmetric(10, 0.4)
    expected = noise.corrupt(LABELS, T, seed=0).digest
    frozen = LABELS.numpy().copy()
    frozen.flags.writeable = False
    for same in (LABELS.to(torch.uint16), frozen, LABELS.tolist()):
        assert noise.corrupt(same, T.numpy(), seed=0).digest == expected
    empty = noise.corrupt(LABELS[:0], T, seed=0)
    assert len(empty) == 0
    assert empty.rate == 0.0
    assert torch.equal(empty.T, torch.eye(10, dtype=torch.float64))


def noisy_posterior(T, examples=500):
    """Predictions of a perfect model of the noisy labels: a clean anchor per class."""
    clean = torch.distributions.Dirichlet(torch.full((len(T),), 0.3)).sample(
        (examples,)
    )
    return torch.cat([torch.eye(len(T)), clean]).double() @ T


@pytest.mark.parametrize(
    "T",
    [noise.symmetric(5, 0.4), noise.pair_flip(5, 0.3), noise.class_map(5, {0: 3}, 0.2)],
)
def test_anchor_points_recover_the_matrix_of_a_perfect_model(T):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        estimate = noise.estimate_transition_matrix(noisy_posterior(T))
    torch.testing.assert_close(estimate, T)
    assert noise.corrupt([0, 1, 2], estimate, seed=0).num_classes == 5


def test_a_percentile_below_100_is_not_decided_by_an_outlier():
    T = noise.symmetric(3, 0.3)
    probabilities = torch.cat([torch.eye(3).double(), T.repeat_interleave(50, dim=0)])
    torch.testing.assert_close(
        noise.estimate_transition_matrix(probabilities), torch.eye(3).double()
    )
    torch.testing.assert_close(
        noise.estimate_transition_matrix(probabilities, percentile=97), T
    )


def test_estimates_have_rows_that_sum_to_one():
    rounded = torch.full((4, 3), 0.3335)
    estimate = noise.estimate_transition_matrix(rounded)
    torch.testing.assert_close(estimate, torch.full((3, 3), 1 / 3).double())
