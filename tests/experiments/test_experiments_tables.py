"""Tables: the arithmetic, the empty cells, the published figures."""

import math
import statistics

import pandas as pd
import pytest

from gce_lib.experiments import (
    Run,
    deviations,
    grid,
    leaderboard,
    load_published,
    summarise,
    table,
)

ACCURACIES = (0.8713, 0.8691, 0.8744)


def frame(runs, accuracies=ACCURACIES):
    rows = [
        {
            "id": run.id,
            **run.to_dict(),
            "test_accuracy_best": accuracy,
            "test_accuracy_last": accuracy / 2,
            "seconds": 10.0,
        }
        for run, accuracy in zip(runs, accuracies, strict=True)
    ]
    columns = [*Run().to_dict(), "test_accuracy_best", "test_accuracy_last", "seconds"]
    columns = None if rows else ["id", *columns]
    return pd.DataFrame(rows, columns=columns).set_index("id")


def paper_runs(**choices):
    return grid(
        dataset="cifar10", model="resnet34", protocol="paper", seeds=3, **choices
    )


def test_the_arithmetic():
    (cell,) = summarise(frame(paper_runs())).itertuples()
    percent = [100 * accuracy for accuracy in ACCURACIES]
    assert math.isclose(cell.mean, statistics.fmean(percent))
    assert math.isclose(cell.std, statistics.stdev(percent))
    assert (cell.n, cell.seconds) == (3, 30.0)
    assert (cell.published_mean, cell.published_std) == (87.13, 0.22)
    (last,) = summarise(frame(paper_runs()), at="last").itertuples()
    assert math.isclose(last.mean, cell.mean / 2)


def test_a_cell_is_as_the_paper_prints_it():
    shown = table(frame(paper_runs()))
    assert shown["symmetric:0.4"].tolist() == ["87.16 ± 0.27 (3)", "87.13 ± 0.22"]
    assert shown.index.get_level_values("by").tolist() == ["ours", "published"]


def test_deviations_are_in_standard_deviations_of_the_difference():
    runs = paper_runs(loss=("ce", "mae"), noise=("symmetric:0.4", "symmetric:0.8"))
    done = [run for run in runs if run.noise == "symmetric:0.4"]
    cells = summarise(frame(done, [0.80, 0.5, 0.81, 0.5, 0.82, 0.5]), runs=runs)
    (cell,) = deviations(cells).itertuples()  # of MAE and at 0.8 there is nothing
    assert (cell.loss, cell.noise) == ("ce", "symmetric:0.4")
    assert math.isclose(cell.difference, 81 - 81.88)
    assert math.isclose(cell.deviation, (81 - 81.88) / math.hypot(1, 0.29))


def test_deviations_where_a_std_is_not_known():
    first, *_ = paper_runs(loss="ce")
    (cell,) = deviations(summarise(frame([first], [0.8]))).itertuples()
    assert math.isclose(cell.deviation, (80 - 81.88) / 0.29)
    truncated, *_ = paper_runs(loss="acs")
    (cell,) = deviations(summarise(frame([truncated], [0.9]))).itertuples()
    assert math.isclose(cell.difference, 90 - 87.62)
    assert math.isnan(cell.deviation)


def test_deviations_put_the_largest_first():
    runs = paper_runs(loss=("ce", "gce"))
    cells = deviations(summarise(frame(runs, [0.8, 0.5] * 3)))
    assert cells["loss"].tolist() == ["gce:0.7", "ce"]


def test_one_seed_has_no_deviation():
    (run, *_) = paper_runs(loss="mae")
    shown = table(frame([run], [0.5]))
    assert shown["symmetric:0.4"].tolist() == ["50.00 (1)"]


def test_what_was_not_run_is_an_empty_cell():
    runs = paper_runs(noise=("symmetric:0.8", "symmetric:0.4"), loss=("gce:0.7", "ce"))
    some = [run for run in runs if run.noise == "symmetric:0.4" and run.loss == "ce"]
    cells = summarise(frame(some), runs=runs)
    assert len(cells) == 4
    assert cells["n"].sum() == 3
    assert cells.loc[cells["n"] == 0, "mean"].isna().all()
    ours = table(frame(some), runs=runs).xs("ours", level="by")
    assert list(ours.columns) == ["symmetric:0.4", "symmetric:0.8"]
    assert (ours == "").sum().sum() == 3
    nothing = table(frame([], []), runs=runs).xs("ours", level="by")
    assert (nothing == "").all(axis=None)


