"""Revisions, compared by themselves and on the people of tables."""

import json
import subprocess
import sys
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pytest
import threshold_matrix as tm
from small import AS_AT, TEXT

OLD = tm.Matrix.from_yaml(TEXT)
NEW = tm.Matrix.from_yaml(TEXT.replace("version: 1.0.0", "version: 1.1.0").replace("from: 10, points: 6", "from: 8, points: 6"))
PEOPLE = pl.DataFrame(
    {
        "id": range(400),
        "arrests": [number % 13 for number in range(400)],
        "rsr": [Decimal(number % 9) for number in range(400)],
        "rosh": [["low", "medium", "high", None][number % 4] for number in range(400)],
        "gang": [[True, False, None][number % 3] for number in range(400)],
        "sex": [["f", "m", "m"][number % 3] for number in range(400)],
        "again": [number % 5 == 0 for number in range(400)],
        "given": [Decimal(number % 17) for number in range(400)],
    },
    schema_overrides={"rsr": pl.Decimal(9, 2)},
)


def test_comparison_and_trial_are_asked_for_in_one_way() -> None:
    proved = tm.compare(OLD, NEW, as_at=AS_AT)
    assert isinstance(proved, tm.Comparison) and proved.complete and proved.shifts
    trial = tm.compare(OLD, NEW, as_at=AS_AT, table=PEOPLE)
    assert (trial.people, trial.moved) == (400, sum(way["people"] for way in trial.ways if way["from"] != way["to"]))
    assert trial.moved > 0 and trial.causes
    assert "<html" in trial.to_html() and trial._repr_html_().startswith("<iframe")
    with pytest.raises(TypeError, match="`by` asks about people; give them as `table`"):
        tm.compare(OLD, NEW, as_at=AS_AT, by="sex")  # type: ignore[call-overload]


@pytest.mark.parametrize("form", [PEOPLE, PEOPLE.lazy(), PEOPLE.to_arrow(), PEOPLE.to_pandas(use_pyarrow_extension_array=True)])
def test_every_form_of_a_table_counts_alike(form) -> None:
    assert tm.compare(OLD, NEW, as_at=AS_AT, table=form).to_dict() == tm.compare(OLD, NEW, as_at=AS_AT, table=PEOPLE).to_dict()


def test_chunks_change_nothing() -> None:
    pieces = [PEOPLE.slice(at, 7).to_arrow() for at in range(0, 400, 7)]
    table = pa.concat_tables(pieces)
    asked = {"outcome": "again", "by": "sex", "audience": "board"}
    whole = tm.compare(OLD, NEW, as_at=AS_AT, table=PEOPLE, **asked)
    assert tm.compare(OLD, NEW, as_at=AS_AT, table=table, **asked).to_dict() == whole.to_dict()


def test_trial_is_that_of_the_program(tmp_path) -> None:
    old, new, people = tmp_path / "old.yaml", tmp_path / "new.yaml", tmp_path / "people.parquet"
    old.write_text(OLD.to_yaml())
    new.write_text(NEW.to_yaml())
    PEOPLE.write_parquet(people)
    options = ["--by", "sex", "--outcome", "again", "--where", "sex=m", "--capacity", "high=20", "--existing", "given", "--threshold", "5"]
    command = [sys.executable, "-m", "threshold_matrix", "compare", str(old), str(new), "--cohort", str(people), "--as-at", str(AS_AT)]
    printed = subprocess.run([*command, *options, "--json"], capture_output=True, text=True, check=True).stdout
    trial = tm.compare(
        OLD,
        NEW,
        as_at=AS_AT,
        table=PEOPLE,
        by=["sex"],
        outcome="again",
        where={"sex": ["m"]},
        capacity={"high": 20},
        existing="given",
        threshold=5,
    )
    ours, theirs = json.loads(json.dumps(trial.to_dict(), default=float)), json.loads(printed)
    differing = {key for key in ours | theirs if ours.get(key) != theirs.get(key)}
    assert differing <= {"cohort", "source", "comparison"}, differing


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"audience": "public"}, "`audience` is `release` or `board`, not `public`"),
        ({"threshold": 1}, "`threshold` is 2 or more"),
        ({"capacity": {"hihg": 3}}, "no tier `hihg`; did you mean `high`"),
        ({"score": "riks"}, "no score `riks`; did you mean `risk`"),
        ({"sweep": "risk.high=9"}, "risk.high"),
        ({"existing": "given"}, "name its column with `outcome`"),
        ({"by": "id", "audience": "board"}, "id"),
    ],
)
def test_what_cannot_be_answered_is_said(asked, told) -> None:
    with pytest.raises(ValueError, match=told):
        tm.compare(OLD, NEW, as_at=AS_AT, table=PEOPLE, **asked)


def test_columns_that_are_not_there_are_named_at_once() -> None:
    with pytest.raises(tm.ColumnError) as wrong:
        tm.compare(OLD, NEW, as_at=AS_AT, table=PEOPLE, by="sexx", outcome="agian")
    assert len(wrong.value.problems) == 2
    with pytest.raises(ValueError, match="everybody is refused"):
        tm.compare(OLD, NEW, as_at=AS_AT, table=PEOPLE.with_columns(arrests=pl.lit(61)))
    assert tm.compare(OLD, NEW, as_at=AS_AT, table=PEOPLE.head(0)).people == 0
