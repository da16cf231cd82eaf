"""The book's records and what the practice chapters show of them.

Everything is computed here once more, from the lines of the files alone.
"""

import hashlib
import json
import re
import shlex
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from gce_lib import cli
from gce_lib import experiments as ex
from gce_lib.experiments import load_records

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "book" / "results"
PRACTICE = ROOT / "book" / "practice"
PAGES = ROOT / "_build" / "html" / "book" / "practice"
RECORDS = [
    json.loads(line)
    for file in sorted(RESULTS.glob("*.jsonl"))
    for line in file.read_text(encoding="utf-8").splitlines()
]
BY_ID = {record["id"]: record for record in RECORDS}
CHAPTERS = sorted(PRACTICE.glob("*.ipynb"))

every_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda c: c.stem)


def test_there_are_records_and_the_library_reads_them():
    assert len(RECORDS) > 300
    assert set(load_records(RESULTS).index) == set(BY_ID)


def test_ids_are_unique_and_made_of_the_choices():
    assert len(BY_ID) == len(RECORDS)
    for record in RECORDS:
        text = json.dumps(record["run"], sort_keys=True, separators=(",", ":"))
        assert record["id"] == hashlib.sha256(text.encode()).hexdigest()[:12]


def test_a_record_says_where_it_comes_from():
    for record in RECORDS:
        assert re.fullmatch("[0-9a-f]{40}", record["commit"])  # no "+": as committed
        assert {"python", "torch", "gce-lib"} <= set(record["versions"])
        assert record["device"]
        assert record["seconds"] > 0


def test_the_result_is_that_of_the_history():
    for record in RECORDS:
        history = record["history"]
        assert {len(column) for column in history.values()} == {len(history["epoch"])}
        best = record["best_epoch"] - 1
        assert history["validation_accuracy"][best] == max(
            history["validation_accuracy"]
        )
        assert record["test_accuracy_best"] == history["test_accuracy"][best]
        assert record["test_accuracy_last"] == history["test_accuracy"][-1]


def test_all_losses_meet_the_same_noise_and_each_seed_another():
    digests = defaultdict(lambda: defaultdict(set))
    drawn = (record for record in RECORDS if record["run"]["noise"] != "none")
    for record in drawn:
        run = record["run"]
        names = ("dataset", "noise", "train_size", "num_classes")
        problem = tuple(run.get(name) for name in names)
        digests[problem][run["seed"]].add(record["noise_digest"])
    for of_seeds in digests.values():
        assert all(len(found) == 1 for found in of_seeds.values())
        assert len(set.union(*of_seeds.values())) == len(of_seeds)


def figure(mean: float, std: float | None) -> str:
    return f"{mean:.1f}" if std is None else f"{mean:.1f} ± {std:.1f}"


def cells(at: str) -> set[str]:
    """Return the text of every cell that the records can fill."""
    accuracies = defaultdict(list)
    for record in RECORDS:
        run = {name: v for name, v in record["run"].items() if name != "seed"}
        accuracies[json.dumps(run, sort_keys=True)].append(
            100 * record[f"test_accuracy_{at}"]
        )
    return {
        figure(
            statistics.fmean(found) + tie,
            statistics.stdev(found) if len(found) > 1 else None,
        )
        for found in accuracies.values()
        for tie in (-1e-9, 1e-9)  # 63.95 is rounded up or down, as its bits have it
    }


def published() -> set[str]:
    file = ROOT / "gce_lib" / "experiments" / "published.json"
    figures = json.loads(file.read_text("utf-8"))["paper"]
    return {figure(one["mean"], one["std"]) for one in figures}


def page(name: str) -> BeautifulSoup:
    """Return a built page of the practice part."""
    path = PAGES / f"{name}.html"
    assert path.is_file(), f"no {path.relative_to(ROOT)}: run `make book` first"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="module")
