"""Every loss of logits and labels, and its formula written with probabilities."""

from functools import partial

import mpmath
import torch

from gce_lib import losses as g

# Neither symmetric nor doubly stochastic: a transposed T gives other numbers.
T = torch.tensor([[0.7, 0.2, 0.1], [0.0, 0.9, 0.1], [0.3, 0.2, 0.5]]).double()
LOG_ZERO = g.LOG_ZERO_REPOSITORIES


def transition(classes, dtype=torch.float64):
    """`T`, followed by classes that keep their labels."""
    wider = torch.eye(classes, dtype=dtype)
    wider[:3, :3] = T
    return wider


def corrected(loss):
    def with_transition(logits, target, **options):
        classes = logits.shape[1 if logits.ndim > 1 else 0]
        dtype = torch.promote_types(logits.dtype, torch.float32)
        return loss(logits, target, transition(classes, dtype), **options)

    return with_transition


def clipped(logits, target, **options):
    return g.gce_loss(g.clip_logits(logits, 1.5), target, 0.7, **options)


LOSSES = {
    "gce": g.gce_loss,
    "truncated": partial(g.truncated_gce_loss, k=0.2),
    "mae": g.mae_loss,
    "sce": g.symmetric_cross_entropy,
    "rce": partial(g.reverse_cross_entropy, log_zero=LOG_ZERO),
    "agce": g.asymmetric_gce_loss,
    "aul": g.asymmetric_unhinged_loss,
    "js": g.jensen_shannon_loss,
    "taylor": partial(g.taylor_cross_entropy, t=3),
    "phuber": partial(g.partially_huberised_cross_entropy, tau=2.5),
    "nce": g.normalized_cross_entropy,
    "nce+rce": partial(g.active_passive_loss, log_zero=LOG_ZERO),
    "anl": g.active_negative_loss,
    "epsilon": partial(g.epsilon_softmax_loss, m=10.0, alpha=0.5),
    "jal": partial(g.joint_asymmetric_loss, a=3.0),
    "tempered": partial(g.bi_tempered_loss, t1=0.3, t2=1.0),
    "heavy tailed": partial(g.bi_tempered_loss, t1=0.3, t2=1.6),
    "clipped": clipped,
    "forward": corrected(g.forward_corrected_loss),
    "backward": corrected(g.backward_corrected_loss),
}


def softmax(z):
    top = max(z)
    e = [mpmath.exp(x - top) for x in z]
    return [x / mpmath.fsum(e) for x in e]


def power_loss(p, q):
    return (1 - p**q) / q


def entropy(p):
    return -mpmath.fsum(x * mpmath.log(x) for x in p if x > 0)


def normalized(p, y):
    return mpmath.log(p[y]) / mpmath.fsum(mpmath.log(x) for x in p)


def reverse(p, y, log_zero):
    return -mpmath.fsum(x * log_zero for j, x in enumerate(p) if j != y)


def unhinged(p, y):
    a, q = mpmath.mpf("5.5"), 3
    return ((a - p[y]) ** q - (a - 1) ** q) / q


def asymmetric(p, y):
    a = q = mpmath.mpf(0.6)
    return ((a + 1) ** q - (a + p[y]) ** q) / q


def jensen_shannon(p, y):
    e = [mpmath.mpf(j == y) for j in range(len(p))]
    mixed = [(a + b) / 2 for a, b in zip(e, p, strict=True)]
    divergence = entropy(mixed) - entropy(p) / 2
    return divergence / (mpmath.log(2) / 2)


def negative(p, y):
    room = [max(mpmath.mpf(0), mpmath.log(x) - mpmath.log(1e-7)) for x in p]
    return 1 - room[y] / mpmath.fsum(room)


def epsilon(p, y):
    m = 10
    mixed = (p[y] + m * (p[y] == max(p))) / (m + 1)
    return -mpmath.log(mixed) / 2 + 10 * (1 - p[y])


