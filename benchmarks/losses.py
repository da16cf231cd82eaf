"""Time and peak memory of the losses beside cross-entropy, forward and backward.

    python -m benchmarks.losses            about four minutes on two CPU cores
    python -m benchmarks.losses --quick    half a minute: small shapes, no compiler

All losses of a line are measured in one run, in turns of random order, so that a busy
machine is busy for all of them; the time is the median of the turns. Threads that wait
for each other suffer most from other work: with any, use --threads 1. Memory is the
peak of what forward and backward allocate beyond the logits: the allocator's statistics
on CUDA, the sum of every allocation that torch.profiler records on the CPU. The ratios
are to `F.cross_entropy` on the same logits.
"""

import argparse
import json
import platform
import random
import shutil
import statistics
import time
from functools import partial

import torch
import torch.nn.functional as F

from gce_lib.devices import peak_memory
from gce_lib.losses import gce_loss, truncated_gce_loss

SHAPES = [(128, 10), (128, 100), (1024, 1000), (8, 21, 128, 128), (4096, 32000)]
COMPILED_SHAPES = [(128, 10), (1024, 1000)]
SECONDS_A_LOSS = 1.0
MIN_TURNS, MAX_TURNS = 3, 200
TURN_SECONDS = 0.005


def textbook_gce(logits, target, q=0.7):
    p = F.softmax(logits, 1).gather(1, target.unsqueeze(1)).squeeze(1)
    return ((1 - p**q) / q).mean()


def cross_entropy_in_float32(logits, target):
    return F.cross_entropy(logits.float(), target)


LOSSES = {
    "cross_entropy": F.cross_entropy,
    "cross_entropy, float32 inside": cross_entropy_in_float32,
    "gce_loss": gce_loss,
    "truncated_gce_loss": truncated_gce_loss,
    "textbook softmax-gather-pow": textbook_gce,
}


def main():
    args = arguments()
    if args.threads:
        torch.set_num_threads(args.threads)
    print(f"# {machine(args.device)}")
    print(f"{'':32}{'time':>12}{'ratio':>8}{'memory':>12}{'ratio':>8}")
    random.seed(0)
    for compiled, shape, dtype in cells(args):
        rows = measure(shape, dtype, args.device, compiled, args.quick)
        report(rows, args.json)


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    cuda = torch.cuda.is_available()
    parser.add_argument("--device", default="cuda" if cuda else "cpu")
    parser.add_argument("--threads", type=int, help="threads on the CPU")
    parser.add_argument("--quick", action="store_true", help="small shapes, eager only")
    parser.add_argument("--no-compile", action="store_true", help="eager only")
    parser.add_argument("--json", metavar="FILE", help="append a JSON line a figure")
    return parser.parse_args()


def cells(args):
    """(compiled, shape, dtype) of every block of the table."""
    shapes = SHAPES[:3] if args.quick else SHAPES
    modes = [(False, shapes)]
    if not (args.quick or args.no_compile):
        if args.device == "cpu" and not shutil.which("g++"):
            print("# compiled: not measured, torch.compile needs g++ on a CPU")
        else:
            modes.append((True, COMPILED_SHAPES))
    for compiled, shapes in modes:
        for shape in shapes:
            for dtype in (torch.float32, torch.bfloat16):
                yield compiled, shape, dtype


def measure(shape, dtype, device, compiled, quick):
    """A row for each loss: seconds and bytes, and their ratios to cross-entropy."""
    logits = torch.randn(shape, device=device).to(dtype).requires_grad_()
    target = torch.randint(shape[1], (shape[0], *shape[2:]), device=device)
    losses = dict(LOSSES)
    if dtype == torch.float32:
        del losses["cross_entropy, float32 inside"]
    if compiled:
        torch.compiler.reset()
        losses = {name: torch.compile(loss) for name, loss in losses.items()}

    def step(loss):
        loss(logits, target).backward()
        logits.grad = None

    seconds = timed(losses, step, device, SECONDS_A_LOSS / (5 if quick else 1))
    memory = {
        name: peak_memory(partial(step, loss), device) for name, loss in losses.items()
    }
    return [
        {
            "loss": name,
            "shape": list(shape),
            "dtype": str(dtype).removeprefix("torch."),
            "device": device,
            "compiled": compiled,
            "seconds": seconds[name],
            "time_ratio": seconds[name] / seconds["cross_entropy"],
            "bytes": memory[name],
            "memory_ratio": memory[name] / memory["cross_entropy"],
        }
        for name in losses
    ]


def timed(losses, step, device, budget):
    """Median seconds a step of each loss, measured in turns of random order."""
    repeats = {}
    for name, loss in losses.items():
        step(loss)  # warm up, compile
        step(loss)
        repeats[name] = max(1, int(TURN_SECONDS / turn(loss, step, 1, device)))
    turns = {name: [] for name in losses}
    names = list(losses)
    end = time.perf_counter() + budget * len(losses)
    for number in range(MAX_TURNS):
        random.shuffle(names)
        for name in names:
            seconds = turn(losses[name], step, repeats[name], device)
            turns[name].append(seconds / repeats[name])
        if number + 1 >= MIN_TURNS and time.perf_counter() > end:
            break
    return {name: statistics.median(seconds) for name, seconds in turns.items()}


def turn(loss, step, repeats, device):
    synchronize(device)
    start = time.perf_counter()
    for _ in range(repeats):
        step(loss)
    synchronize(device)
    return time.perf_counter() - start


def synchronize(device):
    if device != "cpu":
        torch.get_device_module(device).synchronize()


def report(rows, path):
    first = rows[0]
    mode = "compiled" if first["compiled"] else "eager"
    print(f"{tuple(first['shape'])} {first['dtype']} {first['device']} {mode}")
    for row in rows:
        print(
            f"  {row['loss']:30}{row['seconds'] * 1e3:9.3f} ms{row['time_ratio']:8.2f}"
            f"{row['bytes'] / 2**20:8.2f} MiB{row['memory_ratio']:8.2f}",
            flush=True,
        )
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)


def machine(device):
    if device == "cuda":
        name = torch.cuda.get_device_name()
    else:
        name = f"{platform.machine()} with {torch.get_num_threads()} threads"
    return f"{name}, torch {torch.__version__}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
