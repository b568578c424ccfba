"""What data frames need before they are read."""

from __future__ import annotations

from typing import Any


def readable(table: Any) -> Any:
    """Return a table whose columns can be read.

    Polars gives columns that hold nothing at all in a form that not every reader takes, so they become texts, which mean the same.
    """
    if type(table).__module__.partition(".")[0] != "polars":
        return table
    import polars as pl

    if isinstance(table, pl.LazyFrame):
        table = table.collect()
    if not isinstance(table, pl.DataFrame):
        return table
    empty: Any = {name: _told(pl, kind) for name, kind in table.schema.items() if _told(pl, kind) != kind}
    return table.cast(empty) if empty else table


def _told(pl: Any, kind: Any) -> Any:
    if kind == pl.Null:
        return pl.String
    if isinstance(kind, pl.List):
        return pl.List(_told(pl, kind.inner))
    return kind
