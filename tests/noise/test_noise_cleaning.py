"""Labels that predictions contradict with confidence, by hand and by definition."""

import numpy as np
import pytest
import torch

from gce_lib import noise

P = torch.tensor(
    [
        [0.8, 0.1, 0.1],
        [0.6, 0.3, 0.1],
        [0.75, 0.15, 0.1],
        [0.1, 0.5, 0.4],
        [0.2, 0.3, 0.5],
    ]
)
LABELS = torch.tensor([0, 0, 1, 1, 2])


def by_definition(p, labels):
    """Return what the definition says, one example after the other."""
    classes = range(p.shape[1])
    thresholds = [p[labels == j, j].mean() for j in classes]
    found = []
    for row, label in zip(p, labels, strict=True):
        confident = [j for j in classes if row[j] >= thresholds[j]]
        best = max(confident, key=lambda j: row[j], default=label)
        found.append(best != label)
    return found


def test_by_hand():
    # thresholds 0.7, 0.35, 0.5: the third example is confidently of class 0
    assert noise.label_issues(P, LABELS).tolist() == [False, False, True, False, False]


def test_a_rare_class_needs_less_to_be_believed():
    """The most probable class is not confident there, the second one is."""
    p = [[0.9, 0.1], [0.9, 0.1], [0.55, 0.45], [0.6, 0.4]]
    assert noise.label_issues(p, [0, 0, 0, 1]).tolist() == [False, False, True, False]


def test_random_ones_are_those_of_the_definition():
    random = np.random.Generator(np.random.PCG64(0))
    p = random.dirichlet(np.ones(5), size=500)
    labels = random.integers(5, size=500)
    found = noise.label_issues(p, labels)
    assert found.tolist() == by_definition(p, labels)
    assert 0.1 < found.double().mean() < 0.9


def test_a_class_that_nobody_was_given_is_never_confident():
    p = [[0.1, 0.1, 0.8], [0.2, 0.6, 0.2], [0.7, 0.2, 0.1]]
    assert noise.label_issues(p, [0, 1, 0]).tolist() == [False, False, False]


def test_most_flips_are_found_by_a_network_that_knows_better():
    clean = torch.arange(3000) % 10
    labels = noise.corrupt(clean, noise.symmetric(10, 0.3), seed=0)
    p = 0.05 + 0.5 * torch.nn.functional.one_hot(clean, 10)
    assert torch.equal(noise.label_issues(p, labels.noisy), labels.flipped)


@pytest.mark.parametrize(
    ("p", "labels", "message"),
    [
        ([[0.5, 0.5]], [0, 1], "one entry a row of probabilities, 1, got 2"),
        ([[0.5, 0.5]], [2], r"labels must be in \[0, 1\]"),
        ([[0.5, 0.9]], [0], "sum to 1"),
    ],
)
def test_what_is_wrong_is_said(p, labels, message):
    with pytest.raises(ValueError, match=message):
        noise.label_issues(p, labels)
