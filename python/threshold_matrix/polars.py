"""Results beside the columns of a data frame of Polars, eager or lazy."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, TypeVar

import polars as pl

if TYPE_CHECKING:
    from . import Matrix

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)


def score(
    frame: Frame,
    matrix: Matrix,
    *,
    as_at: datetime.date | str,
    columns: dict | str | None = None,
    points: bool = False,
    threads: int = 1,
) -> Frame:
    """Return the frame with the columns of its results behind its own.

    A lazy frame stays lazy: its new columns are known at once, and its rows are scored batch by batch when it is collected.

    >>> import polars as pl
    >>> import threshold_matrix as tm
    >>> import threshold_matrix.polars
    >>> matrix = tm.Matrix.open("iom-threshold@1.0.0")
    >>> people = pl.DataFrame({"ogrs3": [80, 3], "arrests_12m": [6, 0], "previous_convictions": [30, 0]})
    >>> tm.polars.score(people, matrix, as_at="2026-12-05").columns[:4]
    ['ogrs3', 'arrests_12m', 'previous_convictions', 'tier']
    """

    def scored(rows: pl.DataFrame) -> pl.DataFrame:
        results = matrix.score_table(rows, as_at=as_at, columns=columns, points=points, threads=threads)
        return pl.concat([rows, results.to_polars().drop("id")], how="horizontal")

    if isinstance(frame, pl.DataFrame):
        return scored(frame)
    schema = scored(pl.DataFrame(schema=frame.collect_schema())).schema
    return frame.map_batches(scored, schema=schema, streamable=True)
