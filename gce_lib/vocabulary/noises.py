"""The kinds of noise an experiment can name, and which data sets they fit."""

from collections.abc import Mapping
from types import MappingProxyType

from .specs import Parameter, Parameters, Spec, Word, parse

HUMAN_KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(  # by data set
    {
        "cifar10": ("aggregate", "random1", "random2", "random3", "worse"),
        "fashion-mnist-h": ("one", "majority-3", "majority"),
    }
)
MAPPED = ("cifar10", "fashion-mini", "fashion-mnist", "fashion-mnist-h")
_MATRIX_KINDS = {
    name: HUMAN_KINDS[name] if name == "cifar10" else ("one",) for name in MAPPED
}
_KINDS = {"human": HUMAN_KINDS, "human-matrix": _MATRIX_KINDS}
_KIND = Word("kind", tuple(kind for kinds in HUMAN_KINDS.values() for kind in kinds))
_RATE = (Parameter("rate"),)
NOISES: Mapping[str, Parameters] = MappingProxyType(
    {
        "none": (),
        "symmetric": _RATE,
        "pair": _RATE,
        "class-map": _RATE,
        "superclass": _RATE,
        "instance": _RATE,
        "open-set": _RATE,
        "human-matrix": (_KIND,),
        "human": (_KIND,),
    }
)
OUTSIDERS = MappingProxyType({"cifar10": "cifar100", "cifar100": "cifar10"})
_FULL = {
    "class-map": MAPPED,
    "superclass": ("cifar100",),
    "open-set": OUTSIDERS,
    **_KINDS,
}


def parse_noise(text: str) -> Spec:
    """Read a noise spec such as ``"symmetric:0.4"``.

    Raises
    ------
    ValueError
        The noise is unknown, or its rate or kind is missing or wrong.
    """
    return parse(text, NOISES, "noise", "symmetric:0.4")


def check_noise(spec: Spec, dataset: str, num_classes: int | None) -> None:
    """Raise ``ValueError`` unless this noise is defined for this data set."""
    if spec.name not in _FULL:
        return
    if dataset not in _FULL[spec.name]:
        allowed = ", ".join(_FULL[spec.name])
        raise ValueError(f"noise {spec.name} needs one of {allowed}, got {dataset}")
    if num_classes is not None and spec.name != "open-set":
        raise ValueError(
            f"noise {spec.name} needs all classes of {dataset}, "
            f"got num_classes={num_classes}"
        )
    if spec.name in _KINDS:
        Word("kind", _KINDS[spec.name][dataset]).check(spec.words[0], str(spec))
