"""The toy language: what it says, what its model sees, and its record."""

import copy
import itertools

import pytest
import torch
import torch.nn.functional as F

import gce_lib as gce
from gce_lib import experiments as ex
from tools import record_sums


@pytest.mark.parametrize("sign", ["+", "-"])
def test_answers_are_right_but_for_the_flipped(sign):
    lines = ex.sums(sign, wrong=0.4, examples=2000, seed=3)
    for line, flipped in zip(ex.spell(lines.train), lines.flipped, strict=True):
        problem, answer = line.split("=")
        first, second = map(int, problem.split(sign))
        result = (first + second if sign == "+" else first - second) % 100
        assert (int(answer[::-1]) != result) == flipped
    assert lines.flipped.double().mean().item() == pytest.approx(0.4, abs=0.04)


def test_no_test_line_is_trained_on_and_all_seeds_have_the_same():
    lines = ex.sums(seed=1)
    train, test = set(ex.spell(lines.train)), set(ex.spell(lines.test))
    assert len(train | test) == 10_000
    assert torch.equal(lines.test, ex.sums(seed=2, wrong=0.4).test)
    assert not torch.equal(lines.train, ex.sums(seed=2).train)
    assert torch.equal(lines.train, ex.sums(seed=1).train)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"sign": "*"}, "sign must be"),
        ({"examples": 9001}, r"examples must be .*, got 9001"),
        ({"wrong": 1.5}, "got 1.5"),
    ],
)
def test_a_wrong_choice_is_told(choices, said):
    with pytest.raises(ValueError, match=said):
        ex.sums(**choices)


def test_a_model_sees_no_later_token_and_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    model = ex.SumsTransformer(seed=4)
    assert torch.equal(torch.get_rng_state(), before)
    lines = ex.sums(examples=20).train
    changed = lines.clone()
    changed[:, 5:] = 0
    same = model(lines)[:, :5] - model(changed)[:, :5]
    assert same.abs().max() < 1e-6
    assert (model(lines)[:, 5:] - model(changed)[:, 5:]).abs().max() > 1e-3


def test_only_answers_are_trained_on_each_after_what_stands_before_it():
    model, lines = ex.SumsTransformer(), ex.sums(examples=20).train
    logits, target = ex.next_token(model, lines)
    says = model(lines)
    by_hand = [
        gce.gce_loss(says[:, place], lines[:, place + 1], q=0.7) for place in (5, 6)
    ]
    torch.testing.assert_close(gce.gce_loss(logits, target, q=0.7), sum(by_hand) / 2)
    p, right = ex.answers(model, lines)
    first = says[:, 5].softmax(1).gather(1, lines[:, 6:7])[:, 0]
    torch.testing.assert_close(p[:, 0], first)
    assert torch.equal(right, (says[:, 5:7].argmax(2) == lines[:, 6:]).all(1))


def test_training_is_repeatable_and_lowers_the_loss():
    lines = ex.sums(examples=500).train
    models = [ex.SumsTransformer(width=16) for _ in range(2)]
    before = F.cross_entropy(*ex.next_token(models[0], lines)).item()
    for model in models:
        ex.train_tokens(model, lines, F.cross_entropy, steps=30, lr=1e-2)
    after = [F.cross_entropy(*ex.next_token(model, lines)).item() for model in models]
    assert after[0] == after[1] < before - 0.2


RECORDS = ex.load_sums()
CHOICES = ("sign", "wrong", "q", "lr")


def test_the_record_is_whole():
    expected = {
        (seed, sign, *choice)
        for seed, sign in itertools.product(record_sums.SEEDS, record_sums.SIGNS)
        for choice in itertools.product(
            record_sums.WRONG, record_sums.QS, record_sums.RATES[sign]
        )
    }
    rows = list(RECORDS[["seed", *CHOICES]].itertuples(index=False, name=None))
    assert len(rows) == len(expected)
    assert set(rows) == expected


def test_a_fine_tuning_run_again_gives_the_recorded_result():
    choices = {"sign": "+", "wrong": 0.4, "q": 0.7, "lr": 0.001}
    rows = RECORDS.set_index(["seed", *CHOICES], drop=False)
    row = rows.loc[(0, *choices.values())].to_dict()
    model = record_sums.base(seed=0)
    before = copy.deepcopy(model.state_dict())
    again = record_sums.run(model, 0, *choices.values())
    assert again == pytest.approx(row, abs=0.05)
    assert all(torch.equal(v, before[k]) for k, v in model.state_dict().items())
