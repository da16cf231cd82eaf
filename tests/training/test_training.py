import functools
import warnings

import kinds
import numpy as np
import pytest
import tiny
import torch
import torch.nn.functional as F
from torch import nn

from gce_lib import devices, models
from gce_lib.data import Batches
from gce_lib.losses import GCELoss, MAELoss, gce_loss
from gce_lib.training import Diverged, evaluation, predict

DATA = tiny.dataset()


def network(seed=0, channels=1):
    return models.mlp((channels, 8, 8), 3, hidden=(16,), seed=seed)


def train(model=None, loss=F.cross_entropy, data=DATA, **options):
    return kinds.train(data, network() if model is None else model, loss, **options)


def test_clean_labels_are_learned():
    model, history = train(epochs=5)
    assert history.last["test_accuracy"] > 0.9
    assert history["loss"] == sorted(history["loss"], reverse=True)
    logits = predict(model, DATA, device="cpu")
    accuracy = (logits.argmax(dim=1) == DATA.test_labels).double().mean().item()
    assert accuracy == history.last["test_accuracy"]


def test_history_has_a_row_an_epoch_with_all_columns():
    _, history = train(labels=tiny.noisy(DATA))
    assert list(history.frame().reset_index().columns) == [
        "epoch",
        "loss",
        "validation_accuracy",
        "test_accuracy",
        "memorised",
        "effective_sample_size",
        "learning_rate",
        "seconds",
        "cpu_seconds",
    ]
    assert history["epoch"] == [1, 2, 3]
    for clock in ("seconds", "cpu_seconds"):
        assert all(seconds > 0 for seconds in history[clock])


@pytest.mark.parametrize("name", ["mlp", "small_cnn"])
def test_equal_seeds_give_equal_weights_whatever_the_global_state(name):
    options = {"augment": ("crop", "flip"), "epochs": 2, "labels": tiny.noisy(DATA)}
    torch.manual_seed(1)
    first, history = train(models.build(name, DATA), **options)
    torch.manual_seed(2)
    torch.rand(3)
    second, again = train(models.build(name, DATA), **options)
    other, _ = train(models.build(name, DATA), seed=1, **options)
    assert tiny.same_weights(first, second)
    assert not tiny.same_weights(first, other)
    assert (
        history.frame()
        .drop(columns=["seconds", "cpu_seconds"])
        .equals(again.frame().drop(columns=["seconds", "cpu_seconds"]))
    )


def test_dropout_has_a_stream_of_its_own():
    def dropping():
        return nn.Sequential(nn.Flatten(), nn.Dropout(0.5), network()[1:])

    torch.manual_seed(1)
    before = torch.get_rng_state()
    first, _ = train(dropping())
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(2)
    assert tiny.same_weights(first, train(dropping())[0])


def test_a_step_is_that_of_plain_sgd():
    model, _ = train(
        epochs=1, batch_size=240, validation=0, lr=0.3, schedule="constant"
    )
    reference = network()
    x = (DATA.train_images.permute(0, 3, 1, 2) / 255 - DATA.mean[0]) / DATA.std[0]
    kinds.step_of_sgd(reference, x, DATA.train_labels)
    for got, expected in zip(model.parameters(), reference.parameters(), strict=True):
        torch.testing.assert_close(got, expected, rtol=1e-5, atol=1e-6)


def test_validation_is_held_out_and_never_trained_on():
    seen = []

    def spy(logits, target):
        seen.append(len(target))
        return F.cross_entropy(logits, target)

    train(loss=spy, epochs=1, validation=0.25)
    assert sum(seen) == 180


def test_without_validation_all_are_trained_on_and_the_last_is_best():
    model, history = train(validation=0)
    assert np.isnan(history["validation_accuracy"]).all()
    assert history.best is history.last
    for name, value in model.state_dict().items():
        assert torch.equal(value, history.best_state[name])


def test_best_state_is_the_one_of_the_best_validation():
    states = []

    def remember(model, _history):
        states.append({k: v.clone() for k, v in model.state_dict().items()})

    model, history = train(
        labels=tiny.noisy(DATA),
        epochs=6,
        schedule="constant",
        lr=0.5,
        callback=remember,
    )
    best = states[history.best["epoch"] - 1]
    assert history.best["epoch"] < 6
    for name, value in history.best_state.items():
        assert torch.equal(value, best[name])
        assert torch.equal(states[-1][name], model.state_dict()[name])


