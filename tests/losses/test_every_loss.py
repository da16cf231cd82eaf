"""What holds for every loss of logits and labels, L_q and rivals alike."""

import itertools
from functools import partial

import mpmath
import pytest
import torch
import torch.nn.functional as F
from no_float64 import NoFloat64
from torch.func import grad, jvp, vmap
from zoo import FORMULAS, LOSSES

close = torch.testing.assert_close
every_loss = pytest.mark.parametrize("name", LOSSES)


def problem(shape=(6, 4), dtype=torch.float64, seed=0):
    generator = torch.Generator().manual_seed(seed)
    logits = 2 * torch.randn(shape, generator=generator, dtype=torch.float64)
    target = torch.randint(
        shape[1], (shape[0], *shape[2:]), generator=generator
    )  # (N, …)
    weight = 0.5 + torch.rand(shape[1], generator=generator, dtype=torch.float64)
    return logits.to(dtype), target, weight.to(dtype)


def every_label(loss, logits):
    """(N, C): the loss of every label."""
    labels = range(logits.shape[1])
    each = [
        loss(logits, torch.full(logits.shape[:1], j), reduction="none") for j in labels
    ]
    return torch.stack(each, 1)


ROWS = [
    [0.3, -1.2, 0.5],
    [4.0, 1.0, -2.0, 0.25],
    [-30.0, 1.0, 2.0],
    [60.0, -45.0, 59.0],
    [0.5, 0.25, 0.0, -0.5, 12.0],
]


@every_loss
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_values_and_gradients_are_those_of_50_digit_arithmetic(name, row):
    z = torch.tensor(row, dtype=torch.float64, requires_grad=True)
    formula = FORMULAS[name]
    for y in range(len(row)):
        value = LOSSES[name](z, torch.tensor(y))
        (slopes,) = torch.autograd.grad(value, z)
        with mpmath.workdps(50):
            exact = [mpmath.mpf(x) for x in row]
            want = formula(exact, y)

            def along(x, j, exact=exact, y=y):
                return formula([*exact[:j], x, *exact[j + 1 :]], y)

            want_slopes = [
                mpmath.diff(partial(along, j=j), exact[j], h=mpmath.mpf(10) ** -15)
                for j in range(len(row))
            ]
        size = 1 + max(abs(x) for x in row)  # of the nll, of which digits are rounded
        assert value.item() == pytest.approx(float(want), rel=1e-13 * size, abs=1e-14)
        for slope, w in zip(slopes.tolist(), want_slopes, strict=True):
            assert slope == pytest.approx(float(w), rel=1e-11, abs=2e-13)


@every_loss
@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.1}], ids=str)
def test_first_and_second_derivatives(name, options):
    logits, target, weight = problem((4, 3))
    loss = partial(LOSSES[name], target=target, weight=weight, **options)
    logits.requires_grad_()
    assert torch.autograd.gradcheck(loss, logits)
    assert torch.autograd.gradgradcheck(loss, logits)


@every_loss
@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.bfloat16, torch.float16], ids=str
)
def test_finite_for_all_finite_logits(name, dtype):
    rows = torch.tensor(list(itertools.product([-1e4, 0.0, 1e4], repeat=3)))
    logits = rows.to(dtype).requires_grad_()
    for label in range(3):
        value = LOSSES[name](logits, torch.full((27,), label))
        (slope,) = torch.autograd.grad(value, logits)
        assert value.dtype == torch.float32
        assert value.isfinite()
        assert slope.isfinite().all()


UNBOUNDED = {"sce", "epsilon", "forward", "backward"}  # contain −log p


@every_loss
def test_masked_classes_have_finite_values_and_gradients(name):
    logits = torch.tensor([[0.5, 1.0, -torch.inf, 0.0]]).repeat(4, 1).requires_grad_()
    labels = torch.arange(4)
    if name in UNBOUNDED:
        labels = labels[:2]  # class 2 is masked, and T turns it into 0 and 1
    if name == "backward":  # T⁻¹ gives the masked class an infinite share of 0 and 1
        labels = torch.tensor([3])
    values = LOSSES[name](logits[: len(labels)], labels, reduction="none")
    (slope,) = torch.autograd.grad(values.sum(), logits)
    assert values.isfinite().all()
    assert slope.isfinite().all()


