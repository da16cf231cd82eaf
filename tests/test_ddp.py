import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

HERE = Path(__file__).parent
WORKER = str(HERE / "ddp_worker.py")
TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]


def run(*arguments):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, *arguments], check=True, env=environment)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Results of one process, and of both ranks of two."""
    folder = tmp_path_factory.mktemp("ddp")
    run(WORKER, str(folder / "one"))
    run(*TORCHRUN, WORKER, str(folder / "two"))
    names = ("one.0", "two.0", "two.1")
    return [torch.load(folder / name, weights_only=True) for name in names]


def test_two_ranks_share_the_work(results):
    assert [result["ranks"] for result in results] == [1, 2, 2]


@pytest.mark.parametrize("rank", [0, 1])
@pytest.mark.parametrize("what", ["loss", "gradients", "weights", "sample_size"])
def test_two_ranks_equal_one(results, rank, what):
    relative = 1e-5 if what == "sample_size" else 0
    torch.testing.assert_close(
        results[1 + rank][what], results[0][what], rtol=relative, atol=1e-6
    )


def test_two_ranks_have_the_keep_table_of_one(results):
    assert torch.equal(results[1]["keep"], results[0]["keep"])
    assert 0 < results[0]["keep"].sum() < 230
    assert all(gradient.abs().max() > 0 for gradient in results[0]["gradients"][-1])
