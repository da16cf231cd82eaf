"""Keep the notebooks clean: the same set-up cell everywhere, no stale outputs.

python -m tools.notebooks            clean every notebook of the book and the course
python -m tools.notebooks --refresh  run them too, and store the text of the cells
                                     tagged nbval-check-output anew
python -m tools.notebooks --check    change nothing; say what is not clean, exit 1
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).resolve().parents[1]
CHECKED = "nbval-check-output"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
SETUP = """\
try:
    import gce_lib as gce
except ImportError:  # on Colab, say: install the library, leave torch as it is
    %pip install -q --no-deps "gce-lib @ git+{url}" "anywidget>=0.9" "psygnal>=0.9"
    try:
        import gce_lib as gce
    except ImportError:
        told = "gce_lib was not installed; pip says why above. "
        told += "Check the network, then run this cell again first."
        raise RuntimeError(told) from None
"""


def setup_source() -> str:
    """Return the source of the set-up cell, with the address of `_config.yml`."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    return SETUP.format(url=config["repository"]["url"]).rstrip()


def is_checked(cell) -> bool:
    return CHECKED in cell.metadata.get("tags", [])


def text_outputs(outputs) -> list:
    """Keep what nbval compares: printed text and the plain text of results."""
    kept = []
    for output in outputs:
        if output.output_type == "stream" and output.name == "stdout":
            kept.append(output)
        elif output.output_type == "execute_result" and "text/plain" in output.data:
            plain = {"text/plain": output.data["text/plain"]}
            kept.append(nbformat.v4.new_output("execute_result", plain))
    return kept


def clean(nb):
    """Strip `nb` in place of all that a reader does not need stored."""
    nb.metadata = nbformat.from_dict(METADATA)
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        if cell.source.startswith(SETUP.splitlines()[0] + "\n    import gce_lib"):
            cell.source = setup_source()
        cell.outputs = text_outputs(cell.outputs) if is_checked(cell) else []
        cell.execution_count = 1 if cell.outputs else None  # nbval wants a number
        cell.metadata.pop("execution", None)
    return nb


def execute(nb, path: Path):
    from nbclient import NotebookClient

    client = NotebookClient(nb, timeout=600, resources={"metadata": {"path": path}})
    client.execute()


def serialise(nb) -> str:
    return nbformat.writes(nb).rstrip("\n") + "\n"


def chapters() -> list[Path]:
    return sorted((ROOT / "book").glob("*/*.ipynb"))


def course() -> list[Path]:
    """Return the masters of the assignments and the starters of the projects."""
    return sorted((ROOT / "book" / "teach").glob("*/*.ipynb"))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all")
    parser.add_argument("--refresh", action="store_true", help="run the notebooks")
    parser.add_argument("--check", action="store_true", help="only report")
    args = parser.parse_args()
    dirty = []
    for path in args.notebooks or [*chapters(), *course()]:
        before = path.read_text(encoding="utf-8")
        nb = nbformat.reads(before, as_version=4)
        if args.refresh:
            execute(nb, path.parent)
        after = serialise(clean(nb))
        if after == before:
            continue
        dirty.append(path)
        print(f"{'not clean' if args.check else 'written'}: {path}")
        if not args.check:
            path.write_text(after, encoding="utf-8")
    return int(args.check and bool(dirty))


if __name__ == "__main__":
    sys.exit(main())
