#!/usr/bin/env bash
# Spark refuses a query of fifty common table expressions that each add a column to the one before (`SELECT *, … FROM before`): its analyser goes over the
# query twice for each and gives up after a hundred times, whatever the size of the data. Forty-five are taken. DuckDB takes five hundred.
#
# Packages: pyspark 4.3.0, duckdb 2.0.1 (PyPI); Java 17 or later. Seen: `Max iterations (100) reached for batch Resolution` with 50 parts, a result with 45.
# Exits with another status if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pyspark==4.3.0 duckdb==2.0.1
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON' 2> /dev/null
import duckdb
from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()


def chain(parts: int) -> str:
    steps = ["part_0 AS (SELECT 1 AS c0)"]
    steps += [f"part_{n} AS (SELECT *, c{n - 1} + 1 AS c{n} FROM part_{n - 1})" for n in range(1, parts)]
    return f"WITH {', '.join(steps)} SELECT c{parts - 1} FROM part_{parts - 1}"


taken = spark.sql(chain(45)).collect()[0][0]
print("Spark, 45 parts:", taken)
try:
    spark.sql(chain(50)).collect()
    refused = "no"
except Exception as error:
    refused = str(error)
print("Spark, 50 parts:", refused.splitlines()[1][:110] if "\n" in refused else refused)
many = duckdb.sql(chain(500)).fetchall()[0][0]
print("DuckDB, 500 parts:", many)
assert taken == 45 and "Max iterations (100) reached" in refused and many == 500
PYTHON
