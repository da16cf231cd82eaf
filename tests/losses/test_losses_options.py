"""The losses beside F.cross_entropy: options, transforms, compilation, fused forms."""

import itertools
import shutil
from functools import partial

import pytest
import torch
import torch.nn.functional as F
from torch.func import hessian

from gce_lib.losses import (
    gce_from_nll,
    gce_loss,
    mae_loss,
    nll,
    truncated_gce_from_nll,
    truncated_gce_loss,
)

SHAPES = {
    "(N, C)": (6, 4),
    "(C,)": (4,),
    "(N, C, d1)": (3, 4, 5),
    "(N, C, d1, d2)": (2, 4, 3, 2),
    "many classes": (6, 4000),
}
LOSSES = {
    "gce": gce_loss,
    "truncated": lambda *a, **o: truncated_gce_loss(*a, k=0.2, **o),
    "mae": mae_loss,
}


def problem(shape, dtype=torch.float32, soft=False, seed=0):
    generator = torch.Generator().manual_seed(seed)
    logits = 2 * torch.randn(shape, generator=generator, dtype=torch.float64)
    dim = 1 if len(shape) > 1 else 0
    labels = shape[:dim] + shape[dim + 1 :]
    if soft:
        target = torch.randn(shape, generator=generator, dtype=dtype).softmax(dim)
    else:
        target = torch.randint(shape[dim], labels, generator=generator)
    weight = 0.5 + torch.rand(shape[dim], generator=generator, dtype=dtype)
    return logits.to(dtype).requires_grad_(), target, weight


def value_and_grad(loss, logits):
    value = loss(logits)
    return value, torch.autograd.grad(value.sum(), logits)[0]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("soft", [False, True], ids=["hard", "soft"])
def test_q_0_is_cross_entropy_in_every_option(shape, soft):
    for dtype, weighted, smoothing, reduction, ignore in itertools.product(
        [torch.float32, torch.float64],
        [False, True],
        [0.0, 0.1, 1.0],
        ["none", "mean", "sum"],
        [-100] if soft else [-100, 1],
    ):
        logits, target, weight = problem(shape, dtype, soft)
        options = {
            "weight": weight if weighted else None,
            "label_smoothing": smoothing,
            "reduction": reduction,
            "ignore_index": ignore,
        }
        ours = value_and_grad(partial(gce_loss, target=target, q=0, **options), logits)
        theirs = value_and_grad(
            partial(F.cross_entropy, target=target, **options), logits
        )
        torch.testing.assert_close(ours, theirs, equal_nan=True)


def test_soft_labels_are_not_the_loss_of_the_expected_probability():
    logits = torch.tensor([[2.0, 0.0, -1.0]])
    t = torch.tensor([[0.5, 0.5, 0.0]])
    p = (t * logits.softmax(1)).sum()
    alternative = (1 - p**0.7) / 0.7
    assert gce_loss(logits, t) > alternative + 0.05


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"weighted": True, "ignore_index": 1},
        {"label_smoothing": 0.1, "reduction": "sum"},
        {"soft": True, "weighted": True, "reduction": "none"},
    ],
    ids=str,
)
def test_first_and_second_derivatives(loss, options):
    options = dict(options)
    logits, target, weight = problem(
        (3, 4, 2), torch.float64, options.pop("soft", False)
    )
    if options.pop("weighted", False):
        options["weight"] = weight
    assert torch.autograd.gradcheck(lambda x: loss(x, target, **options), logits)
    assert torch.autograd.gradgradcheck(lambda x: loss(x, target, **options), logits)


@pytest.mark.parametrize("q", [1e-8, 0.3, 1.0])
def test_first_and_second_derivatives_of_the_pointwise_losses(q):
    nll = torch.tensor([0.01, 0.5, 3.0, 9.0], dtype=torch.float64, requires_grad=True)
    for f in (
        lambda x: gce_from_nll(x, q),
        lambda x: truncated_gce_from_nll(x, q, 0.4),
    ):
        assert torch.autograd.gradcheck(f, nll)
        assert torch.autograd.gradgradcheck(f, nll)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_the_second_derivative_by_transforms(loss):
    row = problem((4,), torch.float64)[0].detach()
    second = hessian(lambda x: loss(x, torch.tensor(0)))(row)  # p = 0.86, above k
    torch.testing.assert_close(second, second.T)
    assert second.ne(0).any()


def test_compiled_without_a_break_for_every_q():
    logits, target, weight = problem((16, 10))
    s = torch.linspace(0, 1, 16)

    def total(x, q):
        return (
            gce_loss(x, target, q)
            + truncated_gce_loss(
                x, target, q, 0.1, weight=weight.to(x), sample_weight=s.to(x)
            )
            + mae_loss(x, target, label_smoothing=0.1, ignore_index=3)
        )

    compiled = torch.compile(total, fullgraph=True, backend="aot_eager")
    for q in (0.7, 0.3, 1e-3, 1.0, 1e-8):
        torch.testing.assert_close(
            value_and_grad(partial(compiled, q=q), logits),
            value_and_grad(partial(total, q=q), logits),
            rtol=1e-5,
            atol=1e-6,
        )


