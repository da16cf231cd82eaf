"""The site as a zip: unpacked, it is read from a disk or a stick without a network."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

# For builders and servers, not for readers.
LEFT_OUT = ("_sources/", "_images/social_previews/", "reports/", ".buildinfo")


def is_for_readers(name: str) -> bool:
    return not name.startswith(LEFT_OUT) and not name.endswith(".map")


def pack_site(root: Path, archive: Path) -> None:
    """Write the built site below `root` to `archive`, in a folder of the same name."""
    html = root / "_build" / "html"
    with ZipFile(archive, "w", ZIP_DEFLATED) as file:
        for path in sorted(html.rglob("*")):
            name = path.relative_to(html).as_posix()
            if path.is_file() and is_for_readers(name):
                file.write(path, f"{archive.stem}/{name}")
