"""The losses an experiment can name: each a way to train against label noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from .specs import Parameter, Spec, parse

if TYPE_CHECKING:
    from torch import Tensor

Loss = Callable  # of logits and labels


@dataclass(frozen=True)
class Method:
    """How a loss is made from the numbers of its spec.

    Attributes
    ----------
    title : str
        For people.
    make : callable
        ``make(T, *values)`` returns ``loss(logits, target)``; T is None unless needed.
    parameters : tuple of Parameter
    transition : str
        Which transition matrix it needs: ``""`` none, ``"true"`` the one that the
        labels were drawn with, ``"estimated"`` one estimated by a first training
        with CE.
    prunes : bool
        Whether it is trained by alternate convex search; its last number is then k.
    """

    title: str
    make: Callable[..., Loss]
    parameters: tuple[Parameter, ...] = ()
    transition: str = ""
    prunes: bool = False


def _named(name: str):
    """Return what the losses call so, imported only now: words must not wait for it."""
    from gce_lib import losses

    return getattr(losses, name)


def _cross_entropy(T: Tensor | None) -> Loss:
    from torch.nn.functional import cross_entropy

    return cross_entropy


def _smoothed(T: Tensor | None, share: float) -> Loss:
    return partial(_cross_entropy(T), label_smoothing=share)


def _gce(T: Tensor | None, q: float, *_) -> Loss:
    return partial(_named("gce_loss"), q=q)


def _plain(title: str, loss: str, *parameters: Parameter, **constants: str) -> Method:
    """Return the method whose numbers are the loss's arguments of the same names."""
    names = [parameter.name for parameter in parameters]

    def make(T: Tensor | None, *values: float) -> Loss:
        options = dict(zip(names, values, strict=True))
        options |= {name: _named(constant) for name, constant in constants.items()}
        return partial(_named(loss), **options)

    return Method(title, make, parameters)


def _corrected(title: str, loss: str, transition: str) -> Method:
    return Method(title, lambda T: partial(_named(loss), T=T), transition=transition)


def _nce_and_aul(
    T: Tensor | None, alpha: float, beta: float, a: float, q: float
) -> Loss:
    active, passive = map(
        _named, ("normalized_cross_entropy", "asymmetric_unhinged_loss")
    )

    def loss(logits: Tensor, target: Tensor) -> Tensor:
        return alpha * active(logits, target) + beta * passive(logits, target, a, q)

    return loss


def _taylor(T: Tensor | None, t: float) -> Loss:
    return partial(_named("taylor_cross_entropy"), t=int(t) if t == int(t) else t)


def _clipped(T: Tensor | None, tau: float) -> Loss:
    cross_entropy, clip = _cross_entropy(T), _named("clip_logits")
    return lambda logits, target: cross_entropy(clip(logits, tau), target)


_Q = Parameter("q", default=0.7)
_K = Parameter("k", default=0.5, below=True)


def _weight(name: str, default: float) -> Parameter:
    return Parameter(name, high=100.0, default=default)


def _positive(name: str, default: float | None, low: float = 1e-6) -> Parameter:
    return Parameter(name, low=low, high=1e6, default=default)


def _both(alpha: float, beta: float) -> tuple[Parameter, Parameter]:
    return _weight("alpha", alpha), _weight("beta", beta)


METHODS: dict[str, Method] = {  # with the published settings for CIFAR-10
    "ce": Method("cross entropy", _cross_entropy),
    "mae": _plain("mean absolute error", "mae_loss"),
    "smoothed": Method(
        "cross entropy, smoothed labels", _smoothed, (Parameter("share", default=0.1),)
    ),
    "gce": Method("L_q", _gce, (_Q,)),
    "truncated": _plain("truncated L_q", "truncated_gce_loss", _Q, _K),
    "acs": Method("pruned L_q", _gce, (_Q, _K), prunes=True),
    "forward": _corrected("forward, true T", "forward_corrected_loss", "true"),
    "forward-estimated": _corrected(
        "forward, estimated T", "forward_corrected_loss", "estimated"
    ),
    "backward": _corrected("backward, true T", "backward_corrected_loss", "true"),
    "sce": _plain(
        "symmetric cross entropy", "symmetric_cross_entropy", *_both(0.1, 1.0)
    ),
    "nce": _plain("normalised cross entropy", "normalized_cross_entropy"),
    "rce": _plain("reverse cross entropy", "reverse_cross_entropy"),
    "nce+rce": _plain(  # of the time before the trap of log 0 had a name
        "NCE + RCE, log 0 := −4",
        "active_passive_loss",
        *_both(1.0, 1.0),
        log_zero="LOG_ZERO_PAPER",
    ),
    "apl": _plain(
        "NCE + RCE",
        "active_passive_loss",
        *_both(1.0, 1.0),
        log_zero="LOG_ZERO_REPOSITORIES",
    ),
    "agce": _plain(
        "asymmetric L_q",
        "asymmetric_gce_loss",
        _positive("a", 0.6),
        _positive("q", 0.6),
    ),
    "aul": _plain(
        "asymmetric unhinged",
        "asymmetric_unhinged_loss",
        _positive("a", 5.5, low=1.001),
        _positive("q", 3.0),
    ),
    "nce+aul": Method(
        "NCE + AUL",
        _nce_and_aul,
        (
            *_both(1.0, 4.0),
            _positive("a", 6.3, low=1.001),
            _positive("q", 1.5),
        ),
    ),
    "anl": _plain("active negative", "active_negative_loss", *_both(5.0, 5.0)),
    "epsilon": _plain(
        "ε-softmax + MAE",
        "epsilon_softmax_loss",
        _positive("m", 1e5, low=0.0),
        *_both(0.01, 5.0),
    ),
    "jal": _plain(
        "joint asymmetric",
        "joint_asymmetric_loss",
        *_both(1.0, 1.0),
        _positive("a", 30.0, low=1.0),
    ),
    "js": _plain(
        "Jensen–Shannon",
        "jensen_shannon_loss",
        Parameter("pi", low=1e-6, default=0.5, below=True),
    ),
    "bi-tempered": _plain(
        "bi-tempered",
        "bi_tempered_loss",
        Parameter("t1", default=0.3),
        Parameter("t2", low=1.0, high=10.0, default=1.0),
    ),
    "taylor": Method(
        "Taylor cross entropy",
        _taylor,
        (Parameter("t", low=1.0, high=1000.0, default=2),),
    ),
    "phuber": _plain(
        "partially Huberised cross entropy",
        "partially_huberised_cross_entropy",
        _positive("tau", 10.0, low=1.0),
    ),
    "clipped": Method(
        "cross entropy of clipped logits", _clipped, (_positive("tau", None),)
    ),
}


def parse_loss(text: str) -> Spec:
    """Read a loss spec such as ``"gce:0.7"``; numbers left out take their defaults.

    Raises
    ------
    ValueError
        The loss is unknown or its numbers are wrong.
    """
    table = {name: method.parameters for name, method in METHODS.items()}
    return parse(text, table, "loss", "gce:0.7")
