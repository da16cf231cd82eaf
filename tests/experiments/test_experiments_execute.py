"""One run: the noise it meets, the record it leaves, the way it goes on."""

import json
from dataclasses import replace
from functools import partial

import pytest
import tiny_root
import torch

from gce_lib import data, devices, noise
from gce_lib.experiments import Run, Seeds, execute, provenance
from gce_lib.experiments.execute import OutOfTime, epochs_of
from gce_lib.experiments.problems import prepare
from gce_lib.vocabulary import METHODS

SHORT = Run(dataset="fashion-mnist", epochs=2)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tiny_root.write(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def problem_of(root):
    return lambda **choices: prepare(Run(**choices), partial(data.load, root=root))


def result(record: dict) -> dict:
    """Leave out what may differ between two executions: time, and a new commit."""
    clocks = {"seconds", "cpu_seconds"}
    history = {k: v for k, v in record["history"].items() if k not in clocks}
    return {**record, "history": history, **dict.fromkeys(clocks), "commit": None}


@pytest.mark.parametrize("loss", [*sorted(METHODS.keys() - {"clipped"}), "clipped:1"])
def test_every_loss_leaves_a_record(root, loss):
    run = Run(dataset="fashion-mnist", loss=loss, epochs=3, noise="symmetric:0.2")
    epochs = []
    record = execute(run, data_root=root, on_epoch=epochs.append)
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["id"] == run.id
    assert Run.from_dict(record["run"]) == run
    assert epochs == list(range(1, epochs_of(run) + 1))
    history = record["history"]
    assert history["epoch"] == [1, 2, 3]
    assert record["test_accuracy_last"] == history["test_accuracy"][-1]
    best = record["best_epoch"] - 1
    assert history["validation_accuracy"][best] == max(history["validation_accuracy"])
    assert record["test_accuracy_best"] == history["test_accuracy"][best]
    assert ("kept" in history) == (loss == "acs")
    for clock in ("seconds", "cpu_seconds"):
        assert record[clock] >= sum(history[clock]) > 0
    assert record["versions"]["torch"] == torch.__version__.partition("+")[0]


def test_learning_goes_well_beyond_chance(root):
    run = Run(dataset="fashion-mnist", loss="ce", epochs=10, noise="none")
    assert execute(run, data_root=root)["test_accuracy_best"] > 0.9


def test_a_run_repeats_itself_and_a_seed_does_not(root):
    first, again = (result(execute(SHORT, data_root=root)) for _ in range(2))
    assert first == again
    other = execute(Run(dataset="fashion-mnist", epochs=2, seed=1), data_root=root)
    assert other["noise_digest"] != first["noise_digest"]
    assert other["history"]["loss"] != first["history"]["loss"]


@pytest.mark.parametrize("loss", ["gce:0.7", "acs:0.7,0.2", "forward-estimated"])
def test_a_run_that_is_stopped_after_every_epoch_ends_the_same(root, tmp_path, loss):
    run = Run(dataset="fashion-mnist", loss=loss, epochs=3)
    straight = execute(run, data_root=root)
    stops = 0
    while True:
        try:
            record = execute(run, data_root=root, folder=tmp_path, seconds=0)
            break
        except OutOfTime:
            stops += 1
    assert stops == epochs_of(run) - 1
    assert result(record) == result(straight)


@pytest.mark.parametrize(
    ("model", "precision", "units"),
    [("small_cnn", "bf16", ["AVX512_BF16", "AMX"]), ("mlp", "fp32", [])],
)
def test_a_record_says_in_which_precision_and_by_which_units(
    root, monkeypatch, model, precision, units
):
    def having():
        return ("AVX512_BF16", "AMX")

    monkeypatch.setattr(devices, "bf16_units", having)
    monkeypatch.setattr(provenance, "bf16_units", having)
    run = Run(dataset="fashion-mnist", model=model, protocol="laptop", epochs=1)
    record = execute(run, data_root=root, device="cpu")
    assert record["precision"] == precision
    assert record["device"].split(", ")[2:] == units


def test_the_number_of_threads_is_given_back(root):
    before = torch.get_num_threads()
    record = execute(SHORT, data_root=root, threads=before + 1)
    assert record["threads"] == before + 1
    assert torch.get_num_threads() == before


def test_all_losses_meet_the_same_noise(problem_of):
    digests = {
        problem_of(dataset="fashion-mnist", loss=loss, model=model).digest
        for loss in ("ce", "forward")
        for model in ("mlp", "small_cnn")
    }
    assert len(digests) == 1
    seeds = (problem_of(dataset="fashion-mnist", seed=s).digest for s in range(5))
    assert len(set(seeds)) == 5


@pytest.mark.parametrize(
    ("dataset", "text", "T"),
    [
        ("fashion-mnist", "none", noise.symmetric(10, 0.0)),
        ("fashion-mnist", "symmetric:0.3", noise.symmetric(10, 0.3)),
        ("fashion-mnist", "pair:0.3", noise.pair_flip(10, 0.3)),
        (
            "fashion-mnist",
            "class-map:0.3",
            noise.class_map(10, noise.FASHION_MNIST_MAP, 0.3),
        ),
        ("cifar10", "class-map:0.3", noise.class_map(10, noise.CIFAR10_MAP, 0.3)),
        ("cifar100", "superclass:0.3", noise.cifar100_superclasses(0.3)),
        ("cifar10", "human-matrix:worse", noise.human_matrix("cifar10", "worse")),
        (
            "fashion-mnist-h",
            "human-matrix:one",
            noise.human_matrix("fashion-mnist", "one"),
        ),
    ],
)
def test_the_labels_are_drawn_from_the_matrix_named(problem_of, dataset, text, T):
    problem = problem_of(dataset=dataset, noise=text)
    assert torch.equal(problem.T, T)
    seed = Seeds.of(Run()).noise
    drawn = noise.corrupt(problem.dataset.train_labels, T, seed=seed)
    assert torch.equal(problem.labels.noisy, drawn.noisy)
    assert (problem.rate, problem.digest) == (drawn.rate, drawn.digest)


def test_instance_dependent_noise_has_a_realised_matrix(problem_of):
    problem = problem_of(dataset="fashion-mnist", noise="instance:0.3")
    assert 0.2 < problem.rate < 0.4
    assert torch.equal(problem.T, problem.labels.T)


def test_open_set_noise_changes_images_and_no_label(problem_of, root):
    problem = problem_of(dataset="cifar10", noise="open-set:0.3")
    published = data.load("cifar10", root=root)
    changed = (problem.dataset.train_images != published.train_images).flatten(1).any(1)
    assert 0.2 < changed.double().mean() < 0.4
    assert problem.rate == changed.double().mean()
    assert torch.equal(problem.labels.noisy, published.train_labels)
    assert torch.equal(problem.dataset.test_images, published.test_images)


def labelled_by(people, clean):
    return lambda name, kind, seed: noise.NoisyLabels.from_arrays(
        people(clean), clean, 10
    )


def test_labels_of_people_are_those_of_the_images(root):
    load = partial(data.load, root=root)
    clean = load("cifar10").train_labels
    human = labelled_by(lambda labels: (labels + labels // 5) % 10, clean)
    run = Run(dataset="cifar10", noise="human:worse")
    whole, part = (
        prepare(replace(run, train_size=size), load, human) for size in (None, 100)
    )
    assert torch.equal(whole.labels.noisy, (clean + clean // 5) % 10)
    assert whole.rate == 0.5
    assert torch.equal(whole.T, whole.labels.T)
    assert torch.equal(part.labels.noisy, whole.labels.noisy[:100])
    other = labelled_by(lambda labels: labels, clean.flip(0))
    with pytest.raises(data.DataError, match=r"cifar10 must stand in the published"):
        prepare(run, load, other)


def test_people_are_asked_anew_for_each_seed(root):
    load = partial(data.load, root=root)
    clean = load("fashion-mnist-h").train_labels
    asked = []

    def human(name, kind, seed):
        asked.append((name, kind, seed))
        return noise.corrupt(clean, noise.symmetric(10, 0.3), seed=seed)

    runs = [
        Run(dataset="fashion-mnist-h", noise="human:one", loss=loss, seed=seed)
        for loss, seed in (("ce", 0), ("gce", 0), ("ce", 1))
    ]
    first, same, other = (prepare(run, load, human).digest for run in runs)
    assert asked == [("fashion-mnist-h", "one", run.seeds.noise) for run in runs]
    assert first == same != other


def test_a_part_of_the_data(problem_of, root):
    problem = problem_of(dataset="fashion-mnist", num_classes=3, train_size=100)
    whole = data.load("fashion-mnist", root=root)
    assert problem.dataset.train_images.shape == (100, 8, 8, 1)
    assert len(problem.labels) == 100
    assert problem.dataset.num_classes == 3
    assert problem.dataset.test_labels.max() == 2
    assert len(problem.dataset.test_labels) == int((whole.test_labels < 3).sum())
    assert torch.equal(
        problem.dataset.train_images, whole.train_images[whole.train_labels < 3][:100]
    )


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"train_size": 601}, "train_size must be at most 600 for fashion-mnist, got"),
        ({"num_classes": 11}, "num_classes must be at most 10 for fashion-mnist, got"),
    ],
)
def test_more_than_there_is_is_refused(problem_of, choices, message):
    with pytest.raises(ValueError, match=message):
        problem_of(dataset="fashion-mnist", **choices)
