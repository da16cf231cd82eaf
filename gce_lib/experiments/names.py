"""What people call the losses and the noises that specs name."""

from collections.abc import Iterable

from gce_lib.vocabulary import METHODS, NOISES, parse_loss, parse_noise

_LOSSES = {
    "ce": "cross entropy",
    "mae": "absolute error",
    "forward": "Forward T",
    "forward-estimated": "Forward T̂",
    "backward": "Backward T",
    "gce": "L_q",
    "acs": "pruned L_q",
    "truncated": "truncated L_q",
}
_DEFAULTS = {name: method.parameters for name, method in METHODS.items()}
_NOISES = {
    "none": "clean labels",
    "symmetric": "uniform noise",
    "pair": "pair noise",
    "class-map": "class-dependent noise",
    "superclass": "class-dependent noise",
    "instance": "instance-dependent noise",
    "open-set": "open-set noise",
    "human-matrix": "people's matrix",
    "human": "labels by people",
}


def loss_name(loss: str, *, html: bool = False) -> str:
    """Return the name of a loss, with those of its numbers that are not the usual ones.

    Parameters
    ----------
    loss : str
        As in a :class:`Run`, such as ``"gce:0.3"``.
    html : bool
        Whether to set the q of L_q as a subscript.
    """
    spec = parse_loss(loss)
    name = _LOSSES.get(spec.name, METHODS[spec.name].title)
    unusual = [
        f"{parameter.name} = {value:g}"
        for parameter, value in zip(_DEFAULTS[spec.name], spec.values, strict=True)
        if value != parameter.default
    ]
    text = ", ".join([name, *unusual])
    return text.replace("L_q", "L<sub>q</sub>") if html else text


def noise_name(noise: str) -> tuple[str, str]:
    """Return the name of a kind of noise and its rate or kind, ``""`` without one."""
    spec = parse_noise(noise)
    values = [v if isinstance(v, str) else f"{v:g}" for v in spec.values]
    return _NOISES[spec.name], ", ".join(values)


def in_order(specs: Iterable[str], what: str) -> list[str]:
    """Sort specs of ``what``, ``"loss"`` or ``"noise"``, as tables have them."""
    read, names = {
        "loss": (parse_loss, list(METHODS)),
        "noise": (parse_noise, list(NOISES)),
    }[what]

    def place(text: str) -> tuple[int, tuple[float | str, ...]]:
        spec = read(text)
        return names.index(spec.name), spec.values

    return sorted(specs, key=place)
