"""The same sweeps on Ray actors."""

import pytest
import ray
import tiny_root

from gce_lib.experiments import Run, execute, read_records, sweep
from gce_lib.experiments.ray_executor import RayActors
from gce_lib.experiments.records import work_folder

RUNS = tiny_root.short_runs(loss=("ce", "gce:0.7"), seeds=2)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tiny_root.write(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def cluster():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


def go(runs, path, root, **options):
    options |= {"data_root": root, "executor": "ray", "workers": None}
    return sweep(runs, path, progress=False, **options)


def accuracies(records):
    return {record["id"]: record["history"]["test_accuracy"] for record in records}


def test_actors_give_the_same_records(tmp_path, root, cluster, monkeypatch):
    path = tmp_path / "runs.jsonl"
    sweep(RUNS[:1], path, data_root=root, progress=False)
    bad = Run(dataset="fashion-mnist", epochs=1, train_size=10_000)
    seen = []
    monkeypatch.setattr(
        "gce_lib.experiments.progress.SweepBar.epochs",
        lambda bar, run, done: seen.append((run, done)),
    )
    summary = go([bad, *RUNS], path, root)
    assert (summary.finished, summary.skipped) == (len(RUNS) - 1, 1)
    assert list(summary.failed) == [bad]
    here = accuracies(execute(run, data_root=root) for run in RUNS)
    assert accuracies(read_records(path)) == here
    assert set(seen) == {(run, done) for run in RUNS[1:] for done in (1, 2)}


def test_a_dead_actor_and_a_budget(tmp_path, root, cluster, monkeypatch):
    path = tmp_path / "runs.jsonl"
    (long,) = tiny_root.short_runs(epochs=20_000)
    start = RayActors.start
    killed = []

    def start_and_kill_the_first(pool, job):
        start(pool, job)
        if not killed:
            ((actor, run),) = pool._busy.values()
            ray.kill(actor)
            killed.append(run)

    monkeypatch.setattr(RayActors, "start", start_and_kill_the_first)
    summary = go([RUNS[0], long], path, root, budget_seconds=5)
    assert summary.failed.keys() == set(killed) == {RUNS[0]}
    assert summary.failed[RUNS[0]].startswith("its actor died: ")
    assert (summary.finished, summary.left) == (0, 1)
    assert (work_folder(path) / long.id / "training.pt").exists()
    assert read_records(path) == []


def test_more_than_the_cluster_has_is_refused(tmp_path, root, cluster):
    message = "an actor needs 1 CPUs and 2 GPUs, the Ray cluster has 2 and 0"
    with pytest.raises(RuntimeError, match=message):
        go(RUNS, tmp_path / "runs.jsonl", root, gpus_per_run=2)
