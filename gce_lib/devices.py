"""Where and how precisely to compute."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import nn

PRECISIONS = ("auto", "fp32", "bf16", "fp16")
_BFLOAT16_SINCE = (8, 0)  # CUDA compute capability of Ampere; a T4 has (7, 5)


def resolve_device(device: str | torch.device = "auto") -> torch.device:
    """Turn ``"auto"`` into CUDA where there is one, else the CPU.

    Parameters
    ----------
    device : str or torch.device
        ``"auto"`` or anything that :class:`torch.device` takes.

    Raises
    ------
    ValueError
        There is no such device, or CUDA is asked for and there is none.
    """
    if str(device) == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(device)
    except (RuntimeError, TypeError):
        raise ValueError(
            f'device must be "auto", "cpu", "cuda", "cuda:1" or "mps", got {device!r}'
        ) from None
    if device.type == "cuda":
        if not torch.cuda.is_available():
            raise ValueError(
                f'device must be "auto" or "cpu" without a CUDA GPU, got "{device}"'
            )
        if device.index is None:
            device = torch.device("cuda", torch.cuda.current_device())
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ValueError(
            f'device must be one that is here, got "{device}" ({error})'
        ) from None
    return device


def widest_float(device: torch.device) -> torch.dtype:
    """Return float64, or float32 on a device that has none, such as Apple's MPS."""
    try:
        return torch.zeros((), dtype=torch.float64, device=device).dtype
    except TypeError:
        return torch.float32


def is_out_of_memory(error: Exception) -> bool:
    """Whether an error of PyTorch says that the memory of a device is full."""
    said = str(error)
    return isinstance(error, torch.OutOfMemoryError) or (
        "can't allocate memory" in said or "out of memory" in said
    )


@dataclass(frozen=True)
class Precision:
    """Number format of the network's arithmetic; weights and losses stay in fp32.

    Attributes
    ----------
    name : str
        ``"fp32"``, ``"bf16"`` or ``"fp16"``.
    device_type : str
    """

    name: str
    device_type: str

    def autocast(self) -> torch.autocast:
        """Context in which the network runs; it does nothing in fp32."""
        dtype = torch.bfloat16 if self.name == "bf16" else torch.float16
        enabled = self.name != "fp32"
        return torch.autocast(self.device_type, dtype=dtype, enabled=enabled)

    def grad_scaler(self) -> torch.amp.GradScaler:
        """Scaler that keeps fp16 gradients from vanishing; else it does nothing."""
        return torch.amp.GradScaler(self.device_type, enabled=self.name == "fp16")


def bf16_units() -> tuple[str, ...]:
    """Return the instructions with which this CPU multiplies in bf16, if any.

    PyTorch can compute in bf16 on every CPU, without them more slowly than in fp32.
    """
    asked = {
        "AVX512_BF16": "_is_avx512_bf16_supported",
        "AMX": "_is_amx_tile_supported",
    }
    return tuple(
        unit
        for unit, question in asked.items()
        if getattr(torch.cpu, question, lambda: False)()
    )


def resolve_precision(
    precision: str, device: torch.device, model: nn.Module | None = None
) -> Precision:
    """Turn ``"auto"`` into the fastest safe format for a network on a device.

    bf16 on CUDA GPUs that have it, fp16 on older ones. On CPUs with units for bf16,
    networks with convolutions take it, since they become twice as fast; a multi-layer
    perceptron, which gains little, keeps fp32 and so the same digits on more machines.

    Parameters
    ----------
    precision : str
        ``"auto"``, ``"fp32"``, ``"bf16"`` or ``"fp16"``.
    device : torch.device
    model : nn.Module, optional
        Default: one with convolutions.

    Raises
    ------
    ValueError
        The name is none of ``"auto" "fp32" "bf16" "fp16"``, or fp16 on a CPU.
    """
    if precision not in PRECISIONS:
        raise ValueError(
            f"precision must be one of {', '.join(PRECISIONS)}, got {precision!r}"
        )
    if precision == "fp16" and device.type != "cuda":
        raise ValueError(f"precision fp16 needs a CUDA GPU, got device {device}")
    if precision == "auto":
        if device.type != "cuda":
            fast = device.type == "cpu" and bf16_units() and _convolves(model)
            precision = "bf16" if fast else "fp32"
        elif torch.cuda.get_device_capability(device) >= _BFLOAT16_SINCE:
            precision = "bf16"
        else:
            precision = "fp16"
    return Precision(precision, device.type)


def _convolves(model: nn.Module | None) -> bool:
    return model is None or any(isinstance(m, nn.Conv2d) for m in model.modules())


@contextmanager
def own_randomness(seed: int, device: torch.device) -> Iterator[None]:
    """PyTorch's global generators start from ``seed``, and are as before afterwards."""
    devices = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        yield


@contextmanager
def fast_arithmetic(device: torch.device) -> Iterator[None]:
    """TF32 and tuned convolutions on CUDA while the context lasts."""
    if device.type != "cuda":
        yield
        return
    matmul = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high")
    try:
        with torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=True):
            yield
    finally:
        torch.set_float32_matmul_precision(matmul)


def peak_memory(step: Callable[[], object], device: str | torch.device = "cpu") -> int:
    """Return the bytes that PyTorch holds at most during ``step()``, beyond the start.

    Taught in book/practice/other-places.ipynb.

    Parameters
    ----------
    step : callable
    device : str or torch.device
        Where the memory is: a CPU or a CUDA device.
    """
    if torch.device(device).type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
        step()
        return torch.cuda.max_memory_allocated(device) - before
    os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # the profiler talks to stderr
    cpu = torch.profiler.ProfilerActivity.CPU
    with torch.profiler.profile(activities=[cpu], profile_memory=True) as record:
        step()
    changes = [
        (event.start_ns(), event.nbytes())
        for event in record.profiler.kineto_results.events()
        if event.name() == "[memory]" and event.device_type().name == "CPU"
    ]
    changes.sort(key=lambda change: change[0])
    return max(accumulate((size for _, size in changes), initial=0))
