"""Scoring inside Spark: each executor scores its rows by the library, for which it needs the package."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa  # type: ignore[import-untyped]
from pyspark.sql import functions as f
from pyspark.sql.pandas.types import from_arrow_schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from . import Matrix


def score(frame: DataFrame, matrix: Matrix, *, as_at: datetime.date | str, id: str = "id", points: bool = False) -> DataFrame:
    """Return the results of a data frame of people: one row for each, not in any order, with the columns of `Matrix.score_table`.

    Columns are found by their names. An input without a column is missing, as the matrix has it. Raises `ColumnError` before anything runs, with
    everything that is wrong with the columns.
    """
    # Spark hands columns over by their position, so they are chosen by name first.
    names = [described["name"] for described in matrix.inputs if described["name"] in frame.columns]
    people = frame.select(f.col(_quoted(id)).alias("id"), *(f.col(_quoted(name)) for name in names))
    # Scored without a row: what is wrong with the columns is told here, and the columns of the results are known.
    empty = people.limit(0).toArrow()
    wanted = _plain(matrix.score_table(empty, as_at=as_at, points=points).to_arrow()).schema

    def scored(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            results = matrix.score_table(pa.Table.from_batches([batch]), as_at=as_at, points=points).to_arrow()
            # The types must be those that were told, since Spark would round a decimal to them in silence.
            yield from _plain(results).cast(wanted).to_batches()

    return people.mapInArrow(scored, from_arrow_schema(wanted))


def _plain(results: pa.Table) -> pa.Table:
    """Return results without dictionaries, which Spark does not take."""
    fields = []
    for field in results.schema:
        kind = field.type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        elif pa.types.is_list(kind) and pa.types.is_dictionary(kind.value_type):
            kind = pa.list_(kind.value_type.value_type)
        fields.append(pa.field(field.name, kind))
    return results.cast(pa.schema(fields))


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"
