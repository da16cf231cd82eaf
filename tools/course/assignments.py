"""The assignments: a course for nbgrader, made of the master notebooks.

It is nbgrader because what that hands out is a plain notebook with plain asserts, which
students run with nothing installed but the library.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from tools.course.bank import ROOT

MASTERS = ROOT / "book" / "teach" / "assignments"
CONFIG = "nbgrader_config.py"


def names() -> list[str]:
    """Return the names of the assignments."""
    return sorted(path.stem for path in MASTERS.glob("*.ipynb"))


def open_course(folder: Path):
    """Return nbgrader's interface to the course in a folder.

    Raises
    ------
    RuntimeError
        If nbgrader is not installed.
    """
    try:
        from nbgrader.apps import NbGraderAPI
        from traitlets.config import PyFileConfigLoader
    except ImportError as error:
        raise RuntimeError(
            f"The assignments need nbgrader: pip install -r requirements-course.txt "
            f"({error})"
        ) from None
    beside_python = str(Path(sys.executable).parent)  # nbgrader calls alembic
    os.environ["PATH"] = os.pathsep.join([beside_python, os.environ["PATH"]])
    config = PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
    config.CourseDirectory.root = str(folder.resolve())
    return NbGraderAPI(config=config)


def write_assignments(folder: Path) -> None:
    """Write the masters and the students' notebooks; submissions and grades stay.

    Raises
    ------
    RuntimeError
        If nbgrader is not installed, or refuses a master.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(MASTERS / CONFIG, folder)
    course = open_course(folder)
    for name in names():
        source = folder / "source" / name
        source.mkdir(parents=True, exist_ok=True)
        shutil.copy(MASTERS / f"{name}.ipynb", source)
        made = course.generate_assignment(name, force=True, create=True)
        if not made["success"]:
            raise RuntimeError(f"{name} is no master of nbgrader's:\n{made['log']}")
