"""Change the core at random, one place at a time, and see whether tests notice.

python -m tools.mutants                     150 changes, drawn by a seed
python -m tools.mutants --count=40 --seed=1
python -m tools.mutants --only FILE         the changes named in FILE, one a line

The changes are those of cosmic-ray (an operator, a comparison, a number, a condition).
Each is tried in a copy of the repository, with the tests of its own room, in a fork of
a process that has imported torch and the like: a change costs seconds. Every survivor
is printed with its name: it is an equal program, or a test is missing.
"""

import argparse
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

ROOT = Path(__file__).resolve().parents[1]
ROOMS = {  # pattern of modules: the tests that look at them
    "losses/*.py": "tests/losses",
    "theory/*.py": "tests/theory",
    "noise/*.py": "tests/noise",
    "data/*.py": "tests/data",
    "training/*.py": "tests/training",
    "[cfr]*[ksg].py": "tests/ground",  # checks, files, rng
    "devices.py": "tests/training",
    "experiments/protocols.py": "tests/experiments/test_experiments_runs.py",
}
SHARED = "torch torch._dynamo torchvision pandas scipy.optimize hypothesis mpmath"
SLOW = "not compile and not killed and not memorises"  # each takes 5 s to 80 s
NOTHING_RUN = (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED)
SWAPS = {
    "BinaryOperator": "Add_Sub Sub_Add Mul_Div Div_Mul Pow_Mul FloorDiv_Mul Mod_Mul",
    "ComparisonOperator": "Eq_NotEq NotEq_Eq Lt_LtE Lt_GtE LtE_Lt LtE_Gt Gt_GtE Gt_LtE "
    "GtE_Gt GtE_Lt Is_IsNot IsNot_Is",
    "UnaryOperator": "Delete_USub Delete_Invert Delete_Not",
}
OPERATORS = [
    *(f"Replace{kind}_{s}" for kind, swaps in SWAPS.items() for s in swaps.split()),
    *("NumberReplacer", "AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue"),
    *("ReplaceAndWithOr", "ReplaceOrWithAnd", "ZeroIterationForLoop"),
]


class Mutant(NamedTuple):
    """One change of one module."""

    path: str
    operator: str
    occurrence: int
    line: int
    tests: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.operator} {self.occurrence}"

    def code(self) -> str:
        """Return the changed module."""
        operator = get_operator(f"core/{self.operator}")()
        return mutate_code((ROOT / self.path).read_text(), operator, self.occurrence)


def mutants_of(path: Path, tests: str) -> list[Mutant]:
    """Return every change of a module."""
    nodes = list(ast_nodes(get_ast(path.read_text())))
    name = str(path.relative_to(ROOT))
    return [
        Mutant(name, operator, occurrence, start[0], tests)
        for operator in OPERATORS
        for occurrence, (start, _) in enumerate(
            position
            for node in nodes
            for position in get_operator(f"core/{operator}")().mutation_positions(node)
        )
    ]


def draw(count: int, seed: int) -> list[Mutant]:
    """Draw changes, as many of each room as its share of all."""
    found = [
        mutant
        for pattern, tests in ROOMS.items()
        for path in sorted((ROOT / "gce_lib").glob(pattern))
        for mutant in mutants_of(path, tests)
    ]
    return random.Random(seed).sample(found, min(count, len(found)))


def run_tests(copy: Path, mutant: Mutant) -> None:
    """Run the tests of a room in this process, a fork, and exit with their code."""
    os.setsid()
    os.chdir(copy)
    os.environ["PYTHONPATH"] = str(copy)
    sys.path[:] = [str(copy), *(p for p in sys.path if p not in ("", str(ROOT)))]
    sys.dont_write_bytecode = True  # a change may keep the size and the second
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    options = ["-x", "-q", "-p", "no:cacheprovider", "-k", SLOW]
    alike = sorted(Path(mutant.tests).glob(f"test_*{Path(mutant.path).stem}*.py"))
    os._exit(pytest.main([*options, *map(str, alike), mutant.tests]))


def is_caught(copy: Path, mutant: Mutant, code: str, limit: float) -> bool:
    """Whether tests fail, or never end, when `code` takes the place of the module."""
    module = copy / mutant.path
    original = module.read_text()
    module.write_text(code)
    child = multiprocessing.Process(target=run_tests, args=(copy, mutant))
    child.start()
    child.join(limit)
    caught = child.exitcode not in (0, *NOTHING_RUN)
    if child.exitcode is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.join()
    module.write_text(original)
    return caught


def work(mutants: list[Mutant], limit: float, results) -> None:
    """Try changes one after another in a copy of the repository."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        command = ["git", "ls-files", "-co", "--exclude-standard"]
        for name in subprocess.check_output(command, cwd=ROOT, text=True).split("\n"):
            if name and (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, copy / name)
        for mutant in {mutant.tests: mutant for mutant in mutants}.values():
            original = (ROOT / mutant.path).read_text()
            if is_caught(copy, mutant, original, limit):
                print(f"{mutant.tests} fail or take too long without a change")
        for mutant in mutants:
            results.put((mutant, is_caught(copy, mutant, mutant.code(), limit)))


def survivors_of(mutants: list[Mutant], workers: int, limit: float) -> list[Mutant]:
    """Try every change, and print those that nothing notices."""
    fork = multiprocessing.get_context("fork")
    results = fork.Queue()
    crew = [
        fork.Process(target=work, args=(mutants[i::workers], limit, results))
        for i in range(workers)
    ]
    for name in SHARED.split():
        import_module(name)
    for process in crew:
        process.start()
    survivors = []
    for _ in mutants:
        mutant, caught = results.get()
        if not caught:
            survivors.append(mutant)
            changed = mutant.code().splitlines()[mutant.line - 1].strip()
            print(f"{mutant}\n    {changed}", flush=True)
    for process in crew:
        process.join()
    return survivors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=Path, help="a file of names, one a line")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--limit", type=float, default=300, help="seconds a change")
    args = parser.parse_args()
    multiprocessing.set_start_method("fork")
    mutants = draw(sys.maxsize if args.only else args.count, args.seed)
    if args.only:
        names = set(args.only.read_text().splitlines())
        mutants = [mutant for mutant in mutants if str(mutant) in names]
    survivors = survivors_of(mutants, args.workers, args.limit)
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} changes were caught")


if __name__ == "__main__":
    main()
