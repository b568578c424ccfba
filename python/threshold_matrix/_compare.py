"""The comparison of two revisions: by themselves, or on the people of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from ._threshold_matrix import Comparison, Matrix, Trial, compared, tried

if TYPE_CHECKING:
    from ._threshold_matrix import _Array, _Date, _Stream


@overload
def compare(old: Matrix, new: Matrix, *, as_at: _Date, table: None = None) -> Comparison: ...


@overload
def compare(
    old: Matrix,
    new: Matrix,
    *,
    as_at: _Date,
    table: _Stream | _Array,
    columns: dict[str, Any] | str | None = None,
    id: str | None = None,
    outcome: str | None = None,
    by: str | Sequence[str] = (),
    where: Mapping[str, str | Sequence[str]] | None = None,
    at_least: str | None = None,
    capacity: Mapping[str, int] | None = None,
    existing: str | None = None,
    score: str | None = None,
    sweep: str | None = None,
    audience: Literal["release", "board"] = "release",
    threshold: int = 10,
    merge: int = 0,
) -> Trial: ...


def compare(
    old: Matrix,
    new: Matrix,
    *,
    as_at: _Date,
    table: _Stream | _Array | None = None,
    columns: dict[str, Any] | str | None = None,
    id: str | None = None,
    outcome: str | None = None,
    by: str | Sequence[str] = (),
    where: Mapping[str, str | Sequence[str]] | None = None,
    at_least: str | None = None,
    capacity: Mapping[str, int] | None = None,
    existing: str | None = None,
    score: str | None = None,
    sweep: str | None = None,
    audience: Literal["release", "board"] = "release",
    threshold: int = 10,
    merge: int = 0,
) -> Comparison | Trial:
    """Compare a matrix with a revision of it.

    Without a table, return what is written differently, and every change of a result that any profile can have. With one, try both on its people: who
    moves and why, what that asks of `capacity` (`{"high": 120}`), and with an `outcome` what was seen later, all of it `by` groups as well
    (`"sex"`, `"sex*ethnicity"`, `"age:18,25,40"`). The other options are those of the program's `compare`.

    >>> import threshold_matrix as tm
    >>> old, new = tm.Matrix.open("iom-threshold@1.0.0"), tm.Matrix.open("iom-threshold@1.1.0")
    >>> tm.compare(old, new, as_at="2026-12-05").complete
    True
    """
    asked = {
        "outcome": outcome,
        "by": [by] if isinstance(by, str) else list(by),
        "where": dict(where or {}),
        "at_least": at_least,
        "capacity": dict(capacity or {}),
        "existing": existing,
        "score": score,
        "sweep": sweep,
    }
    if table is not None:
        disclosure = {"audience": audience, "threshold": threshold, "merge": merge}
        return tried(old, new, as_at, table, columns, id, asked | disclosure)
    about_people = [name for name, value in (asked | {"columns": columns, "id": id}).items() if value]
    if about_people:
        raise TypeError(f"`{about_people[0]}` asks about people; give them as `table`")
    return compared(old, new, as_at)
