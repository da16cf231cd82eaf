"""The house: who may import whom, and what is kept in one place only."""

import ast
import importlib
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "gce_lib"
TORCH_AND_LIGHTER = {"numpy", "torch", "typing_extensions", "gce_lib"}
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


def imports(name, *, lazily=True):
    """Return the absolute names of all modules that a module imports.

    Those in its functions are left out unless `lazily`.
    """
    found = set()
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    for node in ast.walk(tree) if lazily else tree.body:
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


def reachable(name, *, lazily=True):
    """Return every module of the package that `name` needs, directly or not."""
    seen, todo = set(), [name]
    while todo:
        needed = imports(todo.pop(), lazily=lazily)
        for other in needed & MODULES.keys() - seen - {"gce_lib"}:
            seen.add(other)
            todo.append(other)
    return seen


GROUND = {"checks", "devices", "extras", "files", "models", "rng"}
FLOORS = {  # what a room may use, besides itself
    **dict.fromkeys(GROUND, GROUND),
    **dict.fromkeys(("losses", "theory", "data"), GROUND),
    "noise": GROUND | {"data"},
    "vocabulary": GROUND | {"losses"},
    "training": GROUND | {"data", "noise"},
    "experiments": GROUND | {"losses", "noise", "data", "training", "vocabulary"},
}
TOP = {"cli", "explorers", "plots"}


def room(name):
    """Return the first folder or file below `gce_lib` that a module lives in."""
    return name.split(".")[1] if "." in name else ""


@pytest.mark.parametrize("name", ["losses", "theory", "noise"])
def test_the_core_needs_nothing_heavier_than_torch(name):
    for module in {f"gce_lib.{name}"} | reachable(f"gce_lib.{name}", lazily=False):
        found = imports(module, lazily=False)
        tops = {imported.split(".")[0] for imported in found}
        assert tops <= TORCH_AND_LIGHTER | STANDARD_LIBRARY, module


def test_every_room_has_a_floor():
    rooms = {room(name) for name in MODULES} - {"", "__main__"}
    assert rooms - TOP <= FLOORS.keys()


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_arrows_point_down(name):
    for module in MODULES:
        if room(module) == name:
            used = {room(i) for i in imports(module) if i.startswith("gce_lib.")}
            assert used <= FLOORS[name] | {name}, module


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


def lower_bounds():
    """Return what `pyproject.toml` requires, extras included: {name: specifiers}."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.partition("\ndependencies = ")[2].partition("\n[project.scripts]")[0]
    wanted = [Requirement(found) for found in re.findall(r'"([^"]+)"', block)]
    return {w.name: w.specifier for w in wanted if w.name != "gce-lib"}


def test_the_library_pins_nothing():
    bounds = lower_bounds()
    assert str(bounds["torch"]) == ">=2.6"
    for name, specifiers in bounds.items():
        assert [s.operator for s in specifiers] == [">="], name


def test_the_lowest_versions_are_those_that_are_tested():
    lines = (ROOT / "requirements-lowest.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if "==" in line)
    others = ("ray", "nbgrader")  # not what the core needs
    bounds = {name: s for name, s in lower_bounds().items() if name not in others}
    assert pinned.keys() == bounds.keys()
    for name, (bound,) in bounds.items():
        assert Version(pinned[name]) == Version(bound.version), name


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]])
def test_ruff_has_nothing_to_say(command):
    ruff = [sys.executable, "-m", "ruff", *command, str(ROOT)]
    result = subprocess.run(ruff, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def taught_code():
    """Return what readers are shown: (place, source) of chapters and pages."""
    for path in sorted((ROOT / "book").glob("*/*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for number, cell in enumerate(cells):
            if cell["cell_type"] == "code":
                yield f"{path.name}, cell {number}", "".join(cell["source"])
    reference = ROOT / "book" / "reference"
    pages = (ROOT / "README.md", reference / "use-it.md", reference / "running.md")
    for path in pages:
        text = path.read_text(encoding="utf-8")
        for block in re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL):
            yield path.name, block


def is_public(dotted):
    """Whether a dotted name, such as `gce_lib.noise.corrupt`, leads through doors."""
    _, *parts = dotted.split(".")
    owner = importlib.import_module("gce_lib")
    for part in parts:
        if inspect.ismodule(owner):
            door = f"{owner.__name__}.{part}"
            if door in MODULES and MODULES[door].name == "__init__.py":
                owner = importlib.import_module(door)
                continue
            names = getattr(owner, "__all__", vars(owner))
            if part not in names or part.startswith("_"):
                return False
        owner = getattr(owner, part)
    return True


def used_names(source):
    """Return the dotted names of the library that a piece of Python uses."""
    lines = [line for line in source.splitlines() if not line.lstrip().startswith("%")]
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("gce_lib"):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute):
            dotted = ast.unparse(node)
            if re.fullmatch(r"gce(\.\w+)+", dotted):
                yield dotted.replace("gce", "gce_lib", 1)


def test_what_readers_are_shown_uses_public_names_only():
    for place, source in taught_code():
        for name in used_names(source):
            assert is_public(name), f"{place}: {name}"
