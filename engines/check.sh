#!/usr/bin/env bash
# Tests the crate for DataFusion, and runs a scheduler and two executors of Ballista on this machine. Everything is built together: DataFusion with other
# features would be built twice.
set -euo pipefail
cd "$(dirname "$0")"
export CARGO_INCREMENTAL=0
target="${CARGO_TARGET_DIR:-$PWD/target}"
cargo fmt --check
cargo test -q --workspace --tests
cargo build -q --workspace --bins --examples

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q pyarrow==26.0.1
"$work/venv/bin/python" - "$work/cohort" <<'PYTHON'
import os
import random
import sys

import pyarrow as pa
import pyarrow.parquet as pq

# Four files of people of a matrix whose other inputs may be missing.
random.seed(20261205)
os.makedirs(sys.argv[1])
levels = ["low", "medium", "high", "very_high", None]
for part in range(4):
    ids = range(part * 5000, part * 5000 + 5000)
    columns = {
        "id": pa.array(ids, pa.int64()),
        "arrests_12m": pa.array([random.randrange(15) for _ in ids], pa.int64()),
        "ogrs3": pa.array([random.choice([None, random.randrange(100)]) for _ in ids], pa.int64()),
        "rosh": pa.array([random.choice(levels) for _ in ids]),
    }
    pq.write_table(pa.table(columns), f"{sys.argv[1]}/part-{part}.parquet")
PYTHON
TARGET="$target/debug" PYTHON="$work/venv/bin/python" ballista/run.sh "$work/cohort" iom-threshold@1.0.0
