"""The figures of the book, drawn with matplotlib from numbers computed elsewhere.

Every function takes data and returns the matplotlib axes or figure it has drawn.
Colours can be told apart by colour-blind readers, and never carry a meaning alone.
"""

from gce_lib import extras

for _name in ("matplotlib", "pandas"):
    extras.require(_name, "gce_lib.plots")

from .labels import image_wall, transition_matrix
from .losses import family, paths, pull_by_probability, simplex
from .methods import accuracy_by_noise, method_style
from .style import BLUE, GREEN, GREY, ORANGE, STYLES, clean_axes, legend_below, q_style
from .sweeps import means_over_seeds
from .trainings import noisy_against_clean, right_and_wrong, training_curves

__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "ORANGE",
    "STYLES",
    "accuracy_by_noise",
    "clean_axes",
    "family",
    "image_wall",
    "legend_below",
    "means_over_seeds",
    "method_style",
    "noisy_against_clean",
    "paths",
    "pull_by_probability",
    "q_style",
    "right_and_wrong",
    "simplex",
    "training_curves",
    "transition_matrix",
]
