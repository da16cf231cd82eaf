"""The command line, as one who types it meets it."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial

import pytest
import tiny_root
import torch

import gce_lib
from gce_lib import devices
from gce_lib.cli import main
from gce_lib.experiments import (
    BOOK_RESULTS,
    GRIDS,
    Run,
    load_records,
    read_records,
    summarise,
    table,
)
from gce_lib.experiments.records import work_folder
from gce_lib.vocabulary import METHODS

COMMANDS = ("doctor", "data", "train", "sweep", "table")
SHORT = ("--dataset", "fashion-mnist", "--epochs", "2")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tiny_root.write(tmp_path_factory.mktemp("data"))


@pytest.fixture
def gce(tmp_path, root, monkeypatch, capfd):
    """Return a function that runs a command and gives its code and what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GCE_DATA", str(root))

    def run(*arguments):
        try:
            code = main(arguments)
        except SystemExit as left:
            code = left.code
        said, wrong = capfd.readouterr()
        return code, said, wrong

    return run


def test_help_shows_every_command_and_examples(gce):
    code, said, _ = gce("--help")
    assert code == 0
    assert all(f"  {name} " in said for name in COMMANDS)
    for name in COMMANDS:
        code, said, _ = gce(name, "--help")
        assert code == 0
        assert f"python -m gce_lib {name}" in said.partition("example")[2]
    assert all(loss in gce("train", "--help")[1] for loss in METHODS)


def test_every_example_of_the_help_is_understood(gce, monkeypatch):
    for name in COMMANDS:
        monkeypatch.setattr(f"gce_lib.cli.{name}.run", lambda arguments: 0)
    shown = 0
    for name in COMMANDS:
        examples = gce(name, "--help")[1].partition("example")[2].replace("\\\n", "")
        for line in examples.splitlines():
            words = line.split(" > ")[0].split()
            if words[:3] == ["python", "-m", "gce_lib"]:
                assert gce(*words[3:]) == (0, "", ""), line
                shown += 1
    assert shown >= 12


def test_train_records_and_then_shows(gce):
    code, said, _ = gce("train", *SHORT, "--loss", "gce")
    assert code == 0
    run = Run(dataset="fashion-mnist", epochs=2)
    (record,) = read_records("runs.jsonl")
    assert record["id"] == run.id
    assert said.startswith(f"{run.id}  {run}")
    assert f"test accuracy {record['test_accuracy_last']:.2%} after the last" in said
    assert gce("train", *SHORT, "--loss", "gce:0.70")[:2] == (0, said)
    assert len(read_records("runs.jsonl")) == 1


def test_sweep_and_table(gce):
    sweep = ("sweep", *SHORT, "--loss", "ce", "gce:0.7", "--seeds", "2")
    assert gce(*sweep, "--dry-run")[1].endswith("4 runs, 4 to do\n")
    assert not os.path.exists("runs.jsonl")
    code, said, _ = gce(*sweep, "--budget", "0s")
    assert (code, said) == (0, "4 left for the next time in 0 s\n")
    code, said, wrong = gce(*sweep)
    assert code == 0
    assert said.startswith("4 finished in ")
    assert wrong == ""  # no progress bar into a pipe
    assert gce(*sweep, "--dry-run")[1].count("done  ") == 4
    code, said, _ = gce("table")
    assert code == 0
    assert all(word in said for word in ("symmetric:0.4", "gce:0.7", "±", "(2)"))


