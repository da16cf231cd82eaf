"""What one argument may be, each rule said once: expected …, got ….

A value of the wrong kind is a `TypeError`, one out of its range a `ValueError`. Numbers
of NumPy and tensors without dimensions are numbers; True and False are not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


def number(
    name: str,
    value: Any,
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
    got = _plain(value)
    if isinstance(got, bool) or not isinstance(got, Real):
        wanted = _wanted("a number", low, high, above, below)
        raise TypeError(f"{name} must be {wanted}, got {told(value)}")
    real: Any = got  # a Real compares with floats, which its type does not say
    inside = low <= real <= high and not (above and real == low)
    if not inside or (below and got == high):
        wanted = _wanted("a number", low, high, above, below)
        raise ValueError(f"{name} must be {wanted}, got {float(got):g}")
    return float(got)


def integer(
    name: str, value: Any, low: float = -math.inf, high: float = math.inf
) -> int:
    """Return ``value`` as an int in [low, high]; see :func:`number`."""
    got = _plain(value)
    if isinstance(got, bool) or not isinstance(got, Integral):
        wanted = _wanted("an integer", low, high)
        raise TypeError(f"{name} must be {wanted}, got {told(value)}")
    got = int(got)
    if not low <= got <= high:
        wanted = _wanted("an integer", low, high)
        raise ValueError(f"{name} must be {wanted}, got {got}")
    return got


def choice(name: str, value: Any, allowed: Iterable[str]) -> str:
    """Return ``value``, a text that is one of ``allowed``."""
    if isinstance(value, str) and value in allowed:
        return value
    wanted = f"one of {', '.join(map(str, allowed))}"
    if isinstance(value, str):
        raise ValueError(f"{name} must be {wanted}, got {value!r}")
    raise TypeError(f"{name} must be {wanted}, got {told(value)}")


def tensor(name: str, value: Any) -> Tensor:
    """Return ``value``, a tensor: no list and no array becomes one in silence."""
    from torch import Tensor  # here: the command line does not wait for it

    if not isinstance(value, Tensor):
        raise TypeError(f"{name} must be a tensor, got {told(value)}")
    return value


def instance(name: str, value: Any, kind: type, wanted: str) -> Any:
    """Return ``value``, an object of ``kind``, which ``wanted`` describes."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {wanted}, got {told(value)}")
    return value


def _plain(value: Any) -> Any:
    """Return the number in a tensor or array without dimensions, else the value."""
    if isinstance(value, (float, int)):  # first: a compiler traces no `hasattr`
        return value
    if getattr(value, "requires_grad", False):
        return value  # as a plain number it would lose its gradient in silence
    return value.item() if getattr(value, "ndim", None) == 0 else value


def _wanted(
    kind: str, low: float, high: float, above: bool = False, below: bool = False
) -> str:
    return f"{kind} {_range(low, high, above, below)}".rstrip()


def told(value: Any) -> str:
    """Say what came, in at most a line."""
    if isinstance(value, type):
        return f"the class {value.__name__}, not an object of it"
    grad = " that requires a gradient" if getattr(value, "requires_grad", False) else ""
    has_shape = bool(getattr(value, "shape", None))
    if hasattr(value, "dtype") and (has_shape or grad):
        kind = "a tensor" if hasattr(value, "requires_grad") else "an array"
        return f"{kind} {value.dtype} of shape {tuple(value.shape)}{grad}"
    text = repr(value)
    short = text if len(text) <= 60 and "\n" not in text else "one"
    return f"{short} ({type(value).__name__})"


def _range(low: float, high: float, above: bool = False, below: bool = False) -> str:
    if high == math.inf:
        if low == -math.inf:
            return ""
        return f"above {low:g}" if above else f"of at least {low:g}"
    if low == -math.inf:
        return f"below {high:g}" if below else f"of at most {high:g}"
    return f"in {'(' if above else '['}{low:g}, {high:g}{')' if below else ']'}"
