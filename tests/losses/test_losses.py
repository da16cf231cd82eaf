"""The losses against 50-digit arithmetic, and the laws that they obey."""

import itertools
import math

import mpmath
import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gce_lib.losses import (
    GCELoss,
    MAELoss,
    TruncatedGCELoss,
    backward_corrected_loss,
    gce_from_nll,
    gce_loss,
    mae_loss,
    truncated_gce_from_nll,
    truncated_gce_loss,
)

DTYPES = [torch.float64, torch.float32, torch.bfloat16, torch.float16]
COUNTABLE = settings(max_examples=100, deadline=None, derandomize=True)

qs = st.one_of(st.sampled_from([0.0, 1e-8, 1e-3, 0.7, 1.0]), st.floats(0, 1))
ks = st.one_of(st.just(0.0), st.floats(0, 1, exclude_max=True, allow_subnormal=False))
logit_rows = st.lists(
    st.one_of(st.floats(-5, 5), st.floats(-100, 100), st.floats(-1e4, 1e4)),
    min_size=2,
    max_size=6,
)


def exact(logits, label, q, k=0.0):
    """Truncated L_q and its gradient in the logits, in 50 digits."""
    with mpmath.workdps(50):
        z = [mpmath.mpf(x) for x in logits]
        largest = max(z)
        total = mpmath.fsum(mpmath.exp(x - largest) for x in z)
        p = [mpmath.exp(x - largest) / total for x in z]
        nll = mpmath.log(total) - (z[label] - largest)
        q = mpmath.mpf(q)
        truncated = k > 0 and nll >= -mpmath.log(mpmath.mpf(k))
        if truncated:
            nll = -mpmath.log(mpmath.mpf(k))
        value = nll if q == 0 else -mpmath.expm1(-q * nll) / q
        scale = 0 if truncated else mpmath.exp(-q * nll)
        grad = [scale * (p[j] - (j == label)) for j in range(len(z))]
        return float(value), [float(g) for g in grad], float(nll)


def computed(loss, logits, label, **options):
    x = logits.clone()[None].requires_grad_()
    value = loss(x, torch.tensor([label]), **options)
    (grad,) = torch.autograd.grad(value, x)
    return value, grad[0]


def near_the_limit(logits, label, k, dtype):
    """Whether rounding alone decides on which side of k the label lies."""
    nll = exact(logits, label, 0.0)[2]
    eps = torch.finfo(torch.promote_types(dtype, torch.float32)).eps
    return k > 0 and abs(nll + math.log(k)) <= 20 * eps * (1 + nll)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@COUNTABLE
@given(row=logit_rows, label=st.integers(0, 5), q=qs, k=ks)
@example(row=[-1e4, 1e4], label=0, q=0.7, k=0.0)
@example(row=[-1e4, 1e4], label=1, q=1.0, k=0.5)
@example(row=[0.0, 0.0], label=0, q=1e-8, k=0.5)
def test_values_and_gradients_are_those_of_50_digit_arithmetic(dtype, row, label, q, k):
    label %= len(row)
    logits = torch.tensor(row, dtype=dtype)
    row = logits.tolist()  # as the dtype rounds them
    work = torch.promote_types(dtype, torch.float32)
    eps = torch.finfo(work).eps
    routes = {"sample_weight": None}, {"sample_weight": torch.ones(1)}  # short, general
    cuts = (gce_loss, {}), (truncated_gce_loss, {"k": k})
    for route, (loss, cut) in itertools.product(routes, cuts):
        threshold = cut.get("k", 0.0)
        if near_the_limit(row, label, threshold, dtype):
            continue
        value, grad = computed(loss, logits, label, q=q, **cut, **route)
        want, want_grad, nll = exact(row, label, q, threshold)
        assert value.dtype == work
        assert grad.dtype == dtype
        # nll is rounded to about eps · (1 + nll); L_q has slope p^q ≤ 1 in it
        error = 8 * eps * (1 + nll) * math.exp(-q * nll) + 8 * eps * abs(want)
        assert value.item() == pytest.approx(want, rel=0, abs=error)
        own = torch.finfo(dtype)
        for g, w in zip(grad.tolist(), want_grad, strict=True):
            scale = math.exp(-q * nll) * 8 * eps * (1 + nll)
            bound = scale + (own.eps + 8 * eps * (1 + nll)) * abs(w) + own.tiny
            assert g == pytest.approx(w, rel=0, abs=bound)


