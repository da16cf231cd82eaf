"""Runs: their ids, their words, and what they refuse."""

import json
from dataclasses import replace

import pytest

from gce_lib.data import NAMES
from gce_lib.experiments import (
    BOOK_RESULTS,
    GRIDS,
    Run,
    Seeds,
    grid,
    laptop_grid,
    load_published,
    paper_grid,
    read_records,
)
from gce_lib.experiments.execute import epochs_of
from gce_lib.experiments.protocols import PROTOCOLS, protocol


def test_the_id_never_changes():
    assert Run().id == "22687e966c64"
    assert Run(loss="truncated", noise="none", seed=3, epochs=5).id == "67d3903b29bd"


def test_the_id_depends_on_every_choice():
    others = {
        "dataset": "fashion-mnist",
        "noise": "symmetric:0.6",
        "loss": "gce:0.6",
        "model": "small_cnn",
        "protocol": "fast",
        "seed": 1,
        "epochs": 3,
        "train_size": 100,
        "num_classes": 5,
        "lr": 0.03,
    }
    runs = [Run()] + [replace(Run(), **{name: x}) for name, x in others.items()]
    assert len({run.id for run in runs}) == len(runs) == 11


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ({"loss": "gce"}, {"loss": "gce:0.7"}),
        ({"loss": " gce:0.70 "}, {"loss": "gce:0.7"}),
        ({"loss": "gce:1.0"}, {"loss": "gce:1"}),
        ({"loss": "truncated:0.7"}, {"loss": "truncated:0.7,0.5"}),
        ({"loss": "acs"}, {"loss": "acs:0.7,0.5"}),
        ({"loss": "sce"}, {"loss": "sce:0.1,1"}),
        ({"noise": "symmetric:.4"}, {"noise": "symmetric:0.4"}),
        ({"noise": "class-map:4e-1"}, {"noise": "class-map:0.4"}),
        (
            {"dataset": "cifar10", "noise": "human: worse "},
            {"dataset": "cifar10", "noise": "human:worse"},
        ),
    ],
)
def test_words_for_the_same_run_give_the_same_run(given, canonical):
    assert Run(**given) == Run(**canonical)
    assert Run(**given).id == Run(**canonical).id


def test_a_run_goes_through_json():
    run = Run(loss="acs:0.6,0.4", epochs=7)
    assert Run.from_dict(json.loads(json.dumps(run.to_dict()))) == run
    assert "train_size" not in run.to_dict()


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"dataset": "mnist"}, "dataset must be one of fashion-mini, .* got 'mnist'"),
        ({"model": "vgg"}, "model must be one of mlp, .* got 'vgg'"),
        ({"protocol": "slow"}, "protocol must be one of lesson, .* got 'slow'"),
        ({"loss": "focal"}, "loss must be one of ce, mae, .* got 'focal'"),
        ({"loss": "gce:1.5"}, r"q must be in \[0, 1\], got 1.5 in 'gce:1.5'"),
        ({"loss": "gce:nan"}, r"q must be in \[0, 1\], got nan"),
        ({"loss": "acs:0.7,1"}, r"k must be in \[0, 1\), got 1"),
        ({"loss": "gce:"}, "loss must have the form 'gce:q', got 'gce:'"),
        ({"loss": "gce:0.7,0.5"}, "form 'gce:q', got 'gce:0.7,0.5'"),
        ({"loss": "ce:1"}, "loss must have the form 'ce', got 'ce:1'"),
        ({"loss": 0.7}, "loss must be a text such as 'gce:0.7', got 0.7"),
        ({"noise": "uniform:0.4"}, "noise must be one of none, symmetric"),
        ({"noise": "symmetric"}, "noise must have the form 'symmetric:rate'"),
        ({"noise": "symmetric:2"}, r"rate must be in \[0, 1\], got 2"),
        ({"noise": "human"}, "noise must have the form 'human:kind', got 'human'"),
        ({"noise": "human:"}, "noise must have the form 'human:kind', got 'human:'"),
        ({"noise": "human:0.4"}, "kind must be one of aggregate, .* got '0.4' in"),
        ({"noise": "human:worse"}, "human needs one of cifar10, fashion-mnist-h, got"),
        (
            {"dataset": "fashion-mnist-h", "noise": "human:worse"},
            "kind must be one of one, majority-3, majority, got 'worse' in",
        ),
        (
            {"noise": "human-matrix:majority"},
            "kind must be one of one, got 'majority' in",
        ),
        ({"dataset": "cifar100", "noise": "human-matrix:one"}, "needs one of cifar10"),
        ({"noise": "human-matrix:one", "num_classes": 5}, "needs all classes"),
        ({"noise": "superclass:0.2"}, "superclass needs one of cifar100, got fashion"),
        ({"noise": "open-set:0.2"}, "open-set needs one of cifar10, cifar100"),
        ({"dataset": "cifar100", "noise": "class-map:0.2"}, "class-map needs one of"),
        ({"noise": "class-map:0.2", "num_classes": 5}, "needs all classes"),
        (
            {"dataset": "cifar10", "noise": "open-set:0.2", "loss": "forward"},
            "loss forward needs noise in the labels, got open-set:0.2",
        ),
        ({"seed": -1}, "seed must be an integer of at least 0, got -1"),
        ({"seed": True}, "seed must be an integer of at least 0, got True"),
        ({"epochs": 0}, "epochs must be an integer of at least 1, got 0"),
        ({"num_classes": 1}, "num_classes must be an integer of at least 2, got 1"),
    ],
)
def test_what_is_wrong_with_a_run_is_said(choices, message):
    with pytest.raises((ValueError, TypeError), match=message):
        Run(**choices)


