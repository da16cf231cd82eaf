"""The theorems of the Generalized Cross Entropy loss, and problems to try them on.

Taught in book/theory/bounds.ipynb and book/theory/truncated-loss.ipynb.
"""

from .bounds import (
    class_dependent_risk_bound,
    class_sum_bounds,
    class_sum_range,
    clean_risk_bound,
    noisy_risk_bound,
    noisy_risk_minimizer,
    truncation_tightens_below,
)
from .example_problems import (
    random_finite_problem,
    theorem_2_counterexample,
    tight_class_dependent_problem,
    tight_problem,
)
from .finite_problems import (
    BoundCheck,
    FiniteProblem,
    check_sharp_bound,
    check_theorem_1,
    check_theorem_2,
    is_realizable,
    keeps_majority,
    uniform_noise,
)
from .search import objective, objective_path
from .symmetry import SymmetryDefect, class_sums, symmetry_defect
from .worst_cases import class_dependent_noisy_risk_bound, largest_clean_cost

__all__ = [
    "BoundCheck",
    "FiniteProblem",
    "SymmetryDefect",
    "check_sharp_bound",
    "check_theorem_1",
    "check_theorem_2",
    "class_dependent_noisy_risk_bound",
    "class_dependent_risk_bound",
    "class_sum_bounds",
    "class_sum_range",
    "class_sums",
    "clean_risk_bound",
    "is_realizable",
    "keeps_majority",
    "largest_clean_cost",
    "noisy_risk_bound",
    "noisy_risk_minimizer",
    "objective",
    "objective_path",
    "random_finite_problem",
    "symmetry_defect",
    "theorem_2_counterexample",
    "tight_class_dependent_problem",
    "tight_problem",
    "truncation_tightens_below",
    "uniform_noise",
]
