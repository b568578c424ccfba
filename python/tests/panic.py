"""A panic of the library is an exception, and the process goes on. Only a build with the feature `deliberate-panic` panics."""

import polars as pl
import pytest
import threshold_matrix as tm
from small import AS_AT, TEXT


def test_a_panic_is_an_exception() -> None:
    small = tm.Matrix.from_yaml(TEXT)
    with pytest.raises(BaseException, match="deliberate") as panic:
        small.to_text()
    assert type(panic.value).__name__ == "PanicException"
    assert small.score({"arrests": 12, "rosh": "low", "gang": False}, as_at=AS_AT).tier == "medium"


def test_a_panic_in_a_stream_is_an_error_of_the_reader() -> None:
    scored = tm.Matrix.from_yaml(TEXT).score_table(pl.DataFrame({"arrests": [1], "rosh": ["low"]}), as_at=AS_AT)
    for _ in range(2):
        with pytest.raises(Exception, match="panicked while it scored"):
            scored.to_arrow()
    with pytest.raises(ValueError, match="not read to their end"):
        _ = scored.report