def tables() -> list[list[list[str]]]:
    """Return the lines of every cell in the built page's tables of accuracies."""
    shown = []
    for table in page("reproduction").select("table.dataframe"):
        texts = [list(td.stripped_strings) for td in table.select("tbody td")]
        if any(line.startswith("→") for lines in texts for line in lines):
            shown.append(texts)
    return shown


def test_every_number_in_a_table_is_recorded_or_published(tables):
    best, last, theirs = cells("best"), cells("last"), published()
    filled = [lines for table in tables for lines in table if lines]
    assert len(filled) > 50
    for chosen, end, *small in filled:
        assert chosen in best
        assert end.removeprefix("→ ") in last
        assert set(small) <= theirs


def test_no_table_is_an_empty_grid(tables):
    for table in tables:
        assert any(table), "a table without any number"


def test_the_paper_s_data_have_a_table_with_published_figures_beside_ours(tables):
    assert any(len(lines) == 3 for lines in tables[0])


def markdown(chapter: Path) -> str:
    notebook = nbformat.read(chapter, as_version=4)
    return "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


@every_chapter
def test_nobody_types_a_result(chapter):
    text = re.sub(r"\$[^$]*\$|`[^`]*`", "", markdown(chapter))
    typed = re.findall(r"\b\d\d\.\d+\b|\b\d+\.\d+\s*%", text)
    assert not typed, f"{chapter.name} has results typed by hand: {typed}"


def commands() -> list[str]:
    """Return the sweeps that the built pages of the practice chapters print."""
    found = []
    for chapter in CHAPTERS:
        text = "\n".join(pre.get_text() for pre in page(chapter.stem).select("pre"))
        text = text.replace("\\\n", " ")
        found += re.findall(r"^python -m gce_lib sweep .*", text, re.MULTILINE)
    return found


def test_every_record_is_made_by_a_command_of_the_book(capsys):
    made = set()
    for command in commands():
        arguments = shlex.split(command)[3:]
        assert cli.main([*arguments, "--dry-run"]) == 0
        made |= set(
            re.findall(r"^(?:done|to do)  (\w{12})", capsys.readouterr().out, re.M)
        )
    assert set(BY_ID) <= made


def test_a_cell_run_again_gives_the_recorded_number(tmp_path):
    """Identical on the same kind of processor; within a point on another."""
    choices = {
        "dataset": "fashion-mini",
        "noise": "symmetric:0.4",
        "loss": "gce:0.7",
        "model": "mlp",
        "protocol": "lesson",
    }
    (before,) = (r for r in RECORDS if r["run"] == {**choices, "seed": 0})
    path = tmp_path / "again.jsonl"
    options = [f"--{name}={value}" for name, value in choices.items()]
    command = [sys.executable, "-m", "gce_lib", "sweep", *options, "--seeds=1"]
    subprocess.run([*command, f"--records={path}"], check=True, cwd=ROOT)
    (again,) = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert again["id"] == before["id"]
    assert again["noise_digest"] == before["noise_digest"]
    if (again["device"], again["versions"]) == (before["device"], before["versions"]):
        compared = ("loss", "validation_accuracy", "test_accuracy", "memorised")
        for column in compared:
            assert again["history"][column] == before["history"][column]
    difference = again["test_accuracy_last"] - before["test_accuracy_last"]
    assert abs(difference) < 0.02


def laptops(
    noise: str, loss: str, lr: float | None = None, dataset: str = "cifar10"
) -> dict[int, dict]:
    """Return the records of a cell under the laptop protocol, by seed."""
    wanted = {"dataset": dataset, "protocol": "laptop", "noise": noise, "loss": loss}
    return {
        record["run"]["seed"]: record
        for record in RECORDS
        if wanted.items() <= record["run"].items() and record["run"].get("lr") == lr
    }


def laptop(noise: str, loss: str, lr: float | None = None) -> dict:
    """Return the first of them."""
    return laptops(noise, loss, lr)[0]


