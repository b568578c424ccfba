"""The helpers for Polars and DuckDB, and what is said of the package."""

import doctest
import pathlib
import re
import subprocess
import sys

import duckdb
import polars as pl
import threshold_matrix as tm
import threshold_matrix.duckdb
import threshold_matrix.polars
from small import AS_AT, TEXT
from test_table import EXPECTED, PEOPLE, arrow

SMALL = tm.Matrix.from_yaml(TEXT)


def test_a_frame_gets_its_results_behind_its_columns():
    frame = pl.from_arrow(arrow(PEOPLE))
    scored = tm.polars.score(frame, SMALL, as_at=AS_AT)
    assert scored.columns[:7] == frame.columns
    assert scored["tier"].to_list() == [row[0] for row in EXPECTED]


def test_a_lazy_frame_stays_lazy_and_knows_its_columns():
    lazy = tm.polars.score(pl.from_arrow(arrow(PEOPLE)).lazy(), SMALL, as_at=AS_AT)
    assert isinstance(lazy, pl.LazyFrame)
    schema = lazy.collect_schema()
    assert schema["tier"] in (pl.String, pl.Categorical) or isinstance(schema["tier"], pl.Enum)
    collected = lazy.filter(pl.col("arrests") >= 7).collect()
    assert collected["tier"].to_list() == [EXPECTED[0][0], EXPECTED[1][0], EXPECTED[3][0]]


def test_a_function_for_sql_scores_rows_with_nulls():
    people = arrow(PEOPLE)
    with duckdb.connect() as connection:
        name = tm.duckdb.register(connection, SMALL, as_at=AS_AT)
        inputs = ", ".join(own["name"] for own in SMALL.inputs)
        rows = connection.sql(f"select s.tier, s.possible, s.error from (select {name}({inputs}) as s from people)").fetchall()
    assert [row[0] for row in rows] == [row[0] for row in EXPECTED]
    assert [row[1] for row in rows][1:3] == [EXPECTED[1][2], ["medium"]]
    assert rows[3][2] and rows[0][2] is None


def test_a_relation_is_scored_once():
    people = arrow(PEOPLE)
    with duckdb.connect() as connection:
        results = tm.duckdb.score(connection.sql("from people"), SMALL, as_at=AS_AT)
        assert connection.sql("select count(tier) from results").fetchall() == [(2,)]


def test_the_examples_hold():
    assert doctest.testmod(tm).failed == 0
    assert doctest.testmod(tm.polars).failed == 0


def test_the_readme_runs_as_it_stands(tmp_path):
    readme = (pathlib.Path(__file__).parents[1] / "README.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    ran = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "high" in ran.stdout


def test_importing_needs_nothing_else():
    code = "import sys, threshold_matrix; print(*[name for name in ('numpy', 'pandas', 'pyarrow', 'polars') if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""
