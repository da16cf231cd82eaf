"""Short texts such as ``"truncated:0.7,0.5"`` that name one thing of a table."""

from collections.abc import Mapping
from dataclasses import dataclass


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

    def check(self, value: float, text: str) -> float:
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
class Spec:
    """A name and its numbers; ``str`` writes it the one canonical way."""

    name: str
    values: tuple[float, ...] = ()

    def __str__(self) -> str:
        if not self.values:
            return self.name
        return f"{self.name}:{','.join(f'{value:.12g}' for value in self.values)}"


def parse(
    text: str, table: Mapping[str, tuple[Parameter, ...]], what: str, example: str
) -> Spec:
    """Read a spec ``name`` or ``name:number,number``.

    Parameters
    ----------
    text : str
    table : mapping of str to tuple of Parameter
        The names allowed and the numbers that each takes.
    what, example : str
        What the spec is, and one of its kind, for the error messages.

    Raises
    ------
    ValueError
        The name is unknown, or its numbers are missing, too many or out of range.
    """
    if not isinstance(text, str):
        raise ValueError(f"{what} must be a text such as {example!r}, got {text!r}")
    name, colon, rest = text.strip().partition(":")
    if name not in table:
        raise ValueError(f"{what} must be one of {', '.join(table)}, got {text!r}")
    parameters = table[name]
    given = rest.split(",") if colon else []
    given += [parameter.default for parameter in parameters[len(given) :]]
    wanted = ",".join(parameter.name for parameter in parameters)
    form = f"{name}:{wanted}" if wanted else name
    try:
        values = [float(value) for value in given]
    except (TypeError, ValueError):
        values = []
    if len(values) != len(parameters):
        raise ValueError(f"{what} must have the form {form!r}, got {text!r}")
    checked = zip(parameters, values, strict=True)
    return Spec(name, tuple(parameter.check(v, text) for parameter, v in checked))
