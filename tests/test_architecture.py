"""The house: who may import whom, and what is kept in one place only."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "gce_lib"
TORCH_AND_LIGHTER = {"numpy", "torch", "gce_lib"}
STANDARD_LIBRARY = sys.stdlib_module_names


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported_from(name, node):
    """Return the absolute name of the module that a `from … import` names."""
    if node.level == 0:
        return node.module
    is_package = MODULES[name].name == "__init__.py"
    parents = name.split(".")[: None if is_package else -1]
    base = parents[: len(parents) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def imports(name):
    """Return the absolute names of all modules that a module imports, lazily too."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = imported_from(name, node)
            joined = {f"{base}.{alias.name}" for alias in node.names}
            submodules = joined & MODULES.keys()
            found |= submodules
            if submodules != joined:
                found.add(base)
    return found


def reachable(name):
    """Return every module of the package that `name` needs, directly or not."""
    seen, todo = set(), [name]
    while todo:
        for other in imports(todo.pop()) & MODULES.keys() - seen - {"gce_lib"}:
            seen.add(other)
            todo.append(other)
    return seen


@pytest.mark.parametrize("name", ["losses", "baselines", "theory", "noise"])
def test_the_core_needs_nothing_heavier_than_torch(name):
    for module in {f"gce_lib.{name}"} | reachable(f"gce_lib.{name}"):
        tops = {imported.split(".")[0] for imported in imports(module)}
        assert tops <= TORCH_AND_LIGHTER | STANDARD_LIBRARY, module


def test_arrows_point_down():
    forbidden = {
        "losses": ("training", "data", "experiments", "noise"),
        "theory": ("training", "data", "experiments"),
        "noise": ("training", "data", "experiments"),
        "training": ("experiments",),
    }
    for name, others in forbidden.items():
        below = reachable(f"gce_lib.{name}")
        for other in others:
            assert f"gce_lib.{other}" not in below, f"{name} needs {other}"


def test_nothing_imports_the_top():
    top = ("gce_lib.explorers", "gce_lib.plots", "gce_lib.__main__")
    for name in MODULES:
        if not name.startswith(top):
            assert not any(i.startswith(top) for i in imports(name)), name


def test_there_is_no_circle():
    for name in MODULES:
        assert name not in reachable(name), f"{name} imports itself in the end"


def tracked_files():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\n") if name]


def test_the_address_of_the_repository_is_kept_in_one_place():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    address = config["repository"]["url"].removeprefix("https://")
    for path in tracked_files():
        own = path.name in ("_config.yml", "README.md")  # README says what to change
        if own or path.suffix in (".ipynb", ".npz", ".png") or not path.is_file():
            continue
        assert address not in path.read_text(encoding="utf-8", errors="ignore"), path


def test_requirements_are_pinned_and_say_how_they_are_made():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert "uv pip compile" in lines[1]
    pins = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert pins
    for line in pins:
        assert re.match(r"[\w.\-]+(\[[\w,\-]+\])?==\S+", line), line


def test_requirements_cover_the_hand_written_list():
    pinned = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    wanted = (ROOT / "requirements.in").read_text(encoding="utf-8")
    for name in re.findall(r"^([a-zA-Z][\w\-]*)", wanted, flags=re.MULTILINE):
        assert re.search(rf"^{name}(\[.*\])?==", pinned, flags=re.MULTILINE), name


def test_the_library_does_not_pin_torch():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.partition("dependencies = [")[2].partition("]")[0]
    assert '"torch>=2.6"' in block
    assert "==" not in block


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]])
def test_ruff_has_nothing_to_say(command):
    ruff = [sys.executable, "-m", "ruff", *command, str(ROOT)]
    result = subprocess.run(ruff, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
