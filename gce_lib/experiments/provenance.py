"""What a result was made with: device, versions, commit."""

import platform
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path

import torch

from ..devices import bf16_units

PACKAGES = ("gce-lib", "torch", "torchvision", "numpy")
_PACKAGE = Path(__file__).resolve().parents[1]


def device_name(device: torch.device, precision: str = "fp32") -> str:
    """Return the name of a GPU, or of the processor and the instructions torch uses.

    Two processors of one name here give equal results in that precision.
    """
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    units = bf16_units() if precision == "bf16" else ()
    return ", ".join([_processor(), *units])


@cache
def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    name = names[0] if names else platform.processor() or platform.machine()
    return f"CPU {name}, {torch.backends.cpu.get_cpu_capability()}"


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that decide a result."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # run from a folder, not installed
            continue
    return found


@cache
def commit() -> str | None:
    """Return the commit of the library's source, "+" appended if it was changed since.

    None where the library is not in a git working tree, or there is no git.
    """
    try:
        _git("ls-files", "--error-unmatch", "__init__.py")
        name = _git("rev-parse", "HEAD")
        changed = _git("status", "--porcelain", "--", ".")
    except (OSError, subprocess.CalledProcessError):
        return None
    return name + "+" if changed else name


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=_PACKAGE, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
