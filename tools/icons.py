"""A Sphinx extension: pages carry the icons that they show, and do not wait for them.

The theme's script holds every icon of Font Awesome, 1.5 MB that a page would wait for
before its first paint, and so do its style sheet and two fonts, another 0.4 MB.  Here
they keep those that are named in the built site.
"""

from __future__ import annotations

import re
from pathlib import Path

from fontTools.ttLib import TTFont
from sphinx.application import Sphinx

from tools.fonts import only_characters

SCRIPT = "_static/scripts/fontawesome.js"
STYLES = "_static/styles/pydata-sphinx-theme.css"
FONTS = "_static/vendor/fontawesome/webfonts"
ICON = re.compile(
    r'"?(?P<name>[\w-]+)"?:'
    r'\[\d+,\d+,\[(?P<others>[^\]]*)\],"[0-9a-f]+",(?:"[^"]*"|\[[^\]]*\])\],?'
)
RULE = re.compile(r'(?P<names>(?:\.fa-[\w-]+::?before,?)+)\{content:"[^"]*"\}')
SIGN = re.compile(r"\\(f[0-9a-f]{3})\b|([\uf000-\uf8ff])")  # in a style sheet
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


def only_rules(styles: str, names: set[str]) -> str:
    """Return a style sheet without the rules of icons that have none of the names.

    Raises
    ------
    ValueError
        The style sheet holds no rules of icons in the form known here.
    """

    def keep(rule: re.Match) -> str:
        return rule[0] if names & set(NAMED.findall(rule["names"])) else ""

    slim, found = RULE.subn(keep, styles)
    if not found:
        raise ValueError("expected the rules of Font Awesome 6's icons, got none")
    return slim


def named_in(site: Path) -> set[str]:
    """Return the names of all icons in the pages and scripts of a site."""
    static = site / "_static"
    scripts = [*static.glob("*.js"), *static.glob("scripts/*.js")]
    files = [*site.rglob("*.html"), *scripts]
    texts = (f.read_text(encoding="utf-8") for f in files if f != site / SCRIPT)
    return {name for text in texts for name in NAMED.findall(text)}


def signs_in(site: Path) -> set[int]:
    """Return the characters of the icon fonts that the style sheets of a site show."""
    sheets = (path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    found = (sign for sheet in sheets for sign in SIGN.findall(sheet))
    return {int(code, 16) if code else ord(itself) for code, itself in found}


def in_theme(app: Sphinx, name: str) -> Path:
    """Return where the theme keeps a file of the site."""
    folders = map(Path, app.builder.theme.get_theme_dirs())
    paths = (folder / name.replace("_static", "static", 1) for folder in folders)
    return next(path for path in paths if path.is_file())


def slim(app: Sphinx, error: Exception | None) -> None:
    """Write what is smaller, and let no page wait for a script."""
    if error or app.builder.format != "html":
        return
    site = Path(app.outdir)
    names = named_in(site)
    for name, shorten in ((SCRIPT, only), (STYLES, only_rules)):
        whole = in_theme(app, name).read_text(encoding="utf-8")
        (site / name).write_text(shorten(whole, names), encoding="utf-8")
    signs = signs_in(site)
    for font in (site / FONTS).glob("*.woff2"):
        whole = TTFont(in_theme(app, f"{FONTS}/{font.name}"))
        font.write_bytes(only_characters(whole, signs))
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(TAG.sub("<script defer ", text), encoding="utf-8")


def setup(app: Sphinx) -> dict:
    app.connect("build-finished", slim)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
