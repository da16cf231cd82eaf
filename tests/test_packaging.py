"""What `pip install` brings: all that chapters read elsewhere, and nobody's torch."""

import email
import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import gce_lib
from gce_lib import extras

ROOT = Path(__file__).resolve().parents[1]
REQUIRED = ("torch", "numpy", "tqdm")


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """Return the wheel, built from a copy of the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    ignore = shutil.ignore_patterns("__pycache__", "*.work")
    for name in ("gce_lib", "book/results"):
        shutil.copytree(ROOT / name, source / name, ignore=ignore)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    options = ["--no-deps", "--no-build-isolation", "--no-index", "-q"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "-w", folder, source]
    subprocess.run(command, check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(built) -> set[str]:
    """Return the names of the files in the wheel."""
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def test_the_whole_library_is_in_the_wheel(wheel):
    modules = (ROOT / "gce_lib").rglob("*.py")
    assert {path.relative_to(ROOT).as_posix() for path in modules} <= wheel


def test_what_the_library_reads_is_in_the_wheel(wheel):
    kinds = (".json", ".npz", ".js", ".css", ".typed")
    files = [
        path.relative_to(ROOT)
        for path in (ROOT / "gce_lib").rglob("*")
        if path.suffix in kinds and path.parent.name != "static"
    ]
    assert {path.as_posix() for path in files} <= wheel


def test_the_records_of_the_book_are_in_the_wheel(wheel):
    files = list((ROOT / "book" / "results").glob("*.jsonl"))
    assert files
    assert {f"gce_lib/results/{file.name}" for file in files} <= wheel


def needed_by(names) -> dict[str, metadata.Distribution]:
    """Return the installed distributions that `names` need, themselves included."""
    found, todo = {}, [Requirement(name) for name in names]
    while todo:
        wanted = todo.pop()
        key = wanted.name, frozenset(wanted.extras)
        if key in found:
            continue
        found[key] = metadata.distribution(wanted.name)
        for needed in map(Requirement, found[key].requires or ()):
            marker, asked = needed.marker, wanted.extras or {""}
            if not marker or any(marker.evaluate({"extra": e}) for e in asked):
                todo.append(needed)
    return {name: distribution for (name, _), distribution in found.items()}


def versions_in(site: Path) -> dict[str, str]:
    """Return the version of every distribution in a folder."""
    return {d.name: d.version for d in metadata.distributions(path=[str(site)])}


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """Install the wheel beside a torch; return `bin`, and versions before and after."""
    folder = tmp_path_factory.mktemp("lean")
    venv.create(folder)
    binaries = folder / ("Scripts" if os.name == "nt" else "bin")
    (site,) = {*folder.glob("lib/python*/site-packages"), *folder.glob("Lib/site-*")}
    for distribution in needed_by(REQUIRED).values():
        for top in {file.parts[0] for file in distribution.files} - {".."}:
            if not (site / top).exists() and top != "__pycache__":
                (site / top).symlink_to(distribution.locate_file(top))
    before = versions_in(site)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
    environment["PIP_CONFIG_FILE"] = os.devnull
    pip = [sys.executable, "-m", "pip", "--python", binaries / "python"]
    command = [*pip, "install", "-q", "--no-index", built]
    subprocess.run(command, check=True, env=environment)
    return binaries, before, versions_in(site)


def test_an_install_adds_the_library_and_leaves_torch_alone(installed):
    _, before, after = installed
    assert before["torch"] == metadata.version("torch")
    assert after == {**before, "gce-lib": gce_lib.__version__}


LEAN = """
import json, sys
import torch
import gce_lib as gce

