import sys
from pathlib import Path

import pytest
import torch
from browser import launch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for benchmarks


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """The tests' tensors are so small that a second thread would only wait."""
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def chromium():
    """A running browser."""
    with launch() as browser:
        yield browser
