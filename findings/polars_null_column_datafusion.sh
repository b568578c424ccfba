#!/usr/bin/env bash
# Polars gives a column in which nothing is written over the Arrow stream interface with one buffer, where the interface has none for that type. The
# readers in Rust take the count of buffers at its word: DataFusion refuses the whole frame, though PyArrow reads it, and though the same frame with that
# column as texts is read by both.
#
# Packages: polars 2.1.0, datafusion 55.0.0, pyarrow 26.0.1 (PyPI). Seen: PyArrow reads two rows; DataFusion says that the type `Null` expects no buffer.
# Exits with another status if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q polars==2.1.0 datafusion==55.0.0 pyarrow==26.0.1
"$folder/venv/bin/python" - <<'PYTHON'
import datafusion
import polars
import pyarrow

people = polars.DataFrame({"arrests": [1, 2], "mappa_level": [None, None]})
read = pyarrow.table(people)
print("PyArrow:", read.num_rows, "rows,", read.schema.field("mappa_level").type)

context = datafusion.SessionContext()
texts = context.from_arrow(people.with_columns(polars.col("mappa_level").cast(polars.String))).count()
print("DataFusion, as texts:", texts, "rows")
try:
    said = f"{context.from_arrow(people).count()} rows"
except Exception as error:
    said = str(error)
print("DataFusion, as it is:", said)
assert read.num_rows == texts == 2 and "Null" in said and "buffer" in said
PYTHON