def asymmetric_square(p, y):
    return mpmath.fsum((3 * (j == y) - x) ** 2 for j, x in enumerate(p)) / len(p)


def bregman(p, y, t1):
    """Σ_j e_j (log_t e_j − log_t p_j) − (e_j^{2−t} − p_j^{2−t}) / (2 − t)."""
    t = mpmath.mpf(t1)

    def log_t(x):
        return (x ** (1 - t) - 1) / (1 - t)

    own = log_t(mpmath.mpf(1)) - log_t(p[y])
    powers = [(mpmath.mpf(j == y) ** (2 - t) - x ** (2 - t)) for j, x in enumerate(p)]
    return own - mpmath.fsum(powers) / (2 - t)


def tempered_softmax(z, t2):
    t = mpmath.mpf(t2)

    def tail(x):
        return (1 + (1 - t) * x) ** (1 / (1 - t))

    top = max(z)

    def excess(u):
        return mpmath.fsum(tail(x - top - u) for x in z) - 1

    limit = (len(z) ** (t - 1) - 1) / (t - 1)
    u = mpmath.findroot(excess, (mpmath.mpf(0), limit), solver="anderson", tol=1e-80)
    return [tail(x - top - u) for x in z]


def inverse_row(y, classes):
    return (mpmath.matrix(transition(classes).tolist()) ** -1)[y, :]


def clip(z):
    norm = mpmath.sqrt(mpmath.fsum(x * x for x in z))
    return [x * min(1, mpmath.mpf(1.5) / norm) for x in z]


Q = mpmath.mpf(0.7)
FORMULAS = {  # of logits z and a label y
    "gce": lambda z, y: power_loss(softmax(z)[y], Q),
    "truncated": lambda z, y: power_loss(max(softmax(z)[y], mpmath.mpf(0.2)), Q),
    "mae": lambda z, y: mpmath.fsum(
        abs((j == y) - x) for j, x in enumerate(softmax(z))
    ),
    "sce": lambda z, y: (
        -mpmath.mpf(0.1) * mpmath.log(softmax(z)[y]) + reverse(softmax(z), y, -4)
    ),
    "rce": lambda z, y: reverse(softmax(z), y, LOG_ZERO),
    "agce": lambda z, y: asymmetric(softmax(z), y),
    "aul": lambda z, y: unhinged(softmax(z), y),
    "js": lambda z, y: jensen_shannon(softmax(z), y),
    "taylor": lambda z, y: mpmath.fsum((1 - softmax(z)[y]) ** i / i for i in (1, 2, 3)),
    "phuber": lambda z, y: (
        -mpmath.log(softmax(z)[y])
        if softmax(z)[y] > 0.4
        else -2.5 * softmax(z)[y] + 1 + mpmath.log(2.5)
    ),
    "nce": lambda z, y: normalized(softmax(z), y),
    "nce+rce": lambda z, y: (
        normalized(softmax(z), y) + reverse(softmax(z), y, LOG_ZERO)
    ),
    "anl": lambda z, y: 5 * normalized(softmax(z), y) + 5 * negative(softmax(z), y),
    "epsilon": lambda z, y: epsilon(softmax(z), y),
    "jal": lambda z, y: normalized(softmax(z), y) + asymmetric_square(softmax(z), y),
    "tempered": lambda z, y: bregman(softmax(z), y, 0.3),
    "heavy tailed": lambda z, y: bregman(tempered_softmax(z, 1.6), y, 0.3),
    "clipped": lambda z, y: power_loss(softmax(clip(z))[y], Q),
    "forward": lambda z, y: (
        -mpmath.log(
            mpmath.fsum(
                transition(len(z))[i, y].item() * x for i, x in enumerate(softmax(z))
            )
        )
    ),
    "backward": lambda z, y: (
        -mpmath.fsum(
            w * mpmath.log(x)
            for w, x in zip(inverse_row(y, len(z)), softmax(z), strict=True)
        )
    ),
}
