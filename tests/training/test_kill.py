"""A training killed at any moment continues and ends with the same weights."""

import multiprocessing
import os
import random
import signal
import time
from pathlib import Path

import kill_worker
import pytest
import torch


@pytest.mark.parametrize(("task", "kills"), [("images", 20), ("table", 8)])
def test_training_killed_at_random_moments_ends_with_the_same_bits(
    task, kills, tmp_path, monkeypatch
):
    expected, reference = kill_worker.train(task)
    epoch_seconds = min(reference["seconds"])

    here = Path(__file__).parent
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, (here, here.parent))))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["kill_worker"])
    checkpoint, result = str(tmp_path / "run.pt"), str(tmp_path / "weights.pt")
    chance = random.Random(0)
    reached = []

    def start():
        reader, writer = context.Pipe(duplex=False)
        arguments = (task, checkpoint, writer, result)
        process = context.Process(target=kill_worker.train_and_save, args=arguments)
        process.start()
        writer.close()
        return process, reader

    for _ in range(kills):
        process, reader = start()
        for _ in range(chance.choice((0, 1, 1, 2))):
            reached.append(reader.recv())
        time.sleep(chance.uniform(0, 2 * epoch_seconds))
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL

    process, reader = start()
    first = reader.recv()
    process.join()
    assert process.exitcode == 0
    assert first > max(reached) > kills / 2, "every life went on where the last ended"
    weights = torch.load(result, weights_only=True)
    for name, value in expected.state_dict().items():
        assert torch.equal(weights[name], value)