def test_a_terminal_sees_progress_unless_it_is_to_be_quiet(gce, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert "1 runs: 100%" in gce("sweep", *SHORT, "--loss", "ce")[2]
    assert gce("sweep", *SHORT, "--loss", "mae", "--quiet")[2] == ""
    assert gce("--quiet", "sweep", *SHORT, "--loss", "gce")[2] == ""


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_table_fits_the_width(gce, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    code, said, _ = gce("table", str(BOOK_RESULTS))
    assert code == 0
    assert max(map(len, said.splitlines())) <= width
    rows = load_records(BOOK_RESULTS)[["dataset", "noise"]].drop_duplicates()
    for noise, times in rows["noise"].value_counts().items():
        assert len(re.findall(rf"{noise}(?!\S)", said)) >= times


def test_a_table_in_other_formats(gce):
    records = str(BOOK_RESULTS)
    cells = summarise(load_records(records), at="last")
    said = gce("table", records, "--at", "last", "--format", "csv")[1]
    lines = list(csv.DictReader(io.StringIO(said)))
    assert [float(line["mean"]) for line in lines] == cells["mean"].tolist()
    said = gce("table", records, "--at", "last", "--format", "json")[1]
    rows = json.loads(said)
    assert [row["loss"] for row in rows] == cells["loss"].tolist()
    assert [row["mean"] for row in rows] == pytest.approx(cells["mean"].tolist())
    head, rule, *body = gce("table", records, "--format", "markdown")[1].splitlines()
    shown = table(load_records(records))
    assert head.split(" | ")[4:] == [*shown.columns[:-1], f"{shown.columns[-1]} |"]
    assert set(rule) == set("| -")
    assert len(body) == len(shown)
    assert all(line.count("|") == head.count("|") for line in body)


def test_the_version_is_said(gce):
    assert gce("--version") == (0, f"gce-lib {gce_lib.__version__}\n", "")


def test_sweep_of_a_grid_with_other_choices(gce):
    sweep = ("sweep", "--grid", "paper", "--dataset", "cifar100", "--seeds", "1")
    code, said, _ = gce(*sweep, "--loss", "mae", "--dry-run")
    assert code == 0
    assert said.endswith("8 runs, 8 to do\n")
    assert said.count("loss=mae model=resnet34 protocol=paper") == 8
    for grid in GRIDS:
        assert gce("sweep", "--grid", grid, "--dry-run")[0] == 0


@pytest.mark.parametrize(
    ("grid", "noise"), [("human", "human:worse"), ("ladder", "human:one")]
)
def test_a_grid_checks_its_noise_against_its_own_data_set(gce, grid, noise):
    sweep = ("sweep", "--grid", grid, "--noise", noise, "--dry-run")
    assert gce(*sweep)[0] == 0
    code, _, wrong = gce(*sweep, "--dataset", "fashion-mini")
    assert code == 2
    assert "got fashion-mini" in wrong


def test_a_failed_run_is_said_and_counts(gce):
    code, said, _ = gce("sweep", *SHORT, "--train-size", "5000")
    assert code == 1
    assert "1 failed" in said
    assert "train_size must be at most 600 for fashion-mnist, got 5000" in said


def test_doctor_names_what_is_there_and_what_is_missing(gce, tmp_path):
    code, said, _ = gce("doctor")
    assert code == 0
    assert f"python {sys.version.split()[0]}" in said
    assert "fashion-mini: ready, 10,000 training images" in said
    assert "cifar10: ready, 600 training images" in said
    code, said, _ = gce("doctor", "--data-root", str(tmp_path))
    assert code == 0
    assert "cifar10: not here yet: python -m gce_lib data cifar10" in said
    (tmp_path / "cifar10.npz").write_bytes(b"PK")
    code, said, _ = gce("doctor", "--data-root", str(tmp_path))
    assert code == 1
    assert "cifar10.npz is damaged" in said


@pytest.mark.parametrize(
    ("units", "expected"),
    [((), "fp32\n"), (("AMX",), "bf16; fp32 for networks without convolutions\n")],
)
def test_doctor_says_in_which_precision_this_cpu_works(
    gce, monkeypatch, units, expected
):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(devices, "bf16_units", lambda: units)
    _, said, _ = gce("doctor")
    assert f"precision  {expected}" in said


def test_data_says_what_it_has(gce):
    code, said, _ = gce("data", "cifar100")
    assert code == 0
    assert said == (
        "cifar100: 600 training and 200 test images, 8 × 8 × 3, 100 classes\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("train --loss gce:1.5", "error: q must be in [0, 1], got 1.5 in 'gce:1.5'"),
        ("train --noise pair", "error: noise must have the form 'pair:rate'"),
        ("train --noise human:worse", "error: noise human needs one of cifar10, got"),
        ("train --dataset cifar10 --noise human:x", "error: kind must be one of agg"),
        ("train --device tpu", "error: "),
        ("train --records file/runs.jsonl", "error: records must go to a file that"),
        ("train --train-size 601 --dataset fashion-mnist", "error: train_size must be"),
        ("train --seed x", "argument --seed: invalid int value: 'x'"),
        ("sweep --workers -3 --dry-run", "--workers: must be an integer of at least 0"),
        ("sweep --seeds 0", "--seeds: must be an integer in [1, 10000], got '0'"),
        ("train --threads 0.5", "--threads: must be an integer in [1, 1024]"),
        ("train --threads 99999999", "--threads: must be an integer in [1, 1024], got"),
        ("sweep --seeds 99999999999", "--seeds: must be an integer in [1, 10000]"),
        ("train --device mps", 'error: device must be one that is here, got "mps"'),
        ("train --records /dev/null", "error: records must go to a file that can be"),
        ("train --device tpu", "--device: must be auto, cpu, cuda, cuda:1 … or mps"),
        ("train --records no/such/x.jsonl", "in a folder that exists, got no/such/x"),
        ("train --data-root file", "--data-root: must be a folder, got file"),
        ("sweep --gpus-per-run 1", "error: --gpus-per-run goes with --executor ray"),
        ("sweep --ray-address x", "error: --ray-address goes with --executor ray"),
        ("sweep --gpus-per-run -1", "--gpus-per-run: must be a number of at least 0"),
        (
            "sweep --grid class-count --num-classes 3",
            "error: --num-classes must be left out of --grid class-count",
        ),
        (
            "sweep --grid learning-rates --lr 1",
            "error: --lr must be left out of --grid learning-rates",
        ),
        ("train --lr 0", "error: lr must be a number in (0, 1000], got 0"),
        (
            "sweep --grid open-set --dataset fashion-mini --dry-run",
            "error: noise open-set needs one of cifar10, cifar100, got fashion-mini",
        ),
        ("train --num-classes 11", "error: num_classes must be at most 10 for fashion"),
        ("train --epochs 0", "error: epochs must be an integer of at least 1, got 0"),
        ("sweep --loss ce gce:2", "error: q must be in [0, 1], got 2 in 'gce:2'"),
        ("sweep --budget soon", "must be a time such as 90s, 45m or 2h, got 'soon'"),
        ("sweep --grid mine", "invalid choice: 'mine'"),
        ("table nothing.jsonl", "error: records must be a file that can be read"),
        ("data mnist", "invalid choice: 'mnist'"),
        ("", "the following arguments are required: command"),
    ],
)
def test_errors_are_a_sentence(gce, tmp_path, arguments, message):
    (tmp_path / "file").write_text("not a folder")
    code, said, wrong = gce(*arguments.split())
    assert code == 2
    assert said == ""
    assert message in wrong
    assert "Traceback" not in wrong


@pytest.fixture
def students(tmp_path):
    """A folder with a file of records a student, who have done the same run."""
    folder = tmp_path / "students"
    folder.mkdir()
    first = (BOOK_RESULTS / "fashion-mini.jsonl").read_text("utf-8").splitlines()[0]
    for name in ("ada", "bob"):
        (folder / f"{name}.jsonl").write_text(first + "\n", "utf-8")
    return folder


def test_a_leaderboard_of_a_class(gce, students):
    code, said, _ = gce("table", str(students), "--leaderboard")
    assert code == 0
    run = load_records(students / "ada.jsonl").iloc[0]
    title, _, ada, bob = said.splitlines()
    assert title == f"fashion-mini, mlp, lesson, {run['noise']}"
    accuracy = f"{100 * run['test_accuracy_best']:.2f} (1)"
    assert ada.split() == ["1", "ada", run["loss"], *accuracy.split()]
    assert bob.split() == ["bob", run["loss"], *accuracy.split()]
    said = gce("table", str(students), "--leaderboard", "--format", "json")[1]
    assert [row["place"] for row in json.loads(said)] == [1, 1]
    markdown = gce("table", str(students), "--leaderboard", "--format", "markdown")[1]
    assert markdown.count("| 1 |") == 2


def test_a_record_with_the_id_of_another_run_is_refused_with_file_and_line(
    gce, students
):
    path = students / "bob.jsonl"
    record = json.loads(path.read_text("utf-8"))
    record["run"]["seed"] += 1
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
    identity = Run.from_dict(record["run"]).id
    code, said, wrong = gce("table", str(students), "--leaderboard")
    assert (code, said) == (2, "")
    assert wrong == (
        f"error: {path} line 2 must have the id {identity} of its run, "
        f"got {record['id']}\n"
    )


def test_a_table_refuses_a_run_of_two_files(gce, students):
    code, _, wrong = gce("table", str(students))
    assert code == 2
    assert "a run must have one record" in wrong


def test_an_empty_table_says_so(gce, tmp_path):
    (tmp_path / "runs.jsonl").write_text("")
    assert gce("table") == (1, "runs.jsonl has no record yet\n", "")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_says_how_to_go_on(tmp_path, root, workers):
    arguments = ["sweep", "--dataset", "fashion-mnist", "--epochs", "1500"]
    arguments += ["--seeds", "2", "--workers", workers]
    process = subprocess.Popen(
        [sys.executable, "-m", "gce_lib", *arguments],
        cwd=tmp_path,
        env={**os.environ, "GCE_DATA": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # what runs in the background ignores Ctrl-C, and its children inherit that
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    run = Run(dataset="fashion-mnist", epochs=1500)
    checkpoint = work_folder(tmp_path / "runs.jsonl") / run.id / "training.pt"
    while not checkpoint.exists():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to all processes
    _, wrong = process.communicate(timeout=60)
    assert process.returncode == 130
    again = " ".join(["python -m gce_lib", *arguments])
    assert wrong.endswith(f"Stopped. This continues where it was:\n  {again}\n")
    assert "Traceback" not in wrong
    assert (tmp_path / "runs.jsonl").read_text() == ""


def launch(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "gce_lib", *arguments], capture_output=True, **options
    )


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437"])
@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_goes_through_pipes_of_every_encoding(name, encoding):
    done = launch(
        *name.split(), "--help", env={**os.environ, "PYTHONIOENCODING": encoding}
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"usage: python -m gce_lib" in done.stdout


def test_results_go_through_a_pipe_of_another_encoding(tmp_path, root):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "GCE_DATA": str(root)}
    for command in (["train", *SHORT], ["table"], ["data", "cifar10"], ["doctor"]):
        done = launch(*command, cwd=tmp_path, env=environment)
        assert done.returncode == 0, done.stderr
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        "--help",
        "sweep --help",
        "train --loss gce:1.5",
        "train --device tpu",
        "sweep --grid class-count --num-classes 3",
        "sweep --workers -3 --dry-run",
        "table nothing.jsonl",
        "data mnist",
    ],
)
def test_help_and_errors_do_not_wait_for_torch(tmp_path, arguments):
    """They come in under 0.3 s, of a processor that has nothing else to do."""
    script = f"""
import runpy, sys
sys.argv = ["gce_lib", *{arguments.split()!r}]
try:
    runpy.run_module("gce_lib", run_name="__main__")
except SystemExit as left:
    assert left.code in (0, 2), left.code
assert not {{"torch", "numpy", "pandas"}} & sys.modules.keys()
"""
    begun = os.times()
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, timeout=60)
    ended = os.times()
    assert done.returncode == 0
    used = ended.children_user + ended.children_system
    assert used - begun.children_user - begun.children_system < 0.3


