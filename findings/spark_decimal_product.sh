#!/usr/bin/env bash
# A product of decimals loses digits in Spark, without a word, where its type would need more than 38 digits: Spark gives up decimal places first, down to six
# of them. DuckDB keeps all of them. So a matrix as SQL compares whole numbers of the last decimal place, and multiplies no decimal by another.
#
# Packages: pyspark 4.3.0, duckdb 2.0.1 (PyPI); Java 17 or later. Seen: 0.123456789 times 1 is 0.123457 in Spark and 0.12345678900 in DuckDB. Exits with
# another status if that changes.
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
query = "SELECT CAST('0.123456789' AS decimal(30, 9)) * CAST('1' AS decimal(20, 2)) AS product"
in_spark, in_duckdb = spark.sql(query).collect()[0][0], duckdb.sql(query).fetchall()[0][0]
print("DuckDB:", in_duckdb, "Spark:", in_spark)
assert (str(in_duckdb), str(in_spark)) == ("0.12345678900", "0.123457")
PYTHON
