#!/usr/bin/env bash
# Spark does not take a dictionary or an unsigned number of any size from `mapInArrow`, whatever type is declared. An Arrow table with an unsigned column does
# not become a data frame either, while one with a dictionary does. So texts that Polars or pandas hold as categories, and small counts, are spread or widened first.
#
# Packages: pyspark 4.3.0, pyarrow 26.0.1 (PyPI); Java 17 or later. Seen: `Cannot call the method "getUTF8String"` for a dictionary, `Unsupported arrow type
# Int(16, false)` for an unsigned number of 16 bits. Exits with another status if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pyspark==4.3.0 pyarrow==26.0.1 pandas
cd "$folder"
PYSPARK_PYTHON="$folder/venv/bin/python" "$folder/venv/bin/python" - <<'PYTHON' 2> /dev/null
import pyarrow as pa
from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()


def told(run):
    try:
        return run()
    except Exception as error:
        return str(error).strip().splitlines()[0]


def mapped(values, declared):
    def given(batches):
        for _ in batches:
            yield pa.RecordBatch.from_arrays([values], ["v"])

    return told(lambda: spark.range(1).mapInArrow(given, f"v {declared}").collect()[0][0])


def framed(values):
    return told(lambda: spark.createDataFrame(pa.table({"v": values})).collect()[0][0])


texts = pa.array(["low"]).dictionary_encode()
print("a dictionary: mapped", mapped(texts, "string"), "| as a frame:", framed(texts))
assert "getUTF8String" in mapped(texts, "string") and framed(texts) == "low"
for bits, kind in ((8, pa.uint8()), (16, pa.uint16()), (32, pa.uint32()), (64, pa.uint64())):
    values = pa.array([7], kind)
    print(f"{kind}: mapped", mapped(values, "long"), "| as a frame:", framed(values))
    assert f"Int({bits}, false)" in mapped(values, "long") and "is not supported" in framed(values)
PYTHON