def test_memorised_counts_flipped_training_examples_predicted_as_their_label():
    noisy = tiny.noisy(DATA)
    model, history = train(labels=noisy, validation=0, epochs=30, lr=0.3)
    predicted = predict(model, DATA, DATA.train_images, device="cpu").argmax(dim=1)
    flipped = noisy.flipped
    expected = (predicted == noisy.noisy)[flipped].double().mean().item()
    assert history.last["memorised"] == expected
    assert expected > 0.1


def test_memorised_of_a_large_set_is_an_estimate_drawn_by_the_seed(monkeypatch):
    noisy = tiny.noisy(DATA)
    _, whole = train(labels=noisy)
    monkeypatch.setattr(evaluation, "SMALL", 100)
    _, same = train(labels=noisy)
    assert same["memorised"] == whole["memorised"], "fewer than 5,000 are flipped"
    monkeypatch.setattr(evaluation, "MOST_FLIPPED", 40)
    looked = []
    for seed in (0, 0, 1):
        _, history = train(labels=noisy, seed=seed)
        looked.append([share * 40 for share in history["memorised"]])
    for counts in looked:
        assert counts == pytest.approx([round(count) for count in counts])
    assert looked[0] == looked[1] != looked[2]
    assert history["loss"] == train(labels=noisy, seed=1)[1]["loss"]


def test_flips_of_plain_labels_are_seen_by_comparison():
    noisy = tiny.noisy(DATA)
    _, given = train(labels=noisy)
    _, compared = train(labels=noisy.noisy)
    assert given["memorised"] == compared["memorised"]
    assert np.isnan(train()[1]["memorised"]).all(), "nothing is flipped"


def test_effective_sample_size_is_all_for_cross_entropy_and_less_for_gce():
    count = 216
    _, cross_entropy = train()
    assert cross_entropy["effective_sample_size"] == pytest.approx([count] * 3)
    _, robust = train(loss=GCELoss(0.7), labels=tiny.noisy(DATA))
    assert all(1 < size < 0.99 * count for size in robust["effective_sample_size"])


def test_effective_sample_size_is_that_of_p_to_the_q():
    q = 0.7
    sizes = []

    def spy(logits, target):
        p = logits.detach().softmax(1).gather(1, target[:, None])
        sizes.append((p**q).sum() ** 2 / (p**q).square().sum())
        return gce_loss(logits, target, q)

    _, history = train(loss=spy, epochs=1, batch_size=216)
    assert history["effective_sample_size"] == pytest.approx([sizes[0].item()], 1e-4)


@pytest.mark.parametrize(
    "loss", [GCELoss(0.7), MAELoss(), functools.partial(gce_loss, q=0.5)]
)
def test_any_loss_of_logits_and_target_will_do(loss):
    _, history = train(loss=loss)
    assert history.last["loss"] < history["loss"][0]


def test_learning_rate_follows_the_schedule():
    _, history = train(schedule=(1, 2), lr=0.5)
    assert history["learning_rate"] == pytest.approx([0.5, 0.05, 0.005])


def test_colour_images_and_bfloat16():
    colour = tiny.dataset(channels=3)
    model, history = train(
        models.small_cnn(colour.shape, 3, width=4), data=colour, precision="bf16"
    )
    assert np.isfinite(history["loss"]).all()
    assert {p.dtype for p in model.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    ("units", "name", "expected"),
    [
        (("AVX512_BF16",), "small_cnn", "bf16"),
        (("AVX512_BF16",), "mlp", "fp32"),
        ((), "small_cnn", "fp32"),
    ],
)
def test_auto_is_bf16_for_convolutions_on_cpus_that_have_it(
    monkeypatch, units, name, expected
):
    monkeypatch.setattr(devices, "bf16_units", lambda: units)
    cpu = torch.device("cpu")
    model = models.MODELS[name](DATA.shape, 3)
    assert devices.resolve_precision("auto", cpu, model).name == expected
    assert devices.resolve_precision("fp32", cpu, model).name == "fp32"
    without = "bf16" if units else "fp32"
    assert devices.resolve_precision("auto", cpu).name == without


def test_bf16_units_are_asked_from_pytorch(monkeypatch):
    for question in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.setattr(torch.cpu, question, lambda: True, raising=False)
    assert devices.bf16_units() == ("AVX512_BF16", "AMX")
    monkeypatch.delattr(torch.cpu, "_is_amx_tile_supported")
    assert devices.bf16_units() == ("AVX512_BF16",)


