"""What book/theory/truncated-loss.ipynb says of its runs: fashion-mini, 60 % wrong."""

import copy

import pytest

import gce_lib as gce
from gce_lib.training import Pruning

DATA = gce.data.load("fashion-mini")
NOISY = gce.noise.corrupt(
    DATA.train_labels, gce.noise.symmetric(DATA.num_classes, 0.6), seed=0
)


def fresh():
    return gce.models.mlp(DATA.shape, DATA.num_classes, seed=0)


def train(model, loss, epochs, **options):
    return gce.fit(
        model, DATA, loss, labels=NOISY, epochs=epochs, progress=False, **options
    )


@pytest.fixture(scope="module")
def runs():
    album = {}

    def record(model, history):
        if len(history) == 10:
            album["warm"] = copy.deepcopy(model)

    loss, cut = gce.GCELoss(q=0.7), gce.TruncatedGCELoss(q=0.7, k=0.5)
    return {
        "plain": train(fresh(), loss, 30, callback=record),
        "pruned": train(fresh(), loss, 30, pruning=Pruning(k=0.5, start=10, every=5)),
        "early": train(fresh(), loss, 30, pruning=Pruning(k=0.5, start=2, every=5)),
        "warm": train(album["warm"], cut, 20),
        "direct": train(fresh(), cut, 3),
    }


@pytest.mark.parametrize("name", ["pruned", "warm"])
def test_truncation_wins_where_the_plain_loss_memorises(runs, name):
    plain, cut = runs["plain"].last, runs[name].last
    assert cut["test_accuracy"] > plain["test_accuracy"] + 0.02
    assert plain["memorised"] > 2 * cut["memorised"]


def test_pruning_detects_wrong_labels(runs):
    assert runs["pruned"]["kept"][:10] == [1.0] * 10
    assert runs["pruned"].last["pruning_precision"] > 0.85 > NOISY.rate
    assert runs["pruned"].last["pruning_recall"] > 0.94


def test_pruned_too_early_a_network_learns_little_but_that_perfectly(runs):
    early, pruned = runs["early"].last, runs["pruned"].last
    assert early["kept"] < 0.2
    assert early["loss"] < 0.01
    assert early["test_accuracy"] < pruned["test_accuracy"] - 0.3


def test_from_a_fresh_start_the_truncated_loss_stands_still(runs):
    start = gce.predict(fresh(), DATA).argmax(1) == DATA.test_labels
    for accuracy in runs["direct"]["test_accuracy"]:
        assert abs(accuracy - start.double().mean()) < 0.02