@COUNTABLE
@given(
    nll=st.one_of(st.floats(1e-12, 50), st.floats(50, 2e4)),
    q=st.floats(1e-8, 1),
    dtype=st.sampled_from([torch.float64, torch.float32]),
)
def test_the_pointwise_loss_is_exact_to_a_few_units_in_the_last_place(nll, q, dtype):
    x = torch.tensor([nll], dtype=dtype, requires_grad=True)
    value = gce_from_nll(x, q)
    (slope,) = torch.autograd.grad(value, x, create_graph=True)
    (curvature,) = torch.autograd.grad(slope, x)
    eps, tiny = torch.finfo(dtype).eps, torch.finfo(dtype).tiny
    with mpmath.workdps(50):
        z = mpmath.mpf(q) * mpmath.mpf(x.item())
        want = [-mpmath.expm1(-z) / q, mpmath.exp(-z), -q * mpmath.exp(-z)]
    got = [value.item(), slope.item(), curvature.item()]
    for g, w, amplified in zip(got, want, [0, z, z], strict=True):
        # exp(−z) turns one rounding of z into a relative error of z · eps
        assert g == pytest.approx(
            float(w), rel=float(8 + 2 * amplified) * eps, abs=8 * tiny
        )


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("autocast", [False, True])
@pytest.mark.parametrize("shape", [(64, 5), (64, 500)], ids=["small", "large"])
def test_gradients_are_finite_for_all_finite_logits(dtype, autocast, shape):
    generator = torch.Generator().manual_seed(0)
    x = 1e4 * (2 * torch.rand(shape, generator=generator) - 1)
    x = x.to(dtype).requires_grad_()
    y = torch.randint(shape[1], shape[:1], generator=generator)
    options = {}
    for smoothing in (0.0, 0.1):
        options["label_smoothing"] = smoothing
        for q in (0.0, 1e-8, 0.5, 1.0):
            for k in (0.0, 1e-30, 0.5):
                with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
                    value = truncated_gce_loss(x, y, q, k, **options)
                (grad,) = torch.autograd.grad(value, x)
                assert value.dtype == torch.promote_types(dtype, torch.float32)
                assert value.isfinite()
                assert grad.isfinite().all()


def test_half_precision_is_computed_in_float32():
    x = torch.randn(300, 40, generator=torch.Generator().manual_seed(0))
    y = torch.arange(300) % 40
    for dtype in (torch.bfloat16, torch.float16):
        low = x.to(dtype)
        assert torch.equal(gce_loss(low, y), gce_loss(low.float(), y))


LOSSES = {
    "gce": gce_loss,
    "truncated": lambda *a, **o: truncated_gce_loss(*a, k=0.3, **o),
    "mae": mae_loss,
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
@pytest.mark.parametrize("classes", [4, 4000], ids=["small", "large"])
def test_laws_that_every_loss_obeys(loss, classes):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(6, classes, generator=generator, dtype=torch.float64)
    y = torch.randint(classes, (6,), generator=generator)
    each = loss(x, y, reduction="none")
    close = torch.testing.assert_close
    close(loss(x + 1234.5, y, reduction="none"), each, rtol=1e-11, atol=1e-11)
    close(loss(x, F.one_hot(y, classes).double(), reduction="none"), each)
    close(loss(x, y, sample_weight=torch.ones(6).double(), reduction="none"), each)
    close(torch.stack([loss(a, b) for a, b in zip(x, y, strict=True)]), each)
    order = torch.randperm(classes, generator=generator)
    close(loss(x[:, order.argsort()], order[y], reduction="none"), each)
    assert (each >= 0).all()


@pytest.mark.parametrize("shape", [(50, 4), (50, 600)], ids=["small", "large"])
def test_q_1_is_the_probability_of_error_and_half_the_mean_absolute_error(shape):
    x = torch.randn(shape, dtype=torch.float64)
    y = torch.randint(shape[1], shape[:1])
    p = x.softmax(1)
    miss = 1 - p.gather(1, y[:, None]).squeeze(1)
    torch.testing.assert_close(gce_loss(x, y, 1.0, reduction="none"), miss)
    distance = (F.one_hot(y, shape[1]) - p).abs().sum(1)
    torch.testing.assert_close(mae_loss(x, y, reduction="none"), distance)


def test_the_truncated_loss_is_constant_up_to_and_including_k():
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]], requires_grad=True)
    y = torch.zeros(3, dtype=torch.int64)  # p = 1/2, 0.27, 0.73
    constant = (1 - 0.5**0.7) / 0.7
    for sample_weight in (None, torch.ones(3)):  # the short path and the general one
        loss = truncated_gce_loss(
            x, y, 0.7, 0.5, sample_weight=sample_weight, reduction="none"
        )
        (grad,) = torch.autograd.grad(loss.sum(), x)
        assert loss[:2].tolist() == pytest.approx([constant, constant])
        assert loss[2] < constant
        assert grad[:2].eq(0).all()
        assert grad[2].ne(0).all()


