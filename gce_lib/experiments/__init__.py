"""Experiments: runs, sweeps of runs, their records, and tables made of records.

>>> from gce_lib.experiments import Run
>>> Run(loss="gce").loss
'gce:0.7'

Taught in book/practice/reproduction.ipynb.
"""

from .choosing import readings, regrets
from .comparisons import (
    against_stopping,
    by_learning_rate,
    leads,
    mean_leads,
    recorded,
    tell,
    trainings,
    tuned,
)
from .execute import execute
from .grids import (
    BASELINES,
    GRIDS,
    PAPER_LOSSES,
    RIVALS,
    class_count_grid,
    grid,
    human_grid,
    ladder_grid,
    laptop_grid,
    learning_rate_grid,
    lesson_grid,
    open_set_grid,
    paper_grid,
    rivals_grid,
    sensitivity_grid,
)
from .names import loss_name, noise_name
from .protocols import protocol
from .records import (
    BOOK_RESULTS,
    RecordError,
    RecordFile,
    load_records,
    read_records,
)
from .runs import Run, Seeds
from .sums import Sums, load_sums, spell, sums
from .sweep import Summary, sweep
from .tables import cost, deviations, leaderboard, load_published, summarise, table
from .tokens import SumsTransformer, answers, next_token, train_tokens

__all__ = [
    "BASELINES",
    "BOOK_RESULTS",
    "GRIDS",
    "PAPER_LOSSES",
    "RIVALS",
    "RecordError",
    "RecordFile",
    "Run",
    "Seeds",
    "Summary",
    "Sums",
    "SumsTransformer",
    "against_stopping",
    "answers",
    "by_learning_rate",
    "class_count_grid",
    "cost",
    "deviations",
    "execute",
    "grid",
    "human_grid",
    "ladder_grid",
    "laptop_grid",
    "leaderboard",
    "leads",
    "learning_rate_grid",
    "lesson_grid",
    "load_published",
    "load_records",
    "load_sums",
    "loss_name",
    "mean_leads",
    "next_token",
    "noise_name",
    "open_set_grid",
    "paper_grid",
    "protocol",
    "read_records",
    "readings",
    "recorded",
    "regrets",
    "rivals_grid",
    "sensitivity_grid",
    "spell",
    "summarise",
    "sums",
    "sweep",
    "table",
    "tell",
    "train_tokens",
    "trainings",
    "tuned",
]