def test_ctrl_c_while_starting_is_no_traceback(tmp_path):
    script = """
import runpy, sys

class Interrupting:
    def find_spec(self, name, *_):
        if name in ("gce_lib.cli.sweep", "torch"):
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupting())
sys.argv = ["gce_lib", "doctor"]
runpy.run_module("gce_lib", run_name="__main__")
"""
    for part in ('"gce_lib.cli.sweep", ', ""):
        changed = script.replace('"gce_lib.cli.sweep", ', part)
        done = subprocess.run(
            [sys.executable, "-c", changed],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 130, done.stderr
        assert "Traceback" not in done.stderr


def test_a_tilde_is_the_home_folder(gce, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    assert gce("train", *SHORT, "--records=~/x.jsonl")[0] == 0
    assert gce("table", "~/x.jsonl")[0] == 0
    assert sorted(os.listdir(tmp_path)) == ["home"]
    code, said, _ = gce("doctor", "--data-root=~/data")
    assert code == 0
    assert "cifar10: not here yet" in said


def test_the_words_of_the_command_line_are_those_of_the_library():
    from gce_lib import data, experiments, models, noise, vocabulary
    from gce_lib.experiments.protocols import PROTOCOLS

    assert tuple(vocabulary.DATASETS) == tuple(data.NAMES)
    assert tuple(models.MODELS) == vocabulary.MODEL_NAMES
    assert tuple(PROTOCOLS) == vocabulary.PROTOCOL_NAMES
    assert tuple(experiments.GRIDS) == vocabulary.GRID_NAMES
    assert noise.HUMAN_KINDS == vocabulary.HUMAN_KINDS
    for name, make in experiments.GRIDS.items():
        default = vocabulary.GRID_DATASETS.get(name, vocabulary.DEFAULTS["dataset"])
        assert {run.dataset for run in make()} == {default}, name
    assert Run().to_dict() == {
        name: value for name, value in vocabulary.DEFAULTS.items() if value is not None
    }
    assert list(vars(Run())) == list(vocabulary.DEFAULTS)