def test_an_unknown_choice_is_refused():
    with pytest.raises(ValueError, match=r"a run has the choices .*, got colour"):
        Run.from_dict({"colour": "red"})


def test_the_seeds_of_a_run_are_three_streams():
    seeds = [Seeds.of(Run(seed=seed)) for seed in range(50)]
    numbers = [n for s in seeds for n in (s.noise, s.init, s.order)]
    assert len(set(numbers)) == 150
    assert Seeds.of(Run(seed=0)) == Seeds.of(Run(seed=0, loss="ce", model="small_cnn"))


def test_the_paper_protocol_is_the_papers():
    cifar10, cifar100 = protocol("paper", "cifar10"), protocol("paper", "cifar100")
    for plan in (cifar10, cifar100):
        assert (plan.lr, plan.batch_size, plan.weight_decay) == (0.01, 128, 1e-4)
        assert plan.prune_every == 10
    assert (cifar10.epochs, cifar10.schedule, cifar10.prune_from) == (120, (40, 80), 40)
    assert (cifar100.epochs, cifar100.schedule) == (150, (80, 120))
    assert cifar100.prune_from == 80
    assert cifar10.fit_options("cifar10")["augment"] == ("crop", "flip")
    assert cifar10.fit_options("fashion-mnist")["augment"] == ()


CHOSEN = {  # epochs, lr, schedule, pruning: from and every, weight decay, batch size
    "lesson": (20, 0.1, "one-cycle", 8, 2, 1e-4, 128),
    "fast": (30, 0.1, "one-cycle", 10, 3, 5e-4, 128),
    "laptop": (10, 0.3, "triangle", 4, 2, 5e-4, 256),
    "laptop-augmented": (10, 0.3, "triangle", 4, 2, 5e-4, 256),
    "paper": (120, 0.01, (40, 80), 40, 10, 1e-4, 128),
}


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_number_of_a_protocol_is_the_one_its_docstring_says(name):
    plan = protocol(name, "cifar10")
    dates = plan.epochs, plan.lr, plan.schedule, plan.prune_from, plan.prune_every
    assert (*dates, plan.weight_decay, plan.batch_size) == CHOSEN[name]
    pruning = plan.pruning(0.3)
    assert (pruning.k, pruning.start, pruning.every) == (0.3, *dates[3:])
    options = plan.fit_options("cifar10")
    assert (options["weight_decay"], options["batch_size"]) == CHOSEN[name][5:]
    assert (options["epochs"], options["lr"], options["schedule"]) == CHOSEN[name][:3]


def test_the_laptop_protocols_differ_in_augmentation_alone():
    for dataset in NAMES:
        plain, augmented = (
            protocol(name, dataset).fit_options(dataset)
            for name in ("laptop", "laptop-augmented")
        )
        assert plain.pop("augment") == ()
        assert augmented.pop("augment") == ("crop", "flip")
        assert plain == augmented
        assert plain["epochs"] == 10
        assert plain["schedule"] == "triangle"


