"""Short texts such as ``"truncated:0.7,0.5"`` that name one thing of a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Parameter:
    """A number in a spec.

    Attributes
    ----------
    name : str
    low, high : float
        The range, ends included.
    default : float or None
        None: it must be given.
    below : bool
        Whether ``high`` itself is out of the range.
    """

    name: str
    low: float = 0.0
    high: float = 1.0
    default: float | None = None
    below: bool = False

    def read(self, given: Any) -> float:
        """Return the number that is written, of any size."""
        return float(given)

    def check(self, value: Any, text: str) -> float:
        """Return ``value``, or say what ``text`` has got wrong."""
        inside = self.low <= value <= self.high and not (
            self.below and value == self.high
        )
        if not inside:
            bracket = ")" if self.below else "]"
            raise ValueError(
                f"{self.name} must be in [{self.low:g}, {self.high:g}{bracket}, "
                f"got {value:g} in {text!r}"
            )
        return value


@dataclass(frozen=True)
class Word:
    """A word in a spec.

    Attributes
    ----------
    name : str
    allowed : tuple of str
    default : str or None
        None: it must be given.
    """

    name: str
    allowed: tuple[str, ...]
    default: str | None = None

    def read(self, given: Any) -> str:
        """Return the word that is written, whether allowed or not."""
        if not given:
            raise ValueError(f"{self.name} must be given")
        return given.strip()

    def check(self, value: Any, text: str) -> str:
        """Return ``value``, or say what ``text`` has got wrong."""
        if value not in self.allowed:
            raise ValueError(
                f"{self.name} must be one of {', '.join(self.allowed)}, "
                f"got {value!r} in {text!r}"
            )
        return value


Parameters = tuple[Parameter | Word, ...]


@dataclass(frozen=True)
class Spec:
    """A name and its values; ``str`` writes it the one canonical way."""

    name: str
    values: tuple[float | str, ...] = ()

    @property
    def numbers(self) -> tuple[float, ...]:
        return tuple(value for value in self.values if not isinstance(value, str))

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(value for value in self.values if isinstance(value, str))

    def __str__(self) -> str:
        if not self.values:
            return self.name
        written = (v if isinstance(v, str) else f"{v:.12g}" for v in self.values)
        return f"{self.name}:{','.join(written)}"


def form(name: str, parameters: Parameters) -> str:
    """Return how a spec is written, such as ``"gce:q"``."""
    wanted = ",".join(parameter.name for parameter in parameters)
    return f"{name}:{wanted}" if wanted else name


def parse(text: str, table: Mapping[str, Parameters], what: str, example: str) -> Spec:
    """Read a spec ``name`` or ``name:value,value``.

    Parameters
    ----------
    text : str
    table : mapping of str to tuple of Parameter or Word
        The names allowed and the values that each takes.
    what, example : str
        What the spec is, and one of its kind, for the error messages.

    Raises
    ------
    ValueError
        The name is unknown, or its values are missing, too many or out of range.
    """
    if not isinstance(text, str):
        raise ValueError(f"{what} must be a text such as {example!r}, got {text!r}")
    name, colon, rest = text.strip().partition(":")
    if name not in table:
        raise ValueError(f"{what} must be one of {', '.join(table)}, got {text!r}")
    parameters = table[name]
    given: list[Any] = rest.split(",") if colon else []
    given += [parameter.default for parameter in parameters[len(given) :]]
    try:
        pairs = zip(parameters, given, strict=True)
        values = [parameter.read(value) for parameter, value in pairs]
    except (TypeError, ValueError):
        expected = form(name, parameters)
        message = f"{what} must have the form {expected!r}, got {text!r}"
        raise ValueError(message) from None
    checked = zip(parameters, values, strict=True)
    return Spec(name, tuple(parameter.check(v, text) for parameter, v in checked))