@pytest.mark.parametrize("rate", [0.2, 0.4, 0.6])
def test_up_to_three_wrong_labels_in_five_l_q_leads_and_more_so_at_the_end(rate):
    ce, gce = (laptops(f"symmetric:{rate}", loss) for loss in ("ce", "gce:0.7"))
    assert ce.keys() == gce.keys()
    for seed in ce:
        stopped, end = (
            gce[seed][f"test_accuracy_{at}"] - ce[seed][f"test_accuracy_{at}"]
            for at in ("best", "last")
        )
        assert 0.02 < stopped < end


def test_two_wrong_labels_in_five_cross_entropy_falls():
    ce, gce = (laptop("symmetric:0.4", loss) for loss in ("ce", "gce:0.7"))
    assert max(ce["history"]["test_accuracy"]) > ce["test_accuracy_last"] + 0.03
    assert ce["history"]["memorised"][-1] > 2 * gce["history"]["memorised"][-1]


def test_people_s_mistakes_are_easier_to_memorise_and_l_q_leads():
    ce, gce = (laptop("human:worse", loss) for loss in ("ce", "gce:0.7"))
    for at in ("best", "last"):
        assert gce[f"test_accuracy_{at}"] > ce[f"test_accuracy_{at}"] + 0.02
    assert ce["test_accuracy_best"] > ce["test_accuracy_last"] + 0.02
    uniform = laptop("symmetric:0.4", "gce:0.7")
    assert gce["noise_rate"] == pytest.approx(uniform["noise_rate"], abs=0.01)
    assert gce["history"]["memorised"][-1] == pytest.approx(1 / 3, abs=0.05)
    assert uniform["history"]["memorised"][-1] == pytest.approx(1 / 9, abs=0.02)


def test_the_correction_lies_between_and_the_absolute_error_learns_too_slowly():
    ce, mae, forward, gce = (
        laptop("symmetric:0.4", loss) for loss in ("ce", "mae", "forward", "gce:0.7")
    )
    for at in ("test_accuracy_best", "test_accuracy_last"):
        assert ce[at] < forward[at] < gce[at]
        assert mae[at] < max(ce["history"]["test_accuracy"]) - 0.02
    assert mae["history"]["memorised"][-1] < 0.1


def test_ten_epochs_are_too_short_for_a_hundred_classes():
    ce, small, large = (
        laptops("symmetric:0.4", loss, dataset="cifar100")[0]
        for loss in ("ce", "gce:0.3", "gce:0.7")
    )
    assert ce["history"]["memorised"][-1] < 0.05
    assert ce["test_accuracy_best"] == ce["test_accuracy_last"]
    assert large["test_accuracy_last"] < 0.05
    assert 2 * large["test_accuracy_last"] < small["test_accuracy_last"]
    assert small["test_accuracy_last"] < ce["test_accuracy_last"]


def test_a_larger_learning_rate_does_not_rescue_l_q_at_four_in_five():
    usual, larger = (laptop("symmetric:0.8", "gce:0.7", lr) for lr in (None, 1.0))
    assert larger["test_accuracy_best"] < usual["test_accuracy_best"] - 0.05
    assert max(larger["history"]["test_accuracy"]) < usual["test_accuracy_best"]


def test_a_smaller_learning_rate_does_not_rescue_cross_entropy_at_two_in_five():
    usual, smaller = (laptop("symmetric:0.4", "ce", lr) for lr in (None, 0.1))
    assert abs(smaller["test_accuracy_best"] - usual["test_accuracy_best"]) < 0.01
    assert smaller["test_accuracy_last"] < usual["test_accuracy_last"] - 0.02
    assert smaller["history"]["memorised"][-1] > usual["history"]["memorised"][-1]


def test_four_wrong_labels_in_five_ten_epochs_memorise_little_and_l_q_is_behind():
    ce, gce = (laptop("symmetric:0.8", loss) for loss in ("ce", "gce:0.7"))
    assert max(ce["history"]["memorised"][-1], gce["history"]["memorised"][-1]) < 0.15
    assert gce["test_accuracy_last"] < ce["test_accuracy_last"]