@pytest.mark.parametrize("classes", [4, 600], ids=["small", "large"])
def test_no_truncation_at_k_0(classes):
    x, y = torch.randn(50, classes) * 50, torch.arange(50) % classes
    assert torch.equal(truncated_gce_loss(x, y, 0.7, 0.0), gce_loss(x, y, 0.7))
    nll = F.cross_entropy(x, y, reduction="none")
    assert torch.equal(truncated_gce_from_nll(nll, 0.7, 0.0), gce_from_nll(nll, 0.7))


def test_pruning_by_sample_weight_has_the_gradient_of_the_truncated_loss():
    x = (3 * torch.randn(200, 5, dtype=torch.float64)).requires_grad_()
    y = torch.randint(5, (200,))
    keep = x.detach().softmax(1).gather(1, y[:, None]).squeeze(1) > 0.4
    assert keep.any()
    assert not keep.all()
    (pruned,) = torch.autograd.grad(gce_loss(x, y, sample_weight=keep.double()), x)
    (truncated,) = torch.autograd.grad(truncated_gce_loss(x, y, k=0.4), x)
    torch.testing.assert_close(pruned, truncated)


def test_a_class_that_is_masked_out_has_finite_loss():
    x = torch.tensor([[0.0, 1.0, -math.inf]], requires_grad=True)
    for label in range(3):
        loss = gce_loss(x, torch.tensor([label]), 0.5)
        (grad,) = torch.autograd.grad(loss, x)
        assert loss.isfinite()
        assert grad.isfinite().all()
    assert loss.item() == 2  # 1/q, the largest value of the loss


def test_nan_logits_stay_visible():
    x = torch.tensor([[math.nan, 0.0], [0.0, 0.0]])
    for loss in LOSSES.values():
        assert loss(x, torch.tensor([0, 1])).isnan()


def exp_minus_1(x):
    """What some compilers make of expm1: right to one rounding of 1."""
    return torch.exp(x) - 1


def test_no_digit_depends_on_expm1(monkeypatch):
    nll = torch.tensor([1e-6, 1e-3, 0.5, 3.0, 30.0])
    for owner in (torch, torch.special, torch.Tensor):
        monkeypatch.setattr(owner, "expm1", exp_minus_1)
    for q in (1e-8, 1e-5, 1e-3, 0.7, 1.0):
        want = [-math.expm1(-q * x) / q for x in nll.tolist()]
        assert gce_from_nll(nll, q).tolist() == pytest.approx(want, rel=5e-7)


# what implementations get wrong ------------------------------------------------------


def textbook(logits, target, q):
    p = F.softmax(logits, 1).gather(1, target[:, None]).squeeze(1)
    return ((1 - p**q) / q).mean()


def clamped(logits, target, q):
    p = F.softmax(logits, 1).gather(1, target[:, None]).squeeze(1).clamp(min=1e-7)
    return ((1 - p**q) / q).mean()


def reweighted(logits, target, q):
    nll = F.cross_entropy(logits, target, reduction="none")
    return (nll * torch.exp(-q * nll.detach()) * q).mean()


def gap(size, dtype=torch.float32):
    return torch.tensor([[0.0, size]], dtype=dtype, requires_grad=True)


@pytest.mark.parametrize(
    ("dtype", "size"),
    [(torch.float32, 104), (torch.bfloat16, 93), (torch.float16, 18)],
    ids=str,
)
def test_softmax_gather_pow_gives_nan_where_ours_is_right(dtype, size):
    y = torch.tensor([0])
    x = gap(float(size), dtype)
    (naive,) = torch.autograd.grad(textbook(x, y, 0.7), x)
    (ours,) = torch.autograd.grad(gce_loss(x, y, 0.7), x)
    assert naive.isnan().any()
    want = torch.tensor(exact([0.0, size], 0, 0.7)[1], dtype=dtype)
    torch.testing.assert_close(ours[0], want)