def test_rows_and_columns_have_an_order_of_their_own():
    runs = [
        Run(loss=loss, noise=noise)
        for loss in ("agce", "gce:1", "gce:0.2", "ce")
        for noise in ("class-map:0.1", "symmetric:0.8", "none", "symmetric:0.2")
    ]
    shown = table(frame([], []), runs=runs)
    assert list(shown.columns) == [
        "none",
        "symmetric:0.2",
        "symmetric:0.8",
        "class-map:0.1",
    ]
    losses = shown.index.get_level_values("loss").tolist()
    assert losses == ["ce", "gce:0.2", "gce:1", "agce:0.6,0.6"]


def test_other_trainings_have_rows_of_their_own():
    runs = [
        Run(),
        Run(seed=1),
        Run(epochs=3),
        Run(train_size=100),
        Run(model="small_cnn"),
        Run(num_classes=5),
        Run(lr=0.03),
    ]
    shown = table(frame(runs, [0.5] * 7))
    trainings = shown.index.get_level_values("training").tolist()
    assert trainings == [
        "mlp, lesson",
        "mlp, lesson, 100 images",
        "mlp, lesson, 3 epochs",
        "mlp, lesson, 5 classes",
        "mlp, lesson, learning rate 0.03",
        "small_cnn, lesson",
    ]
    assert shown["symmetric:0.4"].tolist()[0] == "50.00 ± 0.00 (2)"


def test_a_part_of_the_data_is_not_compared_with_the_published():
    whole = summarise(frame(paper_runs(epochs=3)))
    part = summarise(frame(paper_runs(train_size=100)))
    assert whole["published_mean"].notna().all()
    assert part["published_mean"].isna().all()


def test_every_published_figure_finds_its_cell():
    published = load_published()
    runs = [
        Run(dataset=d, noise=n, loss=x, model="resnet34", protocol="paper")
        for d, n, x in published[["dataset", "noise", "loss"]].itertuples(index=False)
    ]
    cells = summarise(frame([], []), runs=runs)
    assert cells["published_mean"].tolist() == published["mean"].tolist()
    shown = table(frame([], []), runs=runs).xs("published", level="by")
    assert (shown != "").sum().sum() == len(published)


def test_another_moment_is_refused():
    with pytest.raises(ValueError, match="at must be best or last, got 'first'"):
        summarise(frame(paper_runs()), at="first")


def class_of(**accuracies):
    """The records of a class: for each student, losses and their accuracies."""
    frames = []
    for student, by_loss in accuracies.items():
        for loss, found in by_loss.items():
            runs = grid(loss=loss, seeds=len(found))
            frames.append(frame(runs, found).assign(file=f"{student}.jsonl"))
    return pd.concat(frames)


def test_a_leaderboard_ranks_students_by_their_means():
    records = class_of(
        ada={"gce:0.7": [0.8, 0.9], "ce": [0.6]}, bob={"mae": [0.7]}, eve={"ce": [0.6]}
    )
    ranked = leaderboard(records)
    assert ranked["place"].tolist() == [1, 2, 3, 3]
    assert ranked["file"].tolist() == ["ada", "bob", "ada", "eve"]
    assert ranked["mean"].tolist() == pytest.approx([85, 70, 60, 60])
    assert ranked["n"].tolist() == [2, 1, 1, 1]
    assert ranked["std"].iloc[0] == pytest.approx(math.sqrt(50))
    halves = leaderboard(records, at="last")["mean"].tolist()
    assert halves == pytest.approx([42.5, 35, 30, 30])


def test_each_problem_of_a_leaderboard_has_its_own_places():
    noises = ("symmetric:0.4", "symmetric:0.2", "pair:0.2")
    frames = [
        frame(grid(noise=noise), [0.8]).assign(file=f"{noise}.jsonl")
        for noise in noises
    ]
    frames.append(frame(grid(noise=noises[0], epochs=3), [0.9]).assign(file="b.jsonl"))
    ranked = leaderboard(pd.concat(frames))
    assert ranked["place"].tolist() == [1, 1, 1, 1]
    assert ranked["training"].tolist() == 3 * ["mlp, lesson"] + [
        "mlp, lesson, 3 epochs"
    ]
    assert ranked["noise"].tolist() == [*noises[1::-1], noises[2], noises[0]]
