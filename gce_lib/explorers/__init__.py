"""Live figures: widgets that move in Jupyter, in Colab and in a static page.

Each figure is one class and one ES module that computes from the formula. The
class keeps its traits in step with Python, so they can be linked to any control::

    from gce_lib.explorers import LossExplorer
    LossExplorer(q=0.7)
"""

from gce_lib import extras

for _name in ("anywidget", "matplotlib", "pandas", "PIL"):
    extras.require(_name, "gce_lib.explorers")

from .bounds import BoundExplorer
from .loss import LossExplorer
from .noise import NoiseExplorer
from .playground import Playground
from .pruning import PruningExplorer
from .records import RecordsExplorer
from .tokens import TokenExplorer

__all__ = [
    "BoundExplorer",
    "LossExplorer",
    "NoiseExplorer",
    "Playground",
    "PruningExplorer",
    "RecordsExplorer",
    "TokenExplorer",
]
