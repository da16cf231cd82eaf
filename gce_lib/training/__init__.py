"""Train a network on noisy labels, prune what it doubts, write down every epoch.

Taught in book/practice/training.ipynb.
"""

from .checkpoint import CheckpointError, CheckpointWarning
from .diverged import Diverged
from .evaluation import predict
from .fit import fit
from .history import History
from .pruning import Pruning, assess, label_probability
from .split import Split

__all__ = [
    "CheckpointError",
    "CheckpointWarning",
    "Diverged",
    "History",
    "Pruning",
    "Split",
    "assess",
    "fit",
    "label_probability",
    "predict",
]