@pytest.mark.parametrize("epochs", [1, 2, 3, 12, 240])
def test_other_numbers_of_epochs_keep_the_proportions(epochs):
    plan = protocol("paper", "cifar10", epochs)
    assert plan.epochs == epochs
    assert all(0 < date < epochs for date in plan.schedule)
    assert plan.prune_from >= 1
    if epochs == 240:
        assert (plan.schedule, plan.prune_from, plan.prune_every) == ((80, 160), 80, 20)


def test_a_run_that_estimates_T_trains_twice():
    assert epochs_of(Run(loss="forward-estimated")) == 2 * epochs_of(Run(loss="ce"))


def test_a_grid_is_every_combination_and_the_seeds_change_slowest():
    runs = grid(noise=("none", "symmetric:0.2"), loss=("ce", "mae"), seeds=2)
    assert [run.seed for run in runs] == [0] * 4 + [1] * 4
    assert len({run.id for run in runs}) == 8
    assert [run.seed for run in grid(seeds=(3, 5))] == [3, 5]


@pytest.mark.parametrize("dataset", ["fashion-mnist", "cifar10", "cifar100"])
def test_the_papers_table_has_all_its_cells(dataset):
    runs = paper_grid(dataset)
    assert len({run.id for run in runs}) == 8 * 7 * 5
    assert {run.protocol for run in runs} == {"paper"}
    published = load_published()
    published = published[published["dataset"] == dataset]
    cells = {(run.noise, run.loss) for run in runs}
    assert set(zip(published["noise"], published["loss"], strict=True)) <= cells


def test_the_laptop_grid_is_the_papers_table_in_minutes():
    runs = laptop_grid("cifar100")
    cells = {(run.noise, run.loss) for run in paper_grid("cifar100")}
    cells = {cell for cell in cells if not cell[1].startswith("truncated")}
    assert {(run.noise, run.loss) for run in runs} == cells
    assert {(run.model, run.protocol) for run in runs} == {("compact_cnn", "laptop")}


def test_learning_rates_are_tried_around_that_of_the_protocol():
    runs = GRIDS["learning-rates"]()
    assert {run.plan.lr for run in runs} == {0.1, 0.3, 1.0}
    assert {run.lr for run in runs} == {0.1, None, 1.0}
    assert len(runs) == 3 * 3 * 3


@pytest.mark.parametrize("name", sorted(GRIDS))
def test_every_grid_can_be_made_smaller(name):
    runs = GRIDS[name](seeds=1, epochs=1, model="mlp")
    assert runs
    assert {(run.seed, run.epochs, run.model) for run in runs} == {(0, 1, "mlp")}


def test_published_figures_are_percent_and_have_a_source():
    paper = load_published()
    assert len(paper) == 52
    assert paper["mean"].between(8, 100).all()
    assert paper["source"].str.contains(r"Liu|Nguyen").all()
    assert load_published("elsewhere")["source"].str.len().gt(10).all()
    row = paper.query("dataset == 'cifar10' and noise == 'symmetric:0.4'")
    assert row.set_index("loss")["mean"].to_dict() == {
        "ce": 81.88,
        "forward-estimated": 83.25,
        "gce:0.7": 87.13,
        "acs:0.7,0.5": 87.62,
    }


def test_a_run_knows_its_parts():
    run = Run(loss="acs:0.6,0.3", noise="pair:0.2", epochs=10, seed=3)
    assert run.method.prunes
    assert run.loss_spec.values == (0.6, 0.3)
    assert (run.noise_model.name, run.noise_model.values) == ("pair", (0.2,))
    assert run.plan == protocol("lesson", "fashion-mini", 10)
    assert (run.pruning.k, run.pruning.start) == (0.3, run.plan.prune_from)
    assert Run().pruning is None
    assert replace(run, lr=0.03).plan == replace(run.plan, lr=0.03)
    assert run.seeds == Seeds.of(run)
    assert Run(loss="forward-estimated", epochs=4).total_epochs == 8


def test_all_committed_records_create_their_ids_again():
    """`read_records` compares each id with that of the run made anew."""
    records = [r for path in BOOK_RESULTS.glob("*.jsonl") for r in read_records(path)]
    assert len(records) > 400
    assert all(Run(**record["run"]).id == record["id"] for record in records)
