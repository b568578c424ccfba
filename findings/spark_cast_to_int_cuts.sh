#!/usr/bin/env bash
# `cast(2.5 as int)` is 3 in DuckDB and 2 in Spark, so that SQL which casts a number before it compares it puts the same person into different bands.
#
# Packages: pyspark 4.3.0, duckdb 2.0.1 (PyPI); Java 17 or later. Seen: 3 in DuckDB, 2 in Spark. Exits with another status if that changes.
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
query = "SELECT CAST(2.5 AS int)"
in_spark, in_duckdb = spark.sql(query).collect()[0][0], duckdb.sql(query).fetchall()[0][0]
print("DuckDB:", in_duckdb, "Spark:", in_spark)
assert (in_duckdb, in_spark) == (3, 2)
PYTHON