MASKED = torch.tensor([[0.5, 1.0, -torch.inf, 0.0]], dtype=torch.float64)
MIXED = {"forward", "backward"}  # T mixes the masked class into the others


@pytest.mark.parametrize("name", [name for name in LOSSES if name not in MIXED])
@pytest.mark.parametrize(
    "options",
    [
        {"target": torch.tensor([[0.5, 0.5, 0.0, 0.0]]).double()},
        {"target": torch.tensor([2]), "sample_weight": torch.zeros(1)},
        {
            "target": torch.tensor([0]),
            "weight": torch.tensor([1.0, 2.0, 0.0, 1.0]),
            "label_smoothing": 0.1,
        },
    ],
    ids=["soft label", "pruned", "class weight"],
)
def test_what_counts_nothing_may_cost_infinitely_much(name, options):
    logits = MASKED.clone().requires_grad_()
    value = LOSSES[name](logits, **options)
    (slope,) = torch.autograd.grad(value, logits)
    assert value.isfinite()
    assert slope.isfinite().all()


@every_loss
def test_nan_logits_stay_visible(name):
    logits = torch.tensor([[torch.nan, 0.0, 1.0], [0.0, 0.0, 1.0]])
    assert LOSSES[name](logits, torch.tensor([1, 0])).isnan()


@every_loss
def test_options_mean_the_sums_that_the_documentation_says(name):
    loss = LOSSES[name]
    logits, target, weight = problem((9, 4))
    target[:3] = target[0]
    s = torch.linspace(0, 2, 9).double()
    every = every_label(loss, logits)
    own = every.gather(1, target[:, None]).squeeze(1)
    close(loss(logits, target), own.mean())
    close(loss(logits, target, reduction="sum"), own.sum())
    w = weight[target]
    close(loss(logits, target, weight=weight), (w * own).sum() / w.sum())
    close(
        loss(logits, target, weight=weight, sample_weight=s),
        (s * w * own).sum() / w.sum(),
    )
    close(loss(logits, target, sample_weight=s), (s * own).mean())
    kept = target != target[0]
    ignoring = {"ignore_index": int(target[0])}
    close(loss(logits, target, **ignoring), own[kept].mean())
    close(
        loss(logits, target, weight=weight, **ignoring),
        (w * own)[kept].sum() / w[kept].sum(),
    )
    smooth = 0.9 * own + 0.1 * every.mean(1)
    close(loss(logits, target, label_smoothing=0.1), smooth.mean())
    t = torch.softmax(logits.flip(0), 1)
    close(loss(logits, t), (t * every).sum(1).mean())
    close(loss(logits, t, weight=weight), (t * weight * every).sum(1).mean())
    close(loss(logits, F.one_hot(target, 4).double()), own.mean())
    byte = target.to(torch.uint8)
    close(loss(logits, byte, weight=weight, reduction="none"), w * own)


@every_loss
def test_shapes(name):
    loss = LOSSES[name]
    logits, target, _ = problem((8, 3))
    each = loss(logits, target, reduction="none")
    image = logits.view(2, 2, 2, 3).permute(0, 3, 1, 2)
    close(loss(image, target.view(2, 2, 2), reduction="none"), each.view(2, 2, 2))
    close(
        loss(image, target.view(2, 2, 2), reduction="none", label_smoothing=0.1),
        loss(logits, target, reduction="none", label_smoothing=0.1).view(2, 2, 2),
    )
    close(loss(logits[0], target[0]), each[0])


