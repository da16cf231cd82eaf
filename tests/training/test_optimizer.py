"""`fit(optimizer=…)`: what it makes of the rates, of a checkpoint, and of nonsense."""

import pytest
import tiny
import torch
import torch.nn.functional as F
from torch import nn, optim

from gce_lib import models
from gce_lib.training import CheckpointError, Diverged, fit

DATA = tiny.dataset()


def adamw(parameters):
    return optim.AdamW(parameters, lr=0.01)


def train(optimizer=adamw, **options):
    model = models.mlp(DATA.shape, 3, hidden=(16,))
    options = {
        "epochs": 3,
        "batch_size": 32,
        "device": "cpu",
        "progress": False,
        **options,
    }
    loss = options.pop("loss", F.cross_entropy)
    return model, fit(model, DATA, loss, optimizer=optimizer, **options)


def test_a_step_is_that_of_the_optimiser_itself():
    options = {"epochs": 1, "batch_size": 240, "validation": 0}
    model, history = train(schedule="constant", **options)
    reference = models.mlp(DATA.shape, 3, hidden=(16,))
    x = (DATA.train_images.permute(0, 3, 1, 2) / 255 - DATA.mean[0]) / DATA.std[0]
    F.cross_entropy(reference(x), DATA.train_labels).backward()
    adamw(reference.parameters()).step()
    moved = 0.0
    start = models.mlp(DATA.shape, 3, hidden=(16,)).parameters()
    pairs = zip(model.parameters(), reference.parameters(), start, strict=True)
    for got, expected, before in pairs:
        steady = (got - expected).abs() < 1e-4  # Adam divides by tiny slopes, too
        assert steady.double().mean() > 0.99
        moved = max(moved, (got - before).abs().max().item())
    assert moved == pytest.approx(0.01, rel=0.01)
    assert history["learning_rate"] == [0.01]


def test_the_sgd_of_fit_and_the_same_one_made_by_hand_agree_to_the_bit():
    def sgd(parameters):
        return optim.SGD(
            parameters,
            lr=0.3,
            momentum=0.8,
            nesterov=True,
            weight_decay=1e-3,
            fused=True,
        )

    plain, first = train(None, lr=0.3, momentum=0.8, weight_decay=1e-3)
    by_hand, second = train(sgd)
    assert tiny.same_weights(plain, by_hand)
    assert first["learning_rate"] == second["learning_rate"]


def test_the_schedule_scales_the_rate_of_each_group():
    made = []

    def groups(parameters):
        first, *others = parameters
        rest = {"params": others, "lr": 0.001}
        made.append(optim.SGD([{"params": [first]}, rest], lr=0.2))
        return made[-1]

    _, history = train(groups, schedule=(1, 2))
    assert history["learning_rate"] == pytest.approx([0.2, 0.02, 0.002])
    rates = [group["lr"] for group in made[0].param_groups]
    assert rates == pytest.approx([0.002, 0.00001])


def test_a_part_of_the_network_may_be_trained():
    model, _ = train(lambda parameters: optim.Adam(parameters[-1:], lr=0.1))
    before = models.mlp(DATA.shape, 3, hidden=(16,)).state_dict()
    changed = [
        k for k, v in model.state_dict().items() if not torch.equal(v, before[k])
    ]
    assert changed == list(before)[-1:]


