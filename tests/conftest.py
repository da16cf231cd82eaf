import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for benchmarks


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """The tests' tensors are so small that a second thread would only wait."""
    torch.set_num_threads(1)
