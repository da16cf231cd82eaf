"""What is not required to install, and the sentence that says which extra brings it.

Only torch, numpy and tqdm are required, and nothing else is imported with the library.
"""

import importlib
from types import ModuleType
from typing import Any

EXTRAS = {
    "filelock": "train",
    "pandas": "train",
    "scipy": "train",
    "torchvision": "train",
    "PIL": "book",
    "anywidget": "book",
    "matplotlib": "book",
    "ray": "ray",
}
"""dict of str to str: the extra that brings each package, as in pyproject.toml."""
_INSTALLED_AS = {"PIL": "pillow"}


def require(name: str, what: str) -> ModuleType:
    """Import a module that an extra brings, for the sake of ``what``.

    Raises
    ------
    ImportError
        It is not installed: "``what`` needs pandas: pip install …".
    """
    package = name.partition(".")[0]
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
    install = f'pip install "gce-lib[{EXTRAS[package]}]"'
    raise ImportError(f"{what} needs {_INSTALLED_AS.get(package, package)}: {install}")


class Lazy:
    """Stands for a module that is imported when the first of its names is used.

    Parameters
    ----------
    name, what : str
        As of :func:`require`.
    """

    def __init__(self, name: str, what: str):
        self._module = name, what

    def __getattr__(self, attribute: str) -> Any:
        return getattr(require(*self._module), attribute)
