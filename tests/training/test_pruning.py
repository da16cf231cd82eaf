import math

import pytest
import tiny
import torch
import torch.nn.functional as F

from gce_lib import models
from gce_lib.losses import GCELoss, TruncatedGCELoss
from gce_lib.training import Pruning, assess, fit, label_probability, predict
from gce_lib.training.recipe import Recipe
from gce_lib.training.split import Split

DATA = tiny.dataset()
NOISY = tiny.noisy(DATA)


def train(pruning, epochs=8, loss=None, callback=None, **options):
    model = models.mlp(DATA.shape, 3, hidden=(16,))
    loss = GCELoss(0.7) if loss is None else loss
    history = fit(
        model,
        DATA,
        loss,
        labels=NOISY,
        epochs=epochs,
        batch_size=32,
        lr=0.3,
        schedule="constant",
        pruning=pruning,
        device="cpu",
        progress=False,
        callback=callback,
        **options,
    )
    return model, history


def assert_close(first, second):
    """Two networks agree but for the rounding of a weighted mean."""
    for got, expected in zip(first.parameters(), second.parameters(), strict=True):
        torch.testing.assert_close(got, expected, rtol=0, atol=1e-4)


def test_refreshes_come_at_start_and_every_n_epochs():
    pruning = Pruning(k=0.5, start=4, every=3)
    assert [epoch for epoch in range(12) if pruning.due(epoch)] == [4, 7, 10]


def test_pruning_starts_as_in_the_paper_if_nothing_is_said():
    pruning = Pruning()
    assert (pruning.k, pruning.start, pruning.every) == (0.5, 40, 10)


def test_w_step_keeps_what_reaches_k():
    probabilities = torch.tensor([[0.5, 0.5], [0.49, 0.51], [0.9, 0.1], [0.1, 0.9]])
    labels = torch.tensor([0, 0, 1, 1])
    keep = Pruning(k=0.5).keep(probabilities.log(), labels)
    assert keep.tolist() == [1, 0, 0, 1]


def test_w_step_minimises_the_objective_over_the_weights():
    generator = torch.Generator().manual_seed(0)
    logits = 2 * torch.randn(40, 5, generator=generator)
    labels = torch.randint(5, (40,), generator=generator)
    q, k = 0.7, 0.3
    p = logits.softmax(1).gather(1, labels[:, None]).squeeze(1)
    cost = (1 - p**q) / q - (1 - k**q) / q
    keep = Pruning(k=k).keep(logits, labels)
    assert 0 < keep.sum() < 40
    assert (keep @ cost).item() == pytest.approx(cost.clamp(max=0).sum().item(), 1e-5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"k": 1.0}, r"k must be a number in \[0, 1\), got 1"),
        ({"k": -0.1}, r"k must be a number in \[0, 1\), got -0.1"),
        ({"start": -1}, "start must be an integer of at least 0, got -1"),
        ({"every": 0}, "every must be an integer of at least 1, got 0"),
    ],
)
def test_wrong_arguments_are_told(options, message):
    with pytest.raises(ValueError, match=message):
        Pruning(**options)


def test_assessment_counts_precision_and_recall():
    keep = torch.tensor([1.0, 0, 0, 0, 1])
    flipped = torch.tensor([True, True, True, False, False])
    got = assess(keep, flipped)
    assert got == pytest.approx(
        {"kept": 2 / 5, "pruning_precision": 2 / 3, "pruning_recall": 2 / 3}
    )
    nothing = assess(torch.ones(5), torch.zeros(5, dtype=torch.bool))
    assert nothing["kept"] == 1
    assert math.isnan(nothing["pruning_precision"])
    assert math.isnan(nothing["pruning_recall"])


def test_all_are_kept_until_the_start_and_flips_are_found_after():
    _, history = train(Pruning(k=0.3, start=4, every=2))
    assert history["kept"][:4] == [1.0] * 4
    assert all(0.3 < kept < 0.95 for kept in history["kept"][4:])
    assert history.last["pruning_precision"] > 2 * NOISY.rate
    assert history.last["pruning_recall"] > 0.5


def test_before_the_start_training_is_as_without_pruning():
    with pytest.warns(UserWarning, match="nothing is pruned"):
        pruned, _ = train(Pruning(start=2), epochs=2)
    assert_close(pruned, train(None, epochs=2)[0])


def test_table_comes_from_the_best_model_on_plain_images():
    """The table read by the loss is the w-step of the best weights so far."""
    k, start = 0.3, 5
    tables = {}
    losses = GCELoss(0.7)

    class Spy(torch.nn.Module):
        def forward(self, logits, target, sample_weight):
            tables.setdefault(len(states), []).append(sample_weight.sum().item())
            return losses(logits, target, sample_weight=sample_weight)

    states, scores = [], []

    def remember(model, history):
        states.append({key: v.clone() for key, v in model.state_dict().items()})
        scores.append(history.last["validation_accuracy"])

    train(
        Pruning(k=k, start=start, every=100),
        epochs=6,
        loss=Spy(),
        callback=remember,
        augment=("crop", "flip"),
        validation=0.2,
    )
    best = models.mlp(DATA.shape, 3, hidden=(16,))
    best.load_state_dict(states[scores.index(max(scores[:start]))])
    logits = predict(best, DATA, DATA.train_images, device="cpu")
    p = logits.softmax(1).gather(1, NOISY.noisy[:, None]).squeeze(1)
    recipe = Recipe(6, 32, 0.3, "constant", 0.9, 1e-4, (), None, 0.2, seed=0)
    train_indices = Split.of(DATA, NOISY, 0.2, recipe.streams()[0]).train
    assert sum(tables[start]) == (p >= k)[train_indices].sum().item()
    assert sum(tables[start - 1]) == len(train_indices)


def test_refresh_does_not_rebind_or_move_the_network():
    identities = []

    def remember(model, _history):
        identities.append([id(p) for p in model.parameters()])

    kept, _ = train(Pruning(k=0.0, start=1, every=1), epochs=3, callback=remember)
    assert all(ids == identities[0] for ids in identities)
    assert_close(kept, train(None, epochs=3)[0])


def test_pruned_examples_have_no_pull():
    gone = torch.zeros(240)

    class Nothing(Pruning):
        def keep(self, logits, labels):
            return gone[: len(labels)]

    states = []
    train(
        Nothing(start=3),
        epochs=6,
        weight_decay=0.0,
        momentum=0.0,
        callback=lambda model, _: states.append(model[1].weight.clone()),
    )
    assert torch.equal(states[2], states[5])
    assert not torch.equal(states[1], states[2])


def test_direct_truncated_loss_needs_no_table():
    _, history = train(None, loss=TruncatedGCELoss(0.7, 0.2))
    assert "kept" not in history.last
    assert history.last["test_accuracy"] > 0.6


def test_a_loss_without_sample_weight_is_refused_by_its_signature():
    with pytest.raises(TypeError, match="sample_weight"):
        train(Pruning(start=1), loss=F.cross_entropy)


def test_label_probability_is_that_of_the_label():
    logits = torch.tensor([[0.0, math.log(3)], [math.log(4), 0.0]])
    p = label_probability(logits, torch.tensor([1, 1]))
    torch.testing.assert_close(p, torch.tensor([0.75, 0.2]))
    nll = F.cross_entropy(logits, torch.tensor([1, 1]), reduction="none")
    torch.testing.assert_close(p, (-nll).exp())
