"""ES modules made into one that stands alone, which is what anywidget takes.

Each module keeps a scope of its own: it becomes a function that is called once and
returns its exports. What it may say is little, and anything else is refused::

    import { a, b as c } from "./file.js";
    export function f() {}        export const x = 1;        export default …  (entry)
"""

import re
from functools import cache
from pathlib import Path

WEB = Path(__file__).parent / "web"
IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:function|const) (\w+))", re.MULTILINE)


@cache
def bundle(entry: str) -> str:
    """Return the module `entry`, a path below ``web``, with all that it imports.

    Raises
    ------
    ValueError
        If a module uses a form of import or export that is not listed above, or
        imports itself in the end.
    """
    written: dict[Path, str] = {}
    main = _translate((WEB / entry).resolve(), written, ())
    return "\n".join([*written.values(), main])


def _translate(path: Path, written: dict[Path, str], above: tuple[Path, ...]) -> str:
    """The text of a module whose imports are in `written`, each after its own."""
    if path in above:
        raise ValueError(f"{_name(path)} must not import itself, in the end")

    def assign(statement: re.Match) -> str:
        names, address = statement.groups()
        other = (path.parent / address).resolve()
        if other not in written:
            written[other] = _wrap(other, _translate(other, written, (*above, path)))
        return f"const {{{names.replace(' as ', ': ')}}} = {_name(other)};"

    text = IMPORT.sub(assign, path.read_text(encoding="utf-8"))
    return _refuse(path, "import", text)


def _wrap(path: Path, text: str) -> str:
    exported = ", ".join(EXPORT.findall(text))
    body = _refuse(path, "export", EXPORT.sub("", text))
    return f"const {_name(path)} = (() => {{\n{body}return {{ {exported} }};\n}})();\n"


def _refuse(path: Path, word: str, text: str) -> str:
    """Return the text, unless a line of it still begins with the word."""
    if left := re.search(rf"^{word}\b.*", text, re.MULTILINE):
        raise ValueError(f"{_name(path)} must {word} {{ names }}, got {left.group()!r}")
    return text


def _name(path: Path) -> str:
    """A module's name in the bundle: ``$bounds_theory`` for ``bounds/theory.js``."""
    parts = path.relative_to(WEB).with_suffix("").parts
    return "$" + re.sub(r"\W", "_", "_".join(parts))
