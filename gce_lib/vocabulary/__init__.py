"""The words of experiments: what a run may choose, and what goes together.

Nothing here waits for torch: the command line answers from it at once. Every room that
reads a text such as ``"gce:0.7"`` reads it here.
"""

from .choices import (
    DATASETS,
    DEFAULTS,
    EXECUTORS,
    GRID_DATASETS,
    GRID_NAMES,
    MODEL_NAMES,
    MOST_THREADS,
    OPTIONAL,
    OWN_CHOICE,
    PROTOCOL_NAMES,
    checked,
)
from .methods import METHODS, Method, parse_loss
from .noises import HUMAN_KINDS, MAPPED, NOISES, OUTSIDERS, check_noise, parse_noise
from .specs import Parameter, Spec, form, parse

__all__ = [
    "DATASETS",
    "DEFAULTS",
    "EXECUTORS",
    "GRID_DATASETS",
    "GRID_NAMES",
    "HUMAN_KINDS",
    "MAPPED",
    "METHODS",
    "MODEL_NAMES",
    "MOST_THREADS",
    "NOISES",
    "OPTIONAL",
    "OUTSIDERS",
    "OWN_CHOICE",
    "PROTOCOL_NAMES",
    "Method",
    "Parameter",
    "Spec",
    "check_noise",
    "checked",
    "form",
    "parse",
    "parse_loss",
    "parse_noise",
]
