#!/usr/bin/env bash
# The order of an enumeration of Polars does not reach another engine through Parquet: DuckDB reads plain texts, and compares them by the alphabet. A rule
# "above medium" that holds of `high` and `very_high` in Polars holds of `very_high` alone in DuckDB.
#
# Packages: polars 2.1.0, duckdb 2.0.1 (PyPI). Seen: `> 'medium'` is true of high and very_high in Polars, and of very_high alone in DuckDB, whose column
# is VARCHAR. Exits with another status if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q polars==2.1.0 duckdb==2.0.1
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import duckdb
import polars

levels = ["low", "medium", "high", "very_high"]
people = polars.DataFrame({"rosh": polars.Series(levels, dtype=polars.Enum(levels))})
people.write_parquet("people.parquet")
in_polars = people.filter(polars.col("rosh") > "medium")["rosh"].cast(polars.String).to_list()
print("above medium in Polars:", in_polars)
in_duckdb = [row[0] for row in duckdb.sql("select rosh from 'people.parquet' where rosh > 'medium'").fetchall()]
kind = duckdb.sql("select distinct typeof(rosh) from 'people.parquet'").fetchall()[0][0]
print("above medium in DuckDB:", in_duckdb, "of the type", kind)
assert in_polars == ["high", "very_high"] and in_duckdb == ["very_high"] and kind == "VARCHAR"
PYTHON
