"""Scores people's profiles with threshold matrices into tiers, exactly and with explanations.

>>> import threshold_matrix as tm
>>> matrix = tm.Matrix.open("iom-threshold@1.1.0")
>>> matrix.tiers
['high', 'medium', 'low']
"""

from ._compare import compare
from ._threshold_matrix import (
    Analysis,
    ColumnError,
    Comparison,
    Explanation,
    Library,
    Matrix,
    MatrixError,
    Outcome,
    Record,
    RecordError,
    Refused,
    ScoredTable,
    Trial,
    __version__,
    matrices,
)

__all__ = [
    "Analysis",
    "ColumnError",
    "Comparison",
    "Explanation",
    "Library",
    "Matrix",
    "MatrixError",
    "Outcome",
    "Record",
    "RecordError",
    "Refused",
    "ScoredTable",
    "Trial",
    "__version__",
    "compare",
    "matrices",
]
