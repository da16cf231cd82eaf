"""Live figures: widgets that move in Jupyter, in Colab and in a static page.

Each figure is one class and one ES module that computes from the formula. The
class keeps its traits in step with Python, so they can be linked to any control::

    from gce_lib.explorers import LossExplorer
    LossExplorer(q=0.7)
"""

from gce_lib.explorers.bounds import BoundExplorer
from gce_lib.explorers.loss import LossExplorer
from gce_lib.explorers.noise import NoiseExplorer
from gce_lib.explorers.playground import Playground
from gce_lib.explorers.pruning import PruningExplorer
from gce_lib.explorers.records import RecordsExplorer

__all__ = [
    "BoundExplorer",
    "LossExplorer",
    "NoiseExplorer",
    "Playground",
    "PruningExplorer",
    "RecordsExplorer",
]