OPTIMIZERS = {
    "SGD": lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
    "Adam": lambda p: optim.Adam(p, lr=0.01, amsgrad=True),
    "AdamW": adamw,
    "the class AdamW": optim.AdamW,
    "NAdam": lambda p: optim.NAdam(p, lr=0.01),
    "RAdam": lambda p: optim.RAdam(p, lr=0.01),
    "Adamax": lambda p: optim.Adamax(p, lr=0.01),
    "Adagrad": lambda p: optim.Adagrad(p, lr=0.01),
    "Adadelta": lambda p: optim.Adadelta(p, lr=0.1),
    "Adafactor": lambda p: optim.Adafactor(p, lr=0.01),
    "RMSprop": lambda p: optim.RMSprop(p, lr=0.001, momentum=0.9, centered=True),
    "Rprop": lambda p: optim.Rprop(p, lr=0.001),
    "ASGD": lambda p: optim.ASGD(p, lr=0.1),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimiser_continues_to_the_bit(name, tmp_path):
    def stop(_model, history):
        if len(history) == 2:
            raise KeyboardInterrupt

    path, make = tmp_path / "run.pt", OPTIMIZERS[name]
    options = {"epochs": 4, "labels": tiny.noisy(DATA)}
    whole, history = train(make, **options)
    with pytest.raises(KeyboardInterrupt):
        train(make, checkpoint=path, callback=stop, **options)
    resumed, again = train(make, checkpoint=path, **options)
    assert tiny.same_weights(resumed, whole)
    for column in ("loss", "learning_rate", "validation_accuracy", "memorised"):
        assert again[column] == history[column]
    start = models.mlp(DATA.shape, 3, hidden=(16,))
    assert not tiny.same_weights(whole, start)


def by_size(parameters):
    bias = [p for p in parameters if p.ndim < 2]
    weight = [p for p in parameters if p.ndim > 1]
    return optim.AdamW(
        [{"params": weight}, {"params": bias, "weight_decay": 0}], lr=0.01
    )


@pytest.mark.parametrize(
    "other",
    [
        lambda p: optim.AdamW(p, lr=0.011),
        lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.02),
        lambda p: optim.AdamW(p, lr=0.01, betas=(0.9, 0.99)),
        lambda p: optim.AdamW(p[:-1], lr=0.01),
        lambda p: (
            optim.Adam(p, lr=0.01, weight_decay=0.01, decoupled_weight_decay=True)
            if "decoupled_weight_decay"
            in optim.Adam([nn.Parameter(torch.ones(1))]).defaults
            else optim.Adam(p, lr=0.01, weight_decay=0.01)
        ),
        by_size,
    ],
)
def test_optimisers_are_told_apart(other, tmp_path):
    path = tmp_path / "run.pt"
    train(checkpoint=path)
    train(
        lambda p: optim.AdamW([{"params": p}], lr=1e-2, foreach=False), checkpoint=path
    )
    with pytest.raises(
        CheckpointError, match=r"expected optimizer = AdamW \(lr 0.01, "
    ):
        train(other, checkpoint=path)


def test_with_and_without_an_optimizer_are_two_trainings(tmp_path):
    for first, second, named in (
        (adamw, None, r"expected lr = None, .* = None, got lr = 0.1, "),
        (None, adamw, r"expected lr = 0.1, .* optimizer = \?, got lr = None, "),
    ):
        path = tmp_path / f"{first}.pt"
        train(first, checkpoint=path)
        with pytest.raises(CheckpointError, match=named):
            train(second, checkpoint=path)


def test_divergence_names_the_rate_of_the_optimizer():
    with pytest.raises(Diverged, match=r"try an lr below 1e\+35"):
        train(lambda p: optim.SGD(p, lr=1e35), schedule="constant")


def elsewhere(parameters):
    return optim.AdamW([nn.Parameter(torch.ones(3))])


def none_at_all(parameters):
    optimizer = optim.AdamW(parameters)
    optimizer.param_groups[0]["lr"] = None
    return optimizer


def frozen(parameters):
    for parameter in parameters:
        parameter.requires_grad_(False)
    return optim.AdamW(parameters)


WRONG = [
    ({"optimizer": "adamw"}, "optimizer must be a function .*, got 'adamw' .str."),
    ({"optimizer": elsewhere(())}, r"optimizer must be a function of the parameters, "),
    ({"optimizer": lambda p: None}, "optimizer must be a function that returns .*None"),
    (
        {"optimizer": list},
        "optimizer must be a function that returns a torch.optim.Opt",
    ),
    ({"optimizer": elsewhere}, "must move the parameters that it is given, got one of"),
    ({"optimizer": frozen}, "must move a parameter that requires a gradient, got none"),
    ({"optimizer": optim.LBFGS}, "must take a step from a gradient alone, got a LBFGS"),
    ({"optimizer": none_at_all}, "lr of the optimizer must be a number .*, got None"),
    ({"lr": 0.1}, "lr must be left out with an optimizer, which has its own, got 0.1"),
    ({"momentum": 0.9}, "momentum must be left out with an optimizer, .*, got 0.9"),
    ({"weight_decay": 0}, "weight_decay must be left out with an optimizer, .*, got 0"),
]


@pytest.mark.parametrize(("options", "message"), WRONG)
def test_wrong_optimizers_are_told(options, message):
    with pytest.raises((ValueError, TypeError), match=message) as error:
        train(**options)
    assert "\n" not in str(error.value)
