"""Images a second: gce_lib's fit beside the conventional PyTorch loop.

    python -m benchmarks.training
    python -m benchmarks.training --dataset cifar10 --model resnet34 --compile

Both train the same network on the same images with the same augmentation, batch size,
optimiser and precision, and test it after every epoch. The conventional loop reads
images through a DataLoader with worker processes and a torchvision transform an image.
An epoch to warm up is left out; the median of the others counts. The share of peak
compares the network's own arithmetic with what one large matrix product reaches on the
same device.
"""

import argparse
import os
import statistics
import time

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset
from torch.utils.flop_counter import FlopCounterMode
from torchvision import transforms

from gce_lib import data, models
from gce_lib.devices import resolve_device, resolve_precision
from gce_lib.losses import GCELoss
from gce_lib.training import fit

AUGMENT = ("crop", "flip")
LR = 0.05
MATRIX_SIZES = {"cuda": 8192, "cpu": 2048}


class Images(Dataset):
    """One image at a time, transformed on its own."""

    def __init__(self, images, labels, steps):
        self.images = [transforms.functional.to_pil_image(i.numpy()) for i in images]
        self.labels = labels.tolist()
        self.transform = transforms.Compose(steps)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.transform(self.images[index]), self.labels[index]


def conventional(
    model, dataset, arguments, device, precision, clock=time.perf_counter
) -> list[float]:
    """Return the seconds of each epoch of the loop that most tutorials show."""
    height = dataset.shape[1]
    shared = [transforms.ToTensor(), transforms.Normalize(dataset.mean, dataset.std)]
    augment = [
        transforms.RandomCrop(height, padding=4),
        transforms.RandomHorizontalFlip(),
    ]
    options = {
        "batch_size": arguments.batch_size,
        "num_workers": arguments.workers,
        "pin_memory": device.type == "cuda",
        "persistent_workers": arguments.workers > 0,
    }
    train = Images(dataset.train_images, dataset.train_labels, augment + shared)
    test = Images(dataset.test_images, dataset.test_labels, shared)
    train_loader = DataLoader(train, shuffle=True, **options)
    test_loader = DataLoader(test, **options)
    model.to(device)
    loss = GCELoss(0.7)
    optimizer = torch.optim.SGD(
        model.parameters(), lr=LR, momentum=0.9, nesterov=True, weight_decay=1e-4
    )
    scaler = precision.grad_scaler()
    seconds = []
    for _ in range(arguments.epochs + 1):
        began = clock()
        model.train()
        total = 0.0
        for x, y in train_loader:
            x, y = x.to(device), y.to(device)
            with precision.autocast():
                logits = model(x)
            value = loss(logits.float(), y)
            optimizer.zero_grad()
            scaler.scale(value).backward()
            scaler.step(optimizer)
            scaler.update()
            total += value.item()
        model.eval()
        correct = 0
        with torch.no_grad():
            for x, y in test_loader:
                with precision.autocast():
                    predicted = model(x.to(device)).argmax(dim=1)
                correct += (predicted == y.to(device)).sum().item()
        seconds.append(clock() - began)
    return seconds


def ours(model, dataset, arguments, device, precision) -> list[float]:
    """Return the seconds of each epoch of ``fit``."""
    history = fit(
        model,
        dataset,
        GCELoss(0.7),
        epochs=arguments.epochs + 1,
        batch_size=arguments.batch_size,
        lr=LR,
        augment=AUGMENT,
        validation=0,
        device=device,
        precision=precision.name,
        compile=arguments.compile,
        progress=False,
    )
    return history["seconds"]


def training_flops(model, shape) -> int:
    """Count the operations to train on one image: forward and backward."""
    x = torch.randn(1, *shape)
    with FlopCounterMode(display=False) as counter:
        F.cross_entropy(
            model(x.expand(2, -1, -1, -1)), torch.zeros(2).long()
        ).backward()
    return counter.get_total_flops() // 2


def peak_flops(device, precision) -> float:
    """Measure the operations a second of one large matrix product."""
    size = MATRIX_SIZES[device.type]
    a, b = (torch.randn(size, size, device=device) for _ in range(2))
    rates = []
    with precision.autocast():
        for _ in range(6):
            _wait(device)
            began = time.perf_counter()
            a @ b
            _wait(device)
            rates.append(2 * size**3 / (time.perf_counter() - began))
    return max(rates)


def _wait(device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.training",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--dataset", choices=data.NAMES, default="fashion-mini")
    parser.add_argument("--model", choices=models.MODELS, default="small_cnn")
    parser.add_argument("--epochs", type=int, default=3, help="timed epochs")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count(), help="of the conventional loop"
    )
    parser.add_argument("--threads", type=int, help="of PyTorch on the CPU")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precision", default="auto")
    parser.add_argument(
        "--compile", nargs="?", const=True, default=False, help="fit only; or its mode"
    )
    parser.add_argument(
        "--fit-only", action="store_true", help="leave the conventional loop out"
    )
    return parser.parse_args()


def main() -> None:
    """Run both loops and print a line for each."""
    arguments = _options()
    if arguments.threads is not None:
        torch.set_num_threads(arguments.threads)
    device = resolve_device(arguments.device)
    precision = resolve_precision(arguments.precision, device)
    dataset = data.load(arguments.dataset)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    print(
        f"{arguments.model} on {arguments.dataset}, batch {arguments.batch_size}, "
        f"{precision.name}, {name}, {torch.get_num_threads()} threads, "
        f"torch {torch.__version__}"
    )
    loops = {"fit": ours}
    if not arguments.fit_only:
        loops[f"DataLoader, {arguments.workers} workers"] = conventional
    images = len(dataset.train_labels)
    speeds = []
    for label, loop in loops.items():
        model = models.build(arguments.model, dataset)
        seconds = loop(model, dataset, arguments, device, precision)
        epoch = statistics.median(seconds[1:])
        speeds.append(images / epoch)
        print(f"{label:24} {epoch:8.2f} s an epoch {images / epoch:12,.0f} images/s")
    if len(speeds) == 2:
        print(f"fit is {speeds[0] / speeds[1]:.1f} times as fast")
    flops = training_flops(models.build(arguments.model, dataset), dataset.shape)
    share = flops * speeds[0] / peak_flops(device, precision)
    print(f"{flops / 1e9:.3f} GFLOP an image; fit reaches {share:.1%} of peak")


if __name__ == "__main__":
    main()
