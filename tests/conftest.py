import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """The tests' tensors are so small that a second thread would only wait."""
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def chromium():
    """A running browser."""
    from tools.browser import launch  # needs playwright, which the core does not

    with launch() as browser:
        yield browser
