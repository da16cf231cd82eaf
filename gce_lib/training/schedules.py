"""Learning-rate schedules as functions of the position in the training."""

import math
from collections.abc import Sequence
from numbers import Real

WARM_UP = 0.3  # share of the training in which "one-cycle" rises
START, END = (
    1 / 25,
    1 / 10_000,
)  # where "one-cycle" starts and ends, relative to the top
PEAK = 0.2  # share of the training in which "triangle" rises
STEP_FACTOR = 0.1

NAMES = ("one-cycle", "triangle", "cosine", "constant")


def check_schedule(schedule: object, epochs: int) -> str | tuple[float, ...]:
    """Return a schedule that :func:`lr_factor` knows, its dates as a tuple.

    Raises
    ------
    ValueError
        It is another one.
    """
    if isinstance(schedule, str):
        if schedule in NAMES:
            return schedule
    elif isinstance(schedule, Sequence):
        dates = tuple(schedule)
        numbers = all(isinstance(date, Real) for date in dates)
        inside = numbers and all(0 < date < epochs for date in dates)
        if inside and list(dates) == sorted(dates):
            return dates
    raise ValueError(
        f"schedule must be one of {', '.join(NAMES)}, or a tuple of rising epochs "
        f"between 0 and {epochs}, got {schedule!r}"
    )


def lr_factor(schedule: str | Sequence[float], epoch: float, epochs: int) -> float:
    """Return what the top learning rate is multiplied with.

    Being a function of the position alone, it needs no state in a checkpoint.
    Taught in book/practice/training.ipynb.

    Parameters
    ----------
    schedule : str or sequence of int
        ``"one-cycle"``: from 1/25 up to 1 in the first 30 %, then down to 1/10,000,
        both by half a cosine. ``"triangle"``: from 0 up to 1 in the first fifth, then
        down to 0, both in a straight line. ``"cosine"``: from 1 to 0. ``"constant"``:
        1. A tuple of epochs, such as the paper's ``(40, 80)``: × 0.1 at each.
    epoch : float
        Epochs done, in [0, epochs].
    epochs : int
        Epochs in all.

    Returns
    -------
    float
        In [0, 1].
    """
    if schedule == "constant":
        return 1.0
    share = epoch / epochs
    if schedule == "cosine":
        return _half_cosine(1.0, 0.0, share)
    if schedule == "one-cycle":
        if share < WARM_UP:
            return _half_cosine(START, 1.0, share / WARM_UP)
        return _half_cosine(1.0, END, (share - WARM_UP) / (1 - WARM_UP))
    if schedule == "triangle":
        return share / PEAK if share < PEAK else (1 - share) / (1 - PEAK)
    return STEP_FACTOR ** sum(epoch >= float(date) for date in schedule)


def _half_cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
