"""Make the shipped data set fashion-mini from the original files of Fashion-MNIST.

    python tools/make_fashion_mini.py [FOLDER]

FOLDER holds the four original ``*-ubyte.gz`` files (default: where Debian's package
dataset-fashion-mnist puts them). Writes gce_lib/data/fashion-mini.npz and its checksum.
"""

import argparse
import hashlib
import json
from pathlib import Path

from torchvision.datasets import FashionMNIST

from gce_lib.data.dataset import write_npz
from gce_lib.data.readers import read_idx

PACKAGE = Path(__file__).resolve().parents[1] / "gce_lib" / "data"
DEBIAN = Path("/usr/share/datasets/fashion-mnist")
NUM_TRAIN, NUM_TEST = 10_000, 2_000


def make(folder: Path, target: Path) -> None:
    """Write ``target`` (.npz) and, beside it, the .json with its SHA-256."""
    arrays = {
        "x_train": read_idx(folder / "train-images-idx3-ubyte.gz")[:NUM_TRAIN],
        "y_train": read_idx(folder / "train-labels-idx1-ubyte.gz")[:NUM_TRAIN],
        "x_test": read_idx(folder / "t10k-images-idx3-ubyte.gz")[:NUM_TEST],
        "y_test": read_idx(folder / "t10k-labels-idx1-ubyte.gz")[:NUM_TEST],
        "classes": FashionMNIST.classes,
    }
    write_npz(target, arrays, compress=True)
    about = {
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
        "content": f"first {NUM_TRAIN} training and {NUM_TEST} test images",
        "source": "Fashion-MNIST, https://github.com/zalandoresearch/fashion-mnist",
        "licence": "MIT, see fashion-mini-LICENSE.txt",
    }
    target.with_suffix(".json").write_text(json.dumps(about, indent=2) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=DEBIAN)
    make(parser.parse_args().folder, PACKAGE / "fashion-mini.npz")
