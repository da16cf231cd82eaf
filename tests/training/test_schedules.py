import pytest
import torch

from gce_lib.training.schedules import check_schedule, lr_factor


def curve(schedule, epochs=10, steps=20):
    return [lr_factor(schedule, i / steps, epochs) for i in range(epochs * steps)]


def test_one_cycle_rises_for_three_tenths_and_falls_to_nearly_nothing():
    got = curve("one-cycle")
    top = max(range(len(got)), key=got.__getitem__)
    assert got[0] == pytest.approx(1 / 25)
    assert top == 60
    assert got[top] == 1
    assert got[:61] == sorted(got[:61])
    assert got[60:] == sorted(got[60:], reverse=True)
    assert lr_factor("one-cycle", 10, 10) == pytest.approx(1e-4)


def test_one_cycle_is_that_of_pytorch():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)
    total = 1001
    reference = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=1,
        total_steps=total,
        cycle_momentum=False,
        final_div_factor=400,
    )
    worst = 0.0
    for step in range(total):
        got = lr_factor("one-cycle", step / (total - 1), 1)
        worst = max(worst, abs(got - reference.get_last_lr()[0]))
        optimizer.step()
        if step + 1 < total:
            reference.step()
    assert worst < 0.01


def test_cosine_falls_from_one_to_zero():
    got = curve("cosine")
    assert got[0] == 1
    assert got[100] == pytest.approx(0.5)
    assert got == sorted(got, reverse=True)
    assert lr_factor("cosine", 10, 10) == pytest.approx(0)


def test_constant_stays():
    assert set(curve("constant")) == {1.0}


def test_milestones_divide_by_ten_from_their_epoch_on():
    assert [lr_factor((4, 8), e, 10) for e in (0, 3.99, 4, 7.99, 8, 9.9)] == (
        pytest.approx([1, 1, 0.1, 0.1, 0.01, 0.01])
    )


@pytest.mark.parametrize("schedule", ["linear", (8, 4), (0,), (10,), 3, None])
def test_unknown_schedules_are_refused(schedule):
    with pytest.raises(ValueError, match=r"schedule must be one of one-cycle, .* got"):
        check_schedule(schedule, 10)


def test_triangle_peaks_after_a_fifth_and_ends_at_zero():
    got = [lr_factor("triangle", epoch, 10) for epoch in (0, 1, 2, 4, 6, 10)]
    assert got == pytest.approx([0, 0.5, 1, 0.75, 0.5, 0])