def test_with_two_confused_classes_l_q_leads_at_first():
    for rate in (0.1, 0.2):
        ce, gce = (laptop(f"class-map:{rate}", loss) for loss in ("ce", "gce:0.7"))
        for at in ("best", "last"):
            assert gce[f"test_accuracy_{at}"] > ce[f"test_accuracy_{at}"] + 0.01


def test_with_two_confused_classes_it_matters_then_who_stops_cross_entropy():
    ce, gce = (laptop("class-map:0.3", loss) for loss in ("ce", "gce:0.7"))
    assert ce["test_accuracy_best"] > gce["test_accuracy_best"] + 0.01
    assert ce["test_accuracy_last"] < gce["test_accuracy_last"] - 0.01


def test_pruning_costs_at_uniform_noise_and_is_level_at_little_of_the_other():
    for noise, low, high in [
        *((f"symmetric:{rate}", -1, 0) for rate in (0.2, 0.4, 0.6, 0.8)),
        ("class-map:0.2", -0.01, 0.01),
    ]:
        plain, pruned = (laptops(noise, loss) for loss in ("gce:0.7", "acs:0.7,0.5"))
        for seed in plain.keys() & pruned.keys():
            for at in ("best", "last"):
                gain = (
                    pruned[seed][f"test_accuracy_{at}"]
                    - plain[seed][f"test_accuracy_{at}"]
                )
                assert low < gain < high


def test_pruning_gains_a_point_at_class_dependent_three_tenths():
    plain, pruned = (
        laptop("class-map:0.3", loss) for loss in ("gce:0.7", "acs:0.7,0.5")
    )
    for at in ("test_accuracy_best", "test_accuracy_last"):
        assert 0.005 < pruned[at] - plain[at] < 0.015


def test_with_two_confused_classes_pruning_costs_more_than_ten_points():
    plain, pruned = (
        laptop("class-map:0.4", loss) for loss in ("gce:0.7", "acs:0.7,0.5")
    )
    for at in ("test_accuracy_best", "test_accuracy_last"):
        assert pruned[at] < plain[at] - 0.1


def test_with_two_confused_classes_both_memorise_and_end_level():
    ce, gce = (laptop("class-map:0.4", loss) for loss in ("ce", "gce:0.7"))
    assert min(ce["history"]["memorised"][-1], gce["history"]["memorised"][-1]) > 0.5
    assert abs(gce["test_accuracy_last"] - ce["test_accuracy_last"]) < 0.02


def test_where_cross_entropy_memorises_pairs_of_classes_l_q_is_mostly_ahead():
    """On CIFAR-10 and fashion-mini, at the epoch that validation chooses."""
    found = defaultdict(list)
    for record in RECORDS:
        run = record["run"]
        memorises = run["protocol"] in ("laptop", "lesson")
        if memorises and run["noise"].startswith("class-map") and run.get("lr") is None:
            found[run["dataset"], run["noise"], run["seed"]].append(record)
    ahead = []
    for runs in found.values():
        by_loss = {record["run"]["loss"]: record for record in runs}
        if by_loss.keys() >= {"ce", "gce:0.7"}:
            ce, gce = by_loss["ce"], by_loss["gce:0.7"]
            assert ce["history"]["memorised"][-1] > 0.3
            ahead.append(gce["test_accuracy_best"] > ce["test_accuracy_best"])
    assert len(ahead) > 12
    assert statistics.fmean(ahead) > 0.7


def rivals(noise: str) -> dict[str, list[float]]:
    """Return, by loss, accuracies of three seeds at the rate chosen by validation."""
    grid = ex.recorded(load_records(RESULTS), ex.rivals_grid(noise=noise, seeds=3))
    fair = ex.tuned(grid)
    found = fair.groupby("loss")["test_accuracy_best"].apply(list).to_dict()
    assert len(found) == len(ex.RIVALS)
    assert {len(seeds) for seeds in found.values()} == {3}
    return found


