"""What PyTorch holds at most, not what it asks for in all."""

import pytest
import torch

from gce_lib.devices import peak_memory

MEGABYTES = 4 * 10**6  # of a million float32 numbers


def test_what_is_given_back_does_not_add_up():
    def in_turn():
        for _ in range(3):
            torch.zeros(10**6)

    def at_once():
        return [torch.zeros(10**6) for _ in range(3)]

    assert peak_memory(in_turn) == pytest.approx(MEGABYTES, rel=0.01)
    assert peak_memory(at_once) == pytest.approx(3 * MEGABYTES, rel=0.01)
    assert peak_memory(lambda: None) == 0


def test_the_backward_pass_counts():
    x = torch.zeros(10**6, requires_grad=True)
    assert peak_memory(lambda: x.exp().sum().backward()) >= 2 * MEGABYTES
