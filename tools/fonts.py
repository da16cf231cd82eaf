"""Fonts with the characters that are shown, and no others."""

from __future__ import annotations

import io
from collections.abc import Iterable

from fontTools import subset
from fontTools.ttLib import TTFont


def only_characters(font: TTFont, codes: Iterable[int]) -> bytes:
    """Return a font with the characters of these codes, as WOFF2; it changes `font`."""
    options = subset.Options(flavor="woff2", hinting=False, layout_features=[])
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    written = io.BytesIO()
    subset.save_font(font, written, options)
    return written.getvalue()
