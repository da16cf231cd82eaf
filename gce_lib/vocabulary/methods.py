"""The losses an experiment can name: each a way to train against label noise."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .specs import Parameter, Spec, parse

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


def _named(name: str) -> Loss:
    """Return a loss of the library, imported only now: words must not wait for it."""
    from gce_lib import losses

    return getattr(losses, name)


def _cross_entropy(T) -> Loss:
    from torch.nn.functional import cross_entropy

    return cross_entropy


def _gce(T, q: float, *_) -> Loss:
    return partial(_named("gce_loss"), q=q)


def _truncated(T, q: float, k: float) -> Loss:
    return partial(_named("truncated_gce_loss"), q=q, k=k)


def _weighted(loss: str, first: str, second: str) -> Callable[..., Loss]:
    return lambda T, a, b: partial(_named(loss), **{first: a, second: b})


def _corrected(loss: str) -> Callable[..., Loss]:
    return lambda T: partial(_named(loss), T=T)


_Q = Parameter("q", default=0.7)
_K = Parameter("k", default=0.5, below=True)


def _weight(name: str, default: float) -> Parameter:
    return Parameter(name, high=100.0, default=default)


def _positive(name: str, default: float) -> Parameter:
    return Parameter(name, low=1e-6, high=100.0, default=default)


METHODS: dict[str, Method] = {
    "ce": Method("cross-entropy", _cross_entropy),
    "mae": Method("mean absolute error", lambda T: _named("mae_loss")),
    "gce": Method("L_q", _gce, (_Q,)),
    "truncated": Method("truncated L_q, directly", _truncated, (_Q, _K)),
    "acs": Method("truncated L_q, convex search", _gce, (_Q, _K), prunes=True),
    "forward": Method(
        "forward, true T", _corrected("forward_corrected_loss"), transition="true"
    ),
    "forward-estimated": Method(
        "forward, estimated T",
        _corrected("forward_corrected_loss"),
        transition="estimated",
    ),
    "backward": Method(
        "backward, true T", _corrected("backward_corrected_loss"), transition="true"
    ),
    "sce": Method(
        "symmetric cross-entropy",
        _weighted("symmetric_cross_entropy", "alpha", "beta"),
        (_weight("alpha", 0.1), _weight("beta", 1.0)),
    ),
    "nce+rce": Method(
        "normalised CE + reverse CE",
        _weighted("active_passive_loss", "alpha", "beta"),
        (_weight("alpha", 1.0), _weight("beta", 1.0)),
    ),
    "agce": Method(
        "asymmetric L_q",
        _weighted("asymmetric_gce_loss", "a", "q"),
        (_positive("a", 0.6), _positive("q", 0.6)),
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
