"""What one argument may be, each rule said once: expected …, got ….

A value of the wrong kind is a `TypeError`, one out of its range a `ValueError`. Numbers
of NumPy and tensors without dimensions are numbers; True and False are not.
"""

import math
from numbers import Integral, Real


def number(
    name: str,
    value,
    low: float = -math.inf,
    high: float = math.inf,
    *,
    above: bool = False,
    below: bool = False,
) -> float:
    """Return ``value`` as a float in [low, high].

    Parameters
    ----------
    name : str
        Of the argument, for the message.
    value : number
    low, high : float
    above, below : bool
        Whether ``low`` or ``high`` itself is out of the range.
    """
    wanted = f"a number {_range(low, high, above, below)}".rstrip()
    got = _plain(value)
    if isinstance(got, bool) or not isinstance(got, Real):
        raise TypeError(f"{name} must be {wanted}, got {told(value)}")
    got = float(got)
    inside = low <= got <= high and not (above and got == low)
    if not inside or (below and got == high):
        raise ValueError(f"{name} must be {wanted}, got {got:g}")
    return got


def integer(name: str, value, low: float = -math.inf, high: float = math.inf) -> int:
    """Return ``value`` as an int in [low, high]; see :func:`number`."""
    wanted = f"an integer {_range(low, high)}".rstrip()
    got = _plain(value)
    if isinstance(got, bool) or not isinstance(got, Integral):
        raise TypeError(f"{name} must be {wanted}, got {told(value)}")
    if not low <= got <= high:
        raise ValueError(f"{name} must be {wanted}, got {got}")
    return int(got)


def choice(name: str, value, allowed) -> str:
    """Return ``value``, a text that is one of ``allowed``."""
    wanted = f"one of {', '.join(map(str, allowed))}"
    if not isinstance(value, str):
        raise TypeError(f"{name} must be {wanted}, got {told(value)}")
    if value not in allowed:
        raise ValueError(f"{name} must be {wanted}, got {value!r}")
    return value


def instance(name: str, value, kind: type, wanted: str):
    """Return ``value``, an object of ``kind``, which ``wanted`` describes."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {wanted}, got {told(value)}")
    return value


def _plain(value):
    """Return the number in a tensor or array without dimensions, else the value."""
    return value.item() if getattr(value, "ndim", None) == 0 else value


def told(value) -> str:
    """Say what came, in at most a line."""
    if isinstance(value, type):
        return f"the class {value.__name__}, not an object of it"
    if hasattr(value, "dtype") and getattr(value, "shape", ()):
        kind = type(value).__name__.lower()
        return f"a {kind} {value.dtype} of shape {tuple(value.shape)}"
    text = repr(value)
    short = text if len(text) <= 60 and "\n" not in text else "one"
    return f"{short} ({type(value).__name__})"


def _range(low: float, high: float, above: bool = False, below: bool = False) -> str:
    if high == math.inf:
        if low == -math.inf:
            return ""
        return f"above {low:g}" if above else f"of at least {low:g}"
    return f"in {'(' if above else '['}{low:g}, {high:g}{')' if below else ']'}"
