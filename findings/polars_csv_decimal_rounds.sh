#!/usr/bin/env bash
# Polars reads a cell of CSV that has more decimal places than the decimal column it is read into, and rounds it without a word, so that a score just
# below a cut-off is on it: 6.995 becomes 7.00. PyArrow refuses the same cell for the same type.
#
# Packages: polars 2.1.0, pyarrow 26.0.1 (PyPI). Seen: Polars gives 7.00; PyArrow says that data would be lost. Exits with another status if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q polars==2.1.0 pyarrow==26.0.1
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
from decimal import Decimal

import polars
import pyarrow
import pyarrow.csv

with open("people.csv", "w") as file:
    file.write("rsr\n6.995\n")
(polars_read,) = polars.read_csv("people.csv", schema_overrides={"rsr": polars.Decimal(9, 2)})["rsr"]
print("Polars, into two places:", polars_read)
options = pyarrow.csv.ConvertOptions(column_types={"rsr": pyarrow.decimal128(9, 2)})
try:
    said = pyarrow.csv.read_csv("people.csv", convert_options=options)["rsr"][0].as_py()
except pyarrow.ArrowInvalid as error:
    said = error
print("PyArrow, into two places:", said)
assert polars_read == Decimal("7.00") and isinstance(said, pyarrow.ArrowInvalid)
PYTHON