logits, labels = torch.randn(4, 3, requires_grad=True), torch.tensor([0, 1, 2, 0])
gce.gce_loss(logits, labels, q=0.7).backward()
T = gce.noise.symmetric(10, 0.4)
dataset = gce.data.load("fashion-mini")
noisy = gce.noise.corrupt(dataset.train_labels, T, seed=0)
network = gce.models.mlp(hidden=(8,))
history = gce.fit(
    network, dataset, gce.GCELoss(0.7), labels=noisy, epochs=1, device="cpu"
)
said = {}
for code in json.loads(sys.argv[1]):
    try:
        exec(code)
    except ImportError as error:
        said[code] = str(error)
print(json.dumps({
    "gradient": bool(logits.grad.isfinite().all()),
    "rate": noisy.rate,
    "bound": gce.theory.clean_risk_bound(0.7, 10, 0.4),
    "accuracy": history.last["test_accuracy"],
    "said": said,
}))
"""
NEEDS = {
    "import gce_lib.plots": ("gce_lib.plots", "matplotlib", "book"),
    "import gce_lib.explorers": ("gce_lib.explorers", "anywidget", "book"),
    "history.frame()": ("a history as a table", "pandas", "train"),
    "gce.experiments.load_records(gce.experiments.BOOK_RESULTS)": (
        "a table of records",
        "pandas",
        "train",
    ),
    "gce.models.resnet18()": ("a ResNet", "torchvision", "train"),
    "gce.data.load('cifar10', root='nowhere')": (
        "making cifar10.npz",
        "torchvision",
        "train",
    ),
    "gce.experiments.sweep([gce.experiments.Run()], 'r.jsonl', executor='ray')": (
        'executor "ray"',
        "ray",
        "ray",
    ),
}


@pytest.fixture(scope="module")
def lean(installed, tmp_path_factory) -> dict:
    """Return what the library does where only torch, numpy and tqdm are installed."""
    command = [installed[0] / "python", "-I", "-c", LEAN, json.dumps(list(NEEDS))]
    done = subprocess.run(
        command, cwd=tmp_path_factory.mktemp("cwd"), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_losses_noise_theory_and_fit_need_no_extra(lean):
    assert lean["gradient"]
    assert 0.38 < lean["rate"] < 0.42
    assert lean["bound"] == gce_lib.theory.clean_risk_bound(0.7, 10, 0.4)
    assert lean["accuracy"] > 0.5


def test_what_needs_an_extra_says_which(lean):
    for code, (what, package, extra) in NEEDS.items():
        expected = f'{what} needs {package}: pip install "gce-lib[{extra}]"'
        assert lean["said"].get(code) == expected


def test_nothing_heavy_is_imported_with_the_library():
    code = "import json, sys, gce_lib; print(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True
    )
    imported = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert "gce_lib" in imported
    assert not imported & extras.EXTRAS.keys()


def test_the_console_script_works_and_says_what_it_needs(installed, tmp_path):
    def gce(*words):
        return subprocess.run(
            [installed[0] / "gce", *words],
            cwd=tmp_path,
            env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
            capture_output=True,
            text=True,
        )

    assert gce("--version").stdout == f"gce-lib {gce_lib.__version__}\n"
    (tmp_path / "runs.jsonl").write_text("")
    refused = gce("table")
    assert refused.returncode == 2
    assert refused.stderr == (
        'error: a table of records needs pandas: pip install "gce-lib[train]"\n'
    )


def test_every_extra_brings_what_is_said_of_it(built):
    with zipfile.ZipFile(built) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("/METADATA"))
        said = email.message_from_bytes(archive.read(name)).get_all("Requires-Dist")
    wanted = [Requirement(line) for line in said]
    assert {w.name for w in wanted if not w.marker} == set(REQUIRED)
    for package, extra in extras.EXTRAS.items():
        marked = [w for w in wanted if w.marker and w.marker.evaluate({"extra": extra})]
        assert {"PIL": "pillow"}.get(package, package) in {w.name for w in marked}


def test_the_version_stands_in_one_place_and_is_cited():
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {gce_lib.__version__}\n" in cited
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {gce_lib.__version__} – " in changes
