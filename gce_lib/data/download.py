"""Download a file: with progress, resumed where it broke off, from the next mirror."""

import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from torchvision.datasets.utils import check_integrity
from tqdm.auto import tqdm

from .dataset import DataError

STALL_SECONDS = 20.0  # without a byte, before a connection is given up
CHUNK = 1 << 18
RANGE_NOT_SATISFIABLE = 416

_FAILURES = (OSError, http.client.HTTPException, ValueError)


def fetch(
    urls: Sequence[str],
    target: Path,
    expected: str | Callable[[Path], bool],
    *,
    progress: bool = True,
) -> None:
    """Download ``target`` from addresses of the same bytes, tried in order.

    What has come is kept in ``<target>.part``: the next address, or the next call, is
    asked for the rest only. The addresses are tried again as long as something comes.

    Parameters
    ----------
    urls : sequence of str
    target : Path
    expected : str or callable
        MD5 of the file, 32 hexadecimal digits; or, where none was published, what says
        whether a path is the file.
    progress : bool
        Whether to show a progress bar.

    Raises
    ------
    DataError
        No address delivered the file; the message tells why, for each. Or it cannot
        be written, as on a full disk; the cause is the ``OSError``.
    """
    if callable(expected):
        is_right, wanted = expected, "its content"
    else:
        is_right, wanted = partial(check_integrity, md5=expected), f"MD5 {expected}"
    with _writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    came = -1
    while _size(part) > came:
        came = _size(part)
        reasons = []
        for url in urls:
            try:
                whole = _deliver(url, part, is_right, progress)
            except _FAILURES as error:
                reasons.append(f"{url}: {error}")
                continue
            if whole:
                with _writing(target):
                    os.replace(part, target)
                return
            reasons.append(f"{url}: expected {wanted}, got another file")
    raise DataError("; ".join(reasons) or "no address is known")


def _deliver(
    url: str, part: Path, is_right: Callable[[Path], bool], progress: bool
) -> bool:
    """Complete ``part``; if the result is not the file, once more from its start."""
    resumed = part.exists()
    if not (resumed and is_right(part)):
        try:
            _receive(url, part, progress)
        except urllib.error.HTTPError as error:
            if error.code != RANGE_NOT_SATISFIABLE:
                raise
    if is_right(part):
        return True
    part.unlink(missing_ok=True)
    return resumed and _deliver(url, part, is_right, progress)


def _receive(url: str, part: Path, progress: bool) -> None:
    """Append to ``part`` what follows its end at ``url``."""
    start = _size(part)
    headers = {"User-Agent": "gce_lib"}
    if start:
        headers["Range"] = f"bytes={start}-"
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=STALL_SECONDS) as response:
        if response.status != http.HTTPStatus.PARTIAL_CONTENT:
            start = 0
        length = response.headers.get("Content-Length")
        total = None if length is None else start + int(length)
        with _writing(part):
            file = open(part, "ab" if start else "wb")  # noqa: SIM115
        with (
            file,
            tqdm(
                desc=part.stem,
                total=total,
                initial=start,
                unit="B",
                unit_scale=True,
                disable=not progress,
            ) as bar,
        ):
            while chunk := response.read1(CHUNK):
                with _writing(part):
                    file.write(chunk)
                    file.flush()
                bar.update(len(chunk))
    if total is not None and _size(part) < total:
        raise ConnectionError(f"broke off after {_size(part)} of {total} bytes")


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Tell trouble with the disk from trouble with the network."""
    try:
        yield
    except OSError as error:
        raise DataError(f"{path} could not be written ({error})") from error


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
