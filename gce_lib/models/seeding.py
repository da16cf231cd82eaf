"""Initial weights that a seed alone determines."""

from contextlib import contextmanager

import torch


@contextmanager
def seeded(seed: int):
    """Context in which PyTorch's CPU generator starts from ``seed``."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield
