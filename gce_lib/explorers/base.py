"""What all live figures share: their sources, checked traits and the still figure."""

import base64
import html
import io
import json
import numbers
from typing import Any

import anywidget
import traitlets
from matplotlib.figure import Figure

from .bundle import WEB

COMMON_STYLE = (WEB / "explorer.css").read_text(encoding="utf-8")
VIEW_MIMETYPE = "application/vnd.jupyter.widget-view+json"


def styles(*names: str) -> str:
    """The style of all figures, then the sheets of one, paths below ``web``."""
    sheets = [(WEB / name).read_text(encoding="utf-8") for name in names]
    return "\n".join([COMMON_STYLE, *sheets])


class Interval(traitlets.TraitType):
    """A real number in an interval, kept as a float and in step with JavaScript.

    Parameters
    ----------
    default : float
        The value of a new figure.
    interval : str
        The interval as it is written, such as ``"[0, 1)"``; a round bracket leaves
        the end out.
    """

    def __init__(self, default: float, interval: str):
        super().__init__(default)
        self.interval = interval
        self.low, self.high = (float(end) for end in interval[1:-1].split(","))
        self.tag(sync=True)

    def validate(self, obj: traitlets.HasTraits | None, value: object) -> float:
        """Return the number as a float.

        Raises
        ------
        traitlets.TraitError
            If `value` is no real number or lies outside the interval.
        """
        if not isinstance(value, numbers.Real) or not self._holds(value):
            message = f"{self.name} must be in {self.interval}, got {value!r}"
            raise traitlets.TraitError(message)
        return float(value)

    def _holds(self, value: Any) -> bool:  # no type says of a Real that it compares
        open_low, open_high = self.interval[0] == "(", self.interval[-1] == ")"
        above = self.low < value if open_low else self.low <= value
        below = value < self.high if open_high else value <= self.high
        return above and below


class WholeNumber(Interval):
    """A whole number in an interval, kept as an int and in step with JavaScript."""

    def validate(self, obj: traitlets.HasTraits | None, value: object) -> int:
        """Return the number as an int.

        Raises
        ------
        traitlets.TraitError
            If `value` is no whole number or lies outside the interval.
        """
        if not isinstance(value, numbers.Integral) or not self._holds(value):
            message = (
                f"{self.name} must be an integer in {self.interval}, got {value!r}"
            )
            raise traitlets.TraitError(message)
        return int(value)


class Explorer(anywidget.AnyWidget):
    """A live figure; a subclass names its ES module and draws its still figure.

    The still figure is what a reader without JavaScript and a print of the page get.
    """

    _css = COMMON_STYLE

    @property
    def _heights(self) -> tuple[int, int]:
        """Of the live figure in pixels, in a page and on a phone."""
        raise NotImplementedError

    def still(self) -> Figure:
        """Draw the present state with matplotlib."""
        raise NotImplementedError

    def alt(self) -> str:
        """Say in a sentence or two what the still figure shows."""
        raise NotImplementedError

    def picture(self) -> str:
        """Return the still figure as an HTML image with its description."""
        return (
            f'<img class="gce-still" alt="{html.escape(self.alt())}"'
            f' src="{svg_url(self.still())}">'
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict] | None:
        bundled = super()._repr_mimebundle_(**kwargs)
        if bundled is None:  # of a widget without a view
            return None
        data, metadata = bundled
        view = json.dumps(data[VIEW_MIMETYPE])
        wide, narrow = self._heights
        data["text/html"] = (
            '<div class="gce-static"'
            f' style="--gce-wide: {wide}px; --gce-narrow: {narrow}px">'
            f"{self.picture()}"
            f'<script type="{VIEW_MIMETYPE}">{view}</script>'
            "</div>"
        )
        return data, metadata


def svg_url(figure: Figure) -> str:
    """A matplotlib figure as a ``data:`` address of an SVG image."""
    file = io.BytesIO()
    figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(file.getvalue()).decode()
