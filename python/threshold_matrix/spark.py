"""Scoring inside Spark: each executor scores its rows by the library, for which it needs the package. Classic Spark and Spark Connect are alike."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa  # type: ignore[import-untyped]
from pyspark.sql import functions as f
from pyspark.sql.pandas.types import from_arrow_schema

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

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


def moved(earlier: DataFrame, later: DataFrame, *, other_matrix: bool = False, other_date: bool = False) -> DataFrame:
    """Return a row for each person who moved between two frames of results, who is new or who is gone, in the words of `rescore --moved`.

    The columns are `id`, `from`, `to` and `why`, all of them texts. `from` is null for somebody who is new, and `to` for somebody who is gone. `why` has what
    differs between the runs: the inputs, of which nothing is known here, and what `other_matrix` and `other_date` say. Nobody is listed whose id occurs more
    than once in either frame, and a row without an id is nobody's. Raises `ValueError` if a frame is not one of results.
    """
    was, now = f.col("was"), f.col("now")
    why = "|".join(name for name, differs in (("matrix", other_matrix), ("date", other_date), ("inputs", True)) if differs)
    joined = _people(earlier, "was").join(_people(later, "now"), "id", "full")
    is_one = (f.coalesce(f.col("was_people"), f.lit(1)) == 1) & (f.coalesce(f.col("now_people"), f.lit(1)) == 1)
    return joined.where(is_one & ~was.eqNullSafe(now)).select(
        "id", was.alias("from"), now.alias("to"), f.when(was.isNull(), "new").when(now.isNull(), "gone").otherwise(why).alias("why")
    )


def _people(outcomes: DataFrame, name: str) -> DataFrame:
    """Return the result of each id in words, and how often the id occurs."""
    people = outcomes.select(f.col("id").cast("string").alias("id"), _words(outcomes).alias("result")).where("id <> ''")
    return people.groupBy("id").agg(f.min("result").alias(name), f.count("*").alias(f"{name}_people"))


def _words(outcomes: DataFrame) -> Column:
    """Return the result of a row in words: the tier, the status, all that is still possible, the levels of a matrix without tiers, or `refused`."""
    names = outcomes.columns
    without = [f"`{name}`" for name in ("id", "tier", "status", "possible", "error") if name not in names]
    if without:
        raise ValueError(f"a frame of results has the columns {', '.join(without)}, which this one lacks")
    # A dimension without levels has a score alone.
    dimensions = sorted({name.removesuffix(ending) for name in names for ending in (".score", ".level") if name.endswith(ending)})
    levels = [
        f.concat(f.lit(f"{own} "), f.coalesce(f.col(_quoted(f"{own}.level")), f.lit("open")) if f"{own}.level" in names else f.lit("open"))
        for own in dimensions
    ]
    return (
        f.when(f.col("error").isNotNull(), "refused")
        .when(f.col("tier").isNotNull(), f.col("tier"))
        .when(f.col("status").isNotNull(), f.col("status"))
        .when(f.size("possible") > 0, f.array_join("possible", " or "))
        .otherwise(f.concat_ws(", ", *levels))
    )


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