# Inductor needs a C++ compiler to make code for a CPU.
BACKENDS = ["aot_eager", *(["inductor"] if shutil.which("g++") else [])]


@pytest.mark.parametrize("dynamic", [None, True])
@pytest.mark.parametrize("backend", BACKENDS)
def test_compiled_code_follows_a_changing_q(backend, dynamic):
    # Given to an operator as a scalar, as CELU's α, q is frozen into Inductor's
    # backward pass at its second value; as a factor of a tensor it is not.
    logits, target, _ = problem((16, 10))
    torch.compiler.reset()
    compiled = torch.compile(gce_loss, fullgraph=True, backend=backend, dynamic=dynamic)
    for q in (0.7, 1e-8, 1e-3):
        torch.testing.assert_close(
            value_and_grad(partial(compiled, target=target, q=q), logits),
            value_and_grad(partial(gce_loss, target=target, q=q), logits),
            rtol=1e-5,
            atol=1e-6,
        )


def test_noncontiguous_logits():
    image = torch.randn(2, 5, 6, 4).to(memory_format=torch.channels_last)
    labels = torch.randint(4, (2, 5, 6))
    torch.testing.assert_close(
        gce_loss(image.permute(0, 3, 1, 2), labels),
        gce_loss(image.reshape(-1, 4), labels.flatten()),
    )


# fused and chunked cross-entropies --------------------------------------------------


def chunked_cross_entropy(hidden, head, target, size=7):
    chunks = zip(hidden.split(size), target.split(size), strict=True)
    return torch.cat(
        [F.cross_entropy(h @ head.T, y, reduction="none") for h, y in chunks]
    )


def fused_cross_entropy(hidden, head, target):
    return F.linear_cross_entropy(hidden, head, target, reduction="none")


FORMS = [chunked_cross_entropy]
if hasattr(F, "linear_cross_entropy"):
    FORMS.append(fused_cross_entropy)


@pytest.mark.parametrize("nll_of", FORMS)
def test_the_pointwise_losses_work_on_fused_and_chunked_cross_entropies(nll_of):
    generator = torch.Generator().manual_seed(0)
    hidden = torch.randn(20, 8, generator=generator)
    head = torch.randn(50, 8, generator=generator, requires_grad=True)
    target = torch.randint(50, (20,), generator=generator)
    pairs = [
        (
            gce_from_nll(nll_of(hidden, head, target), 0.7).mean(),
            gce_loss(hidden @ head.T, target, 0.7),
        ),
        (
            truncated_gce_from_nll(nll_of(hidden, head, target), 0.7, 0.05).mean(),
            truncated_gce_loss(hidden @ head.T, target, 0.7, 0.05),
        ),
    ]
    for ours, direct in pairs:
        torch.testing.assert_close(ours, direct)
        torch.testing.assert_close(
            torch.autograd.grad(ours, head), torch.autograd.grad(direct, head)
        )


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_pointwise_losses_of_half_precision_are_float32(dtype):
    nll = torch.tensor([0.1, 5.0], dtype=dtype)
    torch.testing.assert_close(gce_from_nll(nll, 0.7), gce_from_nll(nll.float(), 0.7))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("shape", [(700, 400), (3, 5, 200, 100)], ids=str)
def test_large_half_precision_batches_are_those_of_float32(dtype, shape):
    logits, target, weight = problem(shape)
    logits = (3 * logits.detach()).to(dtype)
    target.view(-1)[::7] = -100
    full = logits.float().requires_grad_()
    logits.requires_grad_()
    for loss in LOSSES.values():
        total = partial(loss, target=target, weight=weight, reduction="sum")
        ours, slope = value_and_grad(total, logits)
        want, want_slope = value_and_grad(total, full)
        assert torch.equal(ours, want)
        torch.testing.assert_close(slope, want_slope.to(dtype), atol=1e-6, rtol=8e-3)
        assert slope.dtype == dtype


def test_second_derivatives_of_large_half_precision_batches():
    logits, target, _ = problem((700, 400))
    half = logits.detach().bfloat16().requires_grad_()
    full = half.detach().float().requires_grad_()

    def curvature(x):
        (slope,) = torch.autograd.grad(
            gce_loss(x, target, reduction="sum"), x, create_graph=True
        )
        return torch.autograd.grad(slope.square().sum(), x)[0]

    torch.testing.assert_close(
        curvature(half).float(), curvature(full), atol=1e-3, rtol=2e-2
    )


def test_half_precision_is_worked_off_in_as_many_rows_as_fit_the_cache():
    rows = nll.CHUNK_ON_CPU // 1000
    assert nll._rows(torch.empty(600, 1000, dtype=torch.bfloat16)) == rows
    assert nll._rows(torch.empty(1, nll.CHUNK_ON_CPU + 1, dtype=torch.bfloat16)) == 1
