"""Labels as they come, and as they are used: int64 class indices."""

from collections.abc import Collection
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gce_lib import checks

INTEGERS = {getattr(torch, f"{u}int{n}") for u in ("", "u") for n in (8, 16, 32, 64)}


def class_indices(
    name: str, labels: Any, count: int, num_classes: int | None = None
) -> Tensor:
    """Return labels as an int64 tensor, on their device.

    Every integer type will do, in a tensor, an array or a list: examples come from many
    places, and an index is an index. (A loss, as `F.cross_entropy`, is stricter.)

    Parameters
    ----------
    name : str
        Of the argument, for the message.
    labels : Tensor or array-like
        Integers (count,).
    count : int
    num_classes : int, optional
        All labels must be below it.

    Raises
    ------
    TypeError
        They are texts, or nothing that has a length.
    ValueError
        They are no integers, not one an example, or out of range.
    """
    wanted = f"{name} must be int64 ({count},)"
    got = labels if isinstance(labels, Tensor) else _tensor(labels, wanted)
    if got.dtype not in INTEGERS or got.shape != (count,):
        raise ValueError(
            f"{wanted}, got {got.dtype} {tuple(got.shape)}: "
            "a label an example, of any integer type"
        )
    got = got.to(torch.int64)
    if num_classes is not None and count:
        low, high = (bound.item() for bound in got.aminmax())
        if low < 0 or high >= num_classes:
            raise ValueError(
                f"{name} must be in [0, {num_classes - 1}], got {low} to {high}"
            )
    return got


def _tensor(labels: Any, wanted: str) -> Tensor:
    try:
        array = np.asarray(labels)
        if array.dtype.kind in "biuf":
            return torch.from_numpy(np.array(array, dtype=_known(array.dtype)))
    except (TypeError, ValueError):
        pass
    what = checks.told(labels)
    if isinstance(labels, Collection) and len(labels) and not isinstance(labels, str):
        what = f"{len(labels)} such as {checks.told(next(iter(labels)))}"
    raise TypeError(f"{wanted}, got {what}: the position of each one's class")


def _known(dtype: np.dtype) -> np.dtype:
    """Return a type that PyTorch has, for a big-endian or unsigned one."""
    return np.dtype(np.int64) if dtype.kind in "iu" else dtype
