"""The figures of the book, drawn with matplotlib from numbers computed elsewhere.

Every function takes data and returns the matplotlib axes or figure it has drawn.
Colours can be told apart by colour-blind readers, and never carry a meaning alone.
"""

from gce_lib import extras

for _name in ("matplotlib", "pandas"):
    extras.require(_name, "gce_lib.plots")

from .curves import curves, one_purse, steps
from .diagrams import label_way, pruning_cycle
from .epochs import distances, epoch_choices, two_phases
from .gradients import pulls, weight_by_gap, weights
from .labels import image_wall, label_wall, realised_rates, transition_matrix
from .losses import family, paths, pull_by_probability, simplex
from .methods import (
    accuracy_by_noise,
    ladder,
    leads_by_noise,
    method_style,
    ours_beside_published,
)
from .places import masks, token_weights
from .risks import class_sums, clean_and_noisy_risks, risk_band
from .style import BLUE, GREEN, GREY, ORANGE, STYLES, clean_axes, legend_below, q_style
from .sweeps import by_seed, means_over_seeds
from .tables import accuracy_table, plain_table
from .trainings import noisy_against_clean, right_and_wrong, training_curves

__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "ORANGE",
    "STYLES",
    "accuracy_by_noise",
    "accuracy_table",
    "by_seed",
    "class_sums",
    "clean_and_noisy_risks",
    "clean_axes",
    "curves",
    "distances",
    "epoch_choices",
    "family",
    "image_wall",
    "label_wall",
    "label_way",
    "ladder",
    "leads_by_noise",
    "legend_below",
    "masks",
    "means_over_seeds",
    "method_style",
    "noisy_against_clean",
    "one_purse",
    "ours_beside_published",
    "paths",
    "plain_table",
    "pruning_cycle",
    "pull_by_probability",
    "pulls",
    "q_style",
    "realised_rates",
    "right_and_wrong",
    "risk_band",
    "simplex",
    "steps",
    "token_weights",
    "training_curves",
    "transition_matrix",
    "two_phases",
    "weight_by_gap",
    "weights",
]
