"""Files that appear under their name whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from . import checks


@contextmanager
def written_whole(
    path: str | os.PathLike[str], mode: str = "wb", **options: Any
) -> Iterator[IO]:
    """Open a file to write that takes the place of ``path`` when the context ends well.

    Until then, and for good if the context ends with an error, ``path`` is as it was.

    Parameters
    ----------
    path : path-like
        In a folder that exists.
    mode : str
    **options
        As of :func:`open`.

    Raises
    ------
    OSError
        The disk refuses.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, mode, **options) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def typed_path(name: str, value: object) -> Path:
    """Return a path that a person has typed, the home folder in place of a ``~``.

    Raises
    ------
    TypeError
        ``value``, of the argument ``name``, is no path.
    """
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"{name} must be a path, got {checks.told(value)}")
    return Path(value).expanduser()
