"""Alternate convex search: what goes down in turns, and what need not."""

import itertools

import pytest
import torch

from gce_lib import theory
from gce_lib.losses import truncated_gce_from_nll
from gce_lib.theory import objective, objective_path
from gce_lib.training import Pruning

Q, K = 0.7, 0.5
AT_K = (1 - K**Q) / Q


def truncated(p, votes):
    loss = truncated_gce_from_nll(-p.clamp(min=1e-300).log(), Q, K)
    return (votes * loss).sum().item()


def learn(votes):
    return theory.noisy_risk_minimizer(votes / votes.sum(), Q)


def test_after_the_w_step_it_is_the_truncated_loss_and_before_it_is_more():
    generator = torch.Generator().manual_seed(0)
    p = torch.rand(100, generator=generator)
    own = (p >= K).float()
    least = objective(p, own, Q, K).item()
    loss = truncated_gce_from_nll(-p.double().log(), Q, K).sum().item()
    assert least + 100 * AT_K == pytest.approx(loss)
    for _ in range(100):
        other = torch.rand(100, generator=generator)
        assert objective(p, other, Q, K).item() > least


def test_a_label_without_any_probability_costs_what_it_may():
    p = torch.tensor([0.0, 1.0])
    assert objective(p, torch.ones(2), Q, K).item() == pytest.approx(1 / Q - 2 * AT_K)
    assert objective(p, torch.tensor([0.0, 1.0]), 0.0, K).item() == pytest.approx(
        torch.tensor(K).log().item()
    )


def test_from_everything_kept_the_truncated_loss_may_rise():
    votes = torch.tensor([4.0, 3.0, 3.0], dtype=torch.float64)
    start = torch.tensor([1.0, 0.0, 0.0], dtype=torch.float64)
    learned = learn(votes)
    assert f"{truncated(start, votes):.2f}" == "3.30"
    assert f"{truncated(learned, votes):.2f}" == "5.17"
    energies = [objective(f, votes, Q, K).item() for f in (start, learned)]
    assert energies[1] < energies[0]


@pytest.mark.parametrize("seed", range(20))
def test_in_turns_the_objective_falls_and_so_does_the_truncated_loss_once_pruned(seed):
    generator = torch.Generator().manual_seed(seed)
    votes = torch.randint(1, 10, (4,), generator=generator).double()
    keep = torch.ones_like(votes)
    energies, losses = [], []
    for _ in range(4):
        f = learn(votes * keep)
        energies.append(objective(f, votes * keep, Q, K).item())
        keep = (f >= K).double()
        energies.append(objective(f, votes * keep, Q, K).item())
        losses.append(truncated(f, votes))
        if not keep.any():
            break
    assert all(b <= a + 1e-12 for a, b in itertools.pairwise(energies))
    assert all(b <= a + 1e-12 for a, b in itertools.pairwise(losses))


def test_the_path_of_a_training_jumps_where_it_was_pruned_by_the_best_network():
    probabilities = [torch.tensor(p) for p in ([0.2, 0.9], [0.6, 0.4], [0.7, 0.8])]
    scores = [0.5, 0.4, 0.6]
    pruning = Pruning(k=K, start=2, every=1)
    path, least = objective_path(probabilities, scores, pruning, Q)
    first, both = torch.tensor([0.0, 1.0]), torch.ones(2)
    expected = [
        (1, objective(probabilities[0], both, Q, K)),
        (2, objective(probabilities[1], both, Q, K)),
        (2, objective(probabilities[1], first, Q, K)),  # epoch 1 was the best by then
        (3, objective(probabilities[2], first, Q, K)),
        (3, objective(probabilities[2], both, Q, K)),
    ]
    assert [epoch for epoch, _ in path] == [epoch for epoch, _ in expected]
    for (_, value), (_, total) in zip(path, expected, strict=True):
        assert value == pytest.approx(total.item() / 2)
    assert least[1][1] < path[2][1]  # an older network prunes worse
    assert least[2] == path[-1]
