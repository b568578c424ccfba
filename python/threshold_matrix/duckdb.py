"""Scoring inside DuckDB: a function for SQL, and a relation of results."""

from __future__ import annotations

import datetime
import inspect
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]
from duckdb.func import FunctionNullHandling, PythonUDFType

if TYPE_CHECKING:
    from . import Matrix

_RESULT = {
    "tier": pa.string(),
    "status": pa.string(),
    "possible": pa.list_(pa.string()),
    "provisional": pa.bool_(),
    "error": pa.string(),
}


def register(
    connection: duckdb.DuckDBPyConnection,
    matrix: Matrix,
    *,
    as_at: datetime.date | str,
    name: str | None = None,
) -> str:
    """Make a function for SQL that scores a row, and return its name.

    The function takes the inputs in the order of `matrix.inputs`, and returns a struct of the tier, the status, the results that are possible
    still, whether the result is provisional, and what is wrong with a row that is refused. A row with a null is scored as well: the matrix says
    what a missing value means.
    """
    inputs = matrix.inputs
    name = name or f"score_{matrix.id}_{matrix.version}".replace("-", "_").replace(".", "_")

    def score(*arrays: pa.ChunkedArray) -> pa.StructArray:
        table = pa.table({own["name"]: array for own, array in zip(inputs, arrays, strict=True)})
        results = matrix.score_table(table, as_at=as_at).to_arrow()
        columns = [results[own].cast(kind).combine_chunks() for own, kind in _RESULT.items()]
        return pa.StructArray.from_arrays(columns, names=list(_RESULT))

    # DuckDB counts the parameters of a function.
    kind = inspect.Parameter.POSITIONAL_ONLY
    score.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(own["name"], kind) for own in inputs]
    )
    result = "STRUCT(tier VARCHAR, status VARCHAR, possible VARCHAR[], provisional BOOLEAN, error VARCHAR)"
    connection.create_function(
        name,
        score,
        [_type_of(own) for own in inputs],
        result,
        type=PythonUDFType.ARROW,
        # Otherwise a row with a null would be null, whatever the matrix says of missing values.
        null_handling=FunctionNullHandling.SPECIAL,
    )
    return name


def score(
    relation: duckdb.DuckDBPyRelation,
    matrix: Matrix,
    *,
    as_at: datetime.date | str,
    columns: dict | str | None = None,
    id: str | None = None,
    keep: list[str] | None = None,
    points: bool = False,
    threads: int = 1,
) -> pa.RecordBatchReader:
    """Score the rows of a relation, once, and return the results as a reader that DuckDB can query by the name of a variable."""
    results = matrix.score_table(
        # The relation is read to its end first, since a connection answers one query at a time.
        relation.to_arrow_table(),
        as_at=as_at,
        columns=columns,
        id=id,
        keep=keep or [],
        points=points,
        threads=threads,
    )
    return pa.RecordBatchReader.from_stream(results)


def _type_of(own: dict) -> str:
    match own["kind"]:
        case "integer":
            return "BIGINT"
        case "decimal":
            return f"DECIMAL(18, {own['places']})"
        case "boolean":
            return "BOOLEAN"
        case "date":
            return "DATE"
        case "set":
            return "VARCHAR[]"
        case _:
            return "VARCHAR"
