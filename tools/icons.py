"""A Sphinx extension: pages carry the icons that they show, and do not wait for them.

The theme's script holds every icon of Font Awesome, 1.5 MB that a page would wait for
before its first paint.  Here it keeps those that are named in the built site.
"""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx

SCRIPT = "_static/scripts/fontawesome.js"
ICON = re.compile(
    r'"?(?P<name>[\w-]+)"?:'
    r'\[\d+,\d+,\[(?P<others>[^\]]*)\],"[0-9a-f]+",(?:"[^"]*"|\[[^\]]*\])\],?'
)
NAMED = re.compile(r"\bfa-([a-z0-9-]+)")
TAG = re.compile(r"<script (?=src=\"[^\"]*fontawesome\.js)")


def only(script: str, names: set[str]) -> str:
    """Return the script of all icons with only those that have one of the names.

    Raises
    ------
    ValueError
        The script holds no icons in the form known here.
    """

    def keep(icon: re.Match) -> str:
        others = re.findall(r'"([^"]+)"', icon["others"])
        return icon[0] if names & {icon["name"], *others} else ""

    slim, found = ICON.subn(keep, script)
    if not found:
        raise ValueError("expected the icons of Font Awesome 6 in its script, got none")
    return slim


def named_in(site: Path) -> set[str]:
    """Return the names of all icons in the pages and scripts of a site."""
    static = site / "_static"
    scripts = [*static.glob("*.js"), *static.glob("scripts/*.js")]
    files = [*site.rglob("*.html"), *scripts]
    texts = (f.read_text(encoding="utf-8") for f in files if f != site / SCRIPT)
    return {name for text in texts for name in NAMED.findall(text)}


def slim(app: Sphinx, error: Exception | None) -> None:
    """Write the small script, and let no page wait for it."""
    if error or app.builder.format != "html":
        return
    site = Path(app.outdir)
    whole = next(
        path
        for folder in app.builder.theme.get_theme_dirs()
        if (path := Path(folder) / "static" / "scripts" / Path(SCRIPT).name).is_file()
    )
    script = only(whole.read_text(encoding="utf-8"), named_in(site))
    (site / SCRIPT).write_text(script, encoding="utf-8")
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(TAG.sub("<script defer ", text), encoding="utf-8")


def setup(app: Sphinx) -> dict:
    app.connect("build-finished", slim)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