def test_with_a_learning_rate_each_all_rivals_end_within_two_points():
    means = [statistics.fmean(seeds) for seeds in rivals("symmetric:0.4").values()]
    assert max(means) - min(means) < 0.02


def test_l_q_leads_its_rivals_where_most_labels_are_wrong():
    means = {k: statistics.fmean(v) for k, v in rivals("symmetric:0.8").items()}
    assert max(means, key=means.get) == "gce:0.7"


def test_one_learning_rate_for_all_makes_winners_and_losers():
    def spread(lr):
        runs = ex.rivals_grid(rates=[lr], noise="symmetric:0.4")
        found = ex.recorded(load_records(RESULTS), runs)["test_accuracy_best"]
        assert len(found) == len(ex.RIVALS)
        return found.max() - found.min()

    assert min(map(spread, (None, 0.03, 0.01))) > 0.03


def test_with_two_confused_classes_loud_losses_fall_behind():
    means = {k: statistics.fmean(v) for k, v in rivals("class-map:0.4").items()}
    assert means["apl:1,1"] < means["ce"] - 0.1
    assert means["gce:0.7"] > max(means.values()) - 0.02


def test_clean_labels_cost_l_q_a_little():
    runs = [ex.grid(noise="none", loss=loss, seeds=3) for loss in ("ce", "gce:0.7")]
    records = load_records(RESULTS)
    ce, gce = (ex.recorded(records, r)["test_accuracy_last"].mean() for r in runs)
    assert 0 < ce - gce < 0.02


RUNGS = (
    "symmetric:0.333",
    "human-matrix:one",
    "human:one",
    "human:majority-3",
    "human:majority",
)


def rungs(at: str) -> dict[str, list[float]]:
    """Return by how much L_q leads cross entropy on each rung, one number a seed."""
    found = defaultdict(lambda: defaultdict(dict))
    for record in RECORDS:
        run = record["run"]
        if run["dataset"] == "fashion-mnist-h":
            accuracy = record[f"test_accuracy_{at}"]
            found[run["noise"]][run["seed"]][run["loss"]] = accuracy
    assert set(found) == set(RUNGS)
    return {
        noise: [seed["gce:0.7"] - seed["ce"] for seed in found[noise].values()]
        for noise in RUNGS
    }


def test_every_rung_of_the_ladder_has_its_seeds():
    assert {len(leads) for leads in rungs("last").values()} == {3}


def test_a_third_is_wrong_on_three_rungs_and_less_with_more_people():
    rates = {
        noise: statistics.fmean(
            record["noise_rate"]
            for record in RECORDS
            if record["run"]["dataset"] == "fashion-mnist-h"
            and record["run"]["noise"] == noise
        )
        for noise in RUNGS
    }
    expected = (1 / 3, 1 / 3, 1 / 3, 0.263, 0.18)
    assert list(rates.values()) == pytest.approx(expected, abs=0.01)


def test_down_the_ladder_the_lead_of_l_q_shrinks():
    means = [statistics.fmean(leads) for leads in rungs("last").values()]
    assert means == sorted(means, reverse=True)


def test_with_the_majority_of_all_l_q_is_behind_in_every_seed():
    for at in ("last", "best"):
        assert max(rungs(at)["human:majority"]) < -0.03


def test_stopping_shrinks_the_lead_and_with_one_person_each_it_has_no_sign():
    stopped, end = rungs("best"), rungs("last")
    uniform = "symmetric:0.333"
    assert statistics.fmean(stopped[uniform]) < statistics.fmean(end[uniform]) - 0.01
    assert min(stopped[uniform]) > 0.02
    assert min(stopped["human:one"]) < 0 < max(stopped["human:one"])
    assert min(end["human:one"]) > 0


def test_l_q_itself_gives_most_wrong_labels_of_the_majority():
    for record in RECORDS:
        run = record["run"]
        if (run["noise"], run["loss"]) == ("human:majority", "gce:0.7"):
            assert record["history"]["memorised"][-1] > 0.75