@every_loss
@pytest.mark.parametrize("weighted", [False, True])
def test_nothing_to_count_is_what_it_is_for_cross_entropy(name, weighted):
    for size in (0, 6):
        logits, _, weight = problem((size, 4))
        logits.requires_grad_()
        target = torch.full((size,), -100)
        options = {"weight": weight} if weighted else {}
        value = LOSSES[name](logits, target, **options)
        (slope,) = torch.autograd.grad(value, logits)
        assert value.isnan()
        assert F.cross_entropy(logits, target, **options).isnan()
        assert slope.eq(0).all()
        none = LOSSES[name](logits, target, reduction="none", **options)
        assert none.shape == (size,)
        assert none.eq(0).all()
        assert LOSSES[name](logits, target, reduction="sum", **options) == 0


PER_EXAMPLE = [
    {},
    {"sample_weight": True},
    {"weight": True},
    {"weight": True, "label_smoothing": 0.1},
    {"sample_weight": True, "weight": True, "label_smoothing": 0.1, "ignore_index": 1},
]


@every_loss
@pytest.mark.parametrize("soft", [False, True], ids=["hard", "soft"])
def test_gradients_of_single_examples(name, soft):
    logits, target, weight = problem((5, 4))
    soft_target = F.one_hot(target, 4).double() if soft else target
    s = torch.linspace(0.5, 2, 5).double()
    for given in PER_EXAMPLE:
        options = dict(given)
        sampled = options.pop("sample_weight", False)
        if options.pop("weight", False):
            options["weight"] = weight

        def loss(x, y, w, sampled=sampled, options=options):
            more = {"sample_weight": w} if sampled else {}
            return LOSSES[name](x, y, reduction="sum", **more, **options)

        single = vmap(grad(loss))(logits, soft_target, s)
        close(single, grad(loss)(logits, soft_target, s))


@every_loss
def test_forward_mode(name):
    logits, target, _ = problem((5, 4))
    loss = partial(LOSSES[name], target=target)
    direction = torch.ones(5, 4).double() * torch.arange(4)
    _, slope = jvp(loss, (logits,), (direction,))
    close(slope, (grad(loss)(logits) * direction).sum())


@every_loss
def test_compiled_with_changing_shapes(name):
    torch.compiler.reset()
    compiled = torch.compile(
        LOSSES[name], dynamic=True, fullgraph=True, backend="eager"
    )
    for size in (5, 9):
        logits, target, weight = problem((size, 4))
        logits.requires_grad_()
        ours = compiled(logits, target, weight=weight)
        want = LOSSES[name](logits, target, weight=weight)
        close(ours, want)
        close(torch.autograd.grad(ours, logits), torch.autograd.grad(want, logits))


@every_loss
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_a_device_without_float64_will_do(name, dtype):
    logits, target, weight = problem((6, 4), dtype)
    soft = F.one_hot(target, 4).to(dtype)
    s = torch.linspace(0, 2, 6, dtype=dtype)
    logits.requires_grad_()
    for y, smoothing in itertools.product((target, soft), (0.0, 0.1)):
        options = {"label_smoothing": smoothing, "weight": weight, "sample_weight": s}
        want = LOSSES[name](logits, y, **options)
        with NoFloat64():
            value = LOSSES[name](logits, y, **options)
            (slope,) = torch.autograd.grad(value, logits)
        assert torch.equal(value, want)
        assert slope.isfinite().all()


DTYPES = [torch.float64, torch.float32, torch.bfloat16, torch.float16]


@every_loss
def test_weights_and_soft_labels_of_any_dtype(name):
    for dtype, other in itertools.product(DTYPES, DTYPES):
        logits, target, weight = problem((6, 4), dtype)
        work = torch.promote_types(dtype, torch.float32)
        weight, s = weight.to(other), torch.linspace(0, 2, 6).to(other)
        t = F.one_hot(target, 4).to(other)
        for y, options in itertools.product(
            (target, t), ({}, {"label_smoothing": 0.25, "reduction": "sum"})
        ):
            loss = partial(LOSSES[name], logits.to(work), **options)
            given = LOSSES[name](logits, y, weight=weight, sample_weight=s, **options)
            exact = y if y is target else t.to(work)
            want = loss(exact, weight=weight.to(work), sample_weight=s.to(work))
            assert given.dtype == work
            close(given, want, rtol=1e-6, atol=1e-6)
