"""Make gce_lib/noise/human_matrices.json: how people confuse the classes.

    python -m tools.human_matrices CIFAR10N_ROOT FMH_COUNTS

CIFAR10N_ROOT is a folder for `gce_lib.noise.human`; FMH_COUNTS is `data/fmh_counts.csv`
of https://github.com/takashiishida/irreducible, a row of ten counts for each test image
of Fashion-MNIST. Only shares of classes are kept, to four digits.
"""

import json
import sys
from pathlib import Path

import numpy as np

from gce_lib import data, noise

TARGET = Path(__file__).parents[1] / "gce_lib" / "noise" / "human_matrices.json"


def main(root: str, counts: str) -> None:
    """Count, divide, write."""
    kinds = {
        kind: noise.human("cifar10", kind, root=root) for kind in noise.HUMAN_KINDS
    }
    said = np.loadtxt(counts, delimiter=",")  # (10,000, 10)
    true = data.load("fashion-mnist", root=root).test_labels.numpy()
    one = np.stack([said[true == label].sum(axis=0) for label in range(10)])
    content = {
        "cifar10": {
            "source": "CIFAR-10N (Wei et al., ICLR 2022), training images",
            "shares": {kind: _rounded(labels.T) for kind, labels in kinds.items()},
        },
        "fashion-mnist": {
            "source": "Fashion-MNIST-H (Ishida et al., ICLR 2023), test images",
            "shares": {"one": _rounded(one / one.sum(axis=1, keepdims=True))},
        },
    }
    text = json.dumps(content, indent=1)
    TARGET.write_text(_a_line_a_row(text) + "\n", encoding="utf-8")


def _rounded(T) -> list[list[float]]:
    return [[round(float(share), 4) for share in row] for row in T]


def _a_line_a_row(text: str) -> str:
    """Join the numbers of a row, which JSON writes one below the other."""
    lines = []
    for line in text.splitlines():
        inner = line.strip()
        if (
            lines
            and (inner[:1].isdigit() or inner.startswith("]"))
            and "[" in lines[-1]
        ):
            lines[-1] += (" " if lines[-1].endswith(",") else "") + inner
        else:
            lines.append(line)
    return "\n".join(lines)


if __name__ == "__main__":
    main(*sys.argv[1:])