def test_clamping_the_probability_kills_the_gradient_where_ours_is_right():
    y, x = torch.tensor([0]), gap(17.0)
    (naive,) = torch.autograd.grad(clamped(x, y, 0.1), x)
    (ours,) = torch.autograd.grad(gce_loss(x, y, 0.1), x)
    assert naive.eq(0).all()
    assert ours[0, 0].item() == pytest.approx(-0.183, abs=5e-4)


def test_one_minus_pow_loses_its_digits_at_small_q_where_ours_does_not():
    y = torch.tensor([0])
    x = torch.tensor([[math.log(9.0), 0.0]])  # p = 0.9
    for q, lost in ((1e-3, 1e-5), (1e-8, 0.99)):
        want = exact(x[0].tolist(), 0, q)[0]
        assert abs(textbook(x, y, q).item() / want - 1) > lost
        assert gce_loss(x, y, q).item() == pytest.approx(want, rel=1e-6)


def test_reweighted_cross_entropy_is_too_small_by_the_factor_q():
    y, x = torch.tensor([0]), gap(2.0)
    (naive,) = torch.autograd.grad(reweighted(x, y, 0.7), x)
    (ours,) = torch.autograd.grad(gce_loss(x, y, 0.7), x)
    torch.testing.assert_close(naive, 0.7 * ours)


# Modules -----------------------------------------------------------------------------


def test_modules_are_their_functions():
    x, y = torch.randn(6, 3), torch.tensor([0, 1, 2, 0, 1, 2])
    options = {
        "weight": torch.tensor([1.0, 2.0, 3.0]),
        "ignore_index": 1,
        "label_smoothing": 0.1,
        "reduction": "sum",
    }
    s = torch.rand(6)
    pairs = [
        (GCELoss(0.4, **options), gce_loss(x, y, 0.4, sample_weight=s, **options)),
        (
            TruncatedGCELoss(0.4, 0.2, **options),
            truncated_gce_loss(x, y, 0.4, 0.2, sample_weight=s, **options),
        ),
        (MAELoss(**options), mae_loss(x, y, sample_weight=s, **options)),
    ]
    for module, value in pairs:
        assert torch.equal(module(x, y, s), value)
        assert list(dict(module.named_buffers())) == ["weight"]
        assert module.double().weight.dtype == torch.float64


def test_modules_say_what_they_are():
    assert repr(GCELoss()) == "GCELoss(q=0.7, reduction='mean')"
    assert (
        repr(TruncatedGCELoss(0.5, 0.2)) == "TruncatedGCELoss(q=0.5, k=0.2, "
        "reduction='mean')"
    )
    assert repr(MAELoss(reduction="sum")) == "MAELoss(reduction='sum')"
    weight = torch.tensor([1.0, 2.5])
    assert repr(
        GCELoss(0.5, weight=weight, ignore_index=255, label_smoothing=0.25)
    ) == (
        "GCELoss(q=0.5, weight=[1.0, 2.5], ignore_index=255, label_smoothing=0.25, "
        "reduction='mean')"
    )


def test_a_masked_class_that_T_keeps_apart_is_no_matter_to_the_backward_correction():
    T = torch.tensor([[0.8, 0.2, 0], [0.3, 0.7, 0], [0, 0, 1]], dtype=torch.float64)
    logits = torch.randn(2, 3, dtype=torch.float64)
    masked = logits.clone()
    masked[0, 2] = -torch.inf  # of one example, not of the other
    target = torch.tensor([0, 1])
    answer = backward_corrected_loss(masked, target, T, reduction="none")
    alone = backward_corrected_loss(logits[:1, :2], target[:1], T[:2, :2])
    other = backward_corrected_loss(logits[1:], target[1:], T)
    torch.testing.assert_close(answer, torch.stack([alone, other]))


def test_a_masked_class_that_T_mixes_in_counts_infinitely_with_its_sign():
    T = torch.tensor([[0.8, 0.2], [0.3, 0.7]])  # its inverse is negative beside y
    logits = torch.tensor([[0.5, -torch.inf]])
    assert backward_corrected_loss(logits, torch.tensor([0]), T) == -torch.inf
    assert backward_corrected_loss(logits, torch.tensor([1]), T) == torch.inf
