"""The choices of a run: their names, defaults and ranges, and which go together."""

from types import MappingProxyType

from gce_lib import checks

from .methods import METHODS, parse_loss
from .noises import check_noise, parse_noise

DATASETS = MappingProxyType(  # and how many classes they have
    {
        "fashion-mini": 10,
        "fashion-mnist": 10,
        "fashion-mnist-h": 10,
        "cifar10": 10,
        "cifar100": 100,
    }
)
MODEL_NAMES = ("mlp", "small_cnn", "compact_cnn", "resnet18", "resnet34")
PROTOCOL_NAMES = ("lesson", "fast", "laptop", "laptop-augmented", "paper")
GRID_NAMES = (
    "lesson",
    "paper",
    "laptop",
    "human",
    "ladder",
    "open-set",
    "sensitivity",
    "class-count",
    "learning-rates",
    "rivals",
)
OWN_CHOICE = MappingProxyType(  # of grids that vary it themselves
    {"class-count": "num_classes", "learning-rates": "lr", "rivals": "lr"}
)
GRID_DATASETS = MappingProxyType(  # of grids that have another default
    {
        **dict.fromkeys(("laptop", "human", "open-set", "learning-rates"), "cifar10"),
        "ladder": "fashion-mnist-h",
    }
)
EXECUTORS = ("local", "ray")
MOST_THREADS = 1024
DEFAULTS = MappingProxyType(
    {
        "dataset": "fashion-mini",
        "noise": "symmetric:0.4",
        "loss": "gce:0.7",
        "model": "mlp",
        "protocol": "lesson",
        "seed": 0,
        "epochs": None,
        "train_size": None,
        "num_classes": None,
        "lr": None,
    }
)
OPTIONAL = ("epochs", "train_size", "num_classes", "lr")
_LOWEST = {"seed": 0, "epochs": 1, "train_size": 1, "num_classes": 2}


def checked(**given) -> dict:
    """Return the choices of a run, texts in their shortest form.

    Parameters
    ----------
    **given
        Choices of :class:`gce_lib.experiments.Run`; what is left out has its default.

    Raises
    ------
    ValueError, TypeError
        A choice is unknown, out of range, or does not go with another one.
    """
    run = {**DEFAULTS, **given}
    checks.choice("dataset", run["dataset"], DATASETS)
    checks.choice("model", run["model"], MODEL_NAMES)
    checks.choice("protocol", run["protocol"], PROTOCOL_NAMES)
    noise, loss = parse_noise(run["noise"]), parse_loss(run["loss"])
    for name, low in _LOWEST.items():
        if run[name] is not None or name not in OPTIONAL:
            run[name] = checks.integer(name, run[name], low)
    if run["lr"] is not None:
        run["lr"] = checks.number("lr", run["lr"], 0, 1000, above=True)
    check_noise(noise, run["dataset"], run["num_classes"])
    if METHODS[loss.name].transition and noise.name == "open-set":
        raise ValueError(
            f"loss {loss.name} needs noise in the labels, got {noise}, "
            "which has no transition matrix"
        )
    _check_classes(run)
    return {**run, "noise": str(noise), "loss": str(loss)}


def _check_classes(run: dict) -> None:
    most, count = DATASETS[run["dataset"]], run["num_classes"]
    if count is not None and count > most:
        raise ValueError(
            f"num_classes must be at most {most} for {run['dataset']}, got {count}"
        )