def test_the_whitening_of_compact_cnn_is_kept_while_the_rest_learns():
    model = models.compact_cnn(DATA.shape, 3, widths=(8, 8))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    trained, history = train(model, epochs=6, lr=0.05, precision="fp32")
    assert history.last["test_accuracy"] > 0.9
    after = trained.state_dict()
    assert torch.equal(after["0.weight"], before["0.weight"])
    assert not torch.equal(after["2.weight"], before["2.weight"])


def test_compile_warms_up_without_changing_anything(monkeypatch):
    compiled = []

    def record(network, mode):
        compiled.append(mode)
        return network

    monkeypatch.setattr(torch, "compile", record)

    def dropping():
        cnn = models.small_cnn(DATA.shape, 3, width=4)
        return nn.Sequential(cnn, nn.Dropout(0.1))

    plain, _ = train(dropping(), augment=("flip",))
    warm, _ = train(dropping(), augment=("flip",), compile="reduce-overhead")
    assert compiled == ["reduce-overhead"]
    assert tiny.same_weights(plain, warm)


def test_progress_bar_shows_the_live_numbers(capsys):
    train(progress=True, labels=tiny.noisy(DATA))
    shown = capsys.readouterr().err
    assert "epoch 3: loss" in shown
    assert "memorised" in shown
    train()
    assert capsys.readouterr().err == ""


def test_predict_gives_logits_in_order():
    model = network()
    few = DATA.train_images[:7]
    logits = predict(model, DATA, few, device="cpu")
    assert logits.shape == (7, 3)
    (x, _, _), *_ = Batches(
        few,
        DATA.train_labels[:7],
        7,
        shuffle=False,
        mean=DATA.mean,
        std=DATA.std,
        device="cpu",
    )
    torch.testing.assert_close(logits, model(x).detach())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epochs": 0}, "epochs must be an integer of at least 1, got 0"),
        ({"lr": 0.0}, "lr must be a number above 0, got 0"),
        ({"lr": float("nan")}, "lr must be a number above 0, got nan"),
        ({"batch_size": 0}, "batch_size must be an integer of at least 1, got 0"),
        ({"momentum": 1.0}, r"momentum must be a number in \[0, 1\), got 1"),
        ({"weight_decay": -1.0}, "weight_decay must be a number of at least 0, got -1"),
        ({"validation": 1.0}, r"validation must be a number in \[0, 1\), got 1"),
        ({"seed": -1}, "seed must be an integer of at least 0, got -1"),
        ({"schedule": "linear"}, "schedule must be one of"),
        ({"augment": ("blur",)}, "augment must be a sequence of crop, flip"),
        ({"precision": "fp8"}, "precision must be one of"),
        ({"precision": "fp16"}, "fp16 needs a CUDA GPU"),
        ({"labels": torch.zeros(3).long()}, r"labels must be int64 \(240,\)"),
        ({"labels": torch.zeros(240)}, "got torch.float32"),
        ({"labels": torch.full((240,), 3)}, r"labels must be in \[0, 2\], got 3 to 3"),
    ],
)
def test_wrong_arguments_are_told(change, message):
    with pytest.raises(ValueError, match=message):
        train(**change)


def test_loss_that_is_no_scalar_is_told():
    with pytest.raises(
        ValueError, match=r"loss must return a scalar tensor, got .*\(32,\)"
    ):
        train(loss=GCELoss(0.7, reduction="none"))


def test_divergence_stops_with_a_sentence_and_keeps_the_last_good_state():
    weights = []

    def remember(model, _history):
        weights.append({k: v.clone() for k, v in model.state_dict().items()})

    steps = []

    def explode(logits, target):
        steps.append(1)
        loss = F.cross_entropy(logits, target)
        return loss * float("nan") if len(steps) > 2 * 7 else loss

    model = network()
    with pytest.raises(
        Diverged, match=r"got loss nan in epoch 3; .* lr below 0.1"
    ) as e:
        train(model, loss=explode, callback=remember)
    assert len(e.value.history) == 2
    for name, value in model.state_dict().items():
        assert torch.equal(value, weights[-1][name])


def test_infinite_weights_are_noticed():
    with pytest.raises(Diverged, match="finite weights"):
        train(lr=1e30, epochs=2)


@pytest.mark.parametrize(("size", "advice"), [(32, "batch_size=16"), (1, "a smaller")])
def test_out_of_memory_says_what_to_try(size, advice):
    def overflow(logits, target):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

    with pytest.raises(torch.OutOfMemoryError, match=f"try {advice}"):
        train(loss=overflow, batch_size=size)


def test_training_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train(labels=tiny.noisy(DATA), epochs=1)
