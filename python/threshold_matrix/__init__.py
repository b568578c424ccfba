"""Scores people's profiles with threshold matrices into tiers, exactly and with explanations.

>>> import threshold_matrix as tm
>>> matrix = tm.Matrix.open("iom-threshold@1.1.0")
>>> matrix.tiers
['high', 'medium', 'low']
"""

from ._threshold_matrix import (
    Analysis,
    ColumnError,
    Comparison,
    Explanation,
    Matrix,
    MatrixError,
    Outcome,
    Refused,
    ScoredTable,
    __version__,
    compare,
    matrices,
)

__all__ = [
    "Analysis",
    "ColumnError",
    "Comparison",
    "Explanation",
    "Matrix",
    "MatrixError",
    "Outcome",
    "Refused",
    "ScoredTable",
    "__version__",
    "compare",
    "matrices",
]
