#!/usr/bin/env bash
# `mapInArrow` of Spark takes the columns of a batch by their position and does not look at their names: two columns of one type that a function gives in
# another order than the declared one are exchanged, without a word. A decimal with more places than the declared type is rounded, also without a word.
#
# Packages: pyspark 4.3.0, pyarrow 26.0.1 (PyPI); Java 17 or later. Seen: `low` and `high` change places; 6.995 declared `decimal(9,2)` becomes 7.00. Exits
# with another status if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pyspark==4.3.0 pyarrow==26.0.1 pandas
cd "$folder"
PYSPARK_PYTHON="$folder/venv/bin/python" "$folder/venv/bin/python" - <<'PYTHON' 2> /dev/null
from decimal import Decimal

import pyarrow
from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
one = spark.range(1)


def exchanged(batches):
    for _ in batches:
        yield pyarrow.RecordBatch.from_pydict({"high": [75], "low": [10]})


def finer(batches):
    for _ in batches:
        yield pyarrow.RecordBatch.from_arrays([pyarrow.array([Decimal("6.995")], pyarrow.decimal128(9, 3))], ["score"])


row = one.mapInArrow(exchanged, "low long, high long").collect()[0]
print("given low 10 and high 75:", row)
score = one.mapInArrow(finer, "score decimal(9,2)").collect()[0]["score"]
print("given 6.995:", score)
assert (row["low"], row["high"]) == (75, 10) and score == Decimal("7.00")
PYTHON
