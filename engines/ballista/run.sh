#!/usr/bin/env bash
# Scores a folder of Parquet files by a scheduler and two executors on this machine, and holds the outcomes to those of DataFusion alone, row for row:
# `run.sh COHORT [MATRIX] [DATE]`. With END_ONE=3, one executor is ended as soon as it has begun its third file, and the outcomes must be the same.
# With EXECUTORS=1 there is only one. At the end an executor that has another content under the same version is asked, and must refuse.
#
# It needs `threshold-matrix-ballista` and the example `cohort` in TARGET, and a Python with pyarrow as PYTHON.
set -euo pipefail
cohort="$1" matrix="${2:-hmpps-utm@2.0.0}" date="${3:-2026-12-05}"
here="$(cd "$(dirname "$0")/.." && pwd)"
target="${TARGET:-${CARGO_TARGET_DIR:-$here/target}/release}" python="${PYTHON:-python3}" port="${PORT:-50150}"
work="$(mktemp -d)"
started=()
trap 'kill "${started[@]}" 2> /dev/null || true; wait 2> /dev/null || true; rm -rf "$work"' EXIT
ballista="$target/threshold-matrix-ballista"
cp -r "$here/../matrices" "$work/matrices"

start() { "$ballista" --matrices "$1" --port "$port" "${@:2}" > "$work/log-${#started[@]}" 2>&1 & started+=($!); }
score() { "$ballista" --matrices "$work/matrices" --port "$port" score --matrix "$matrix" --as-at "$date" --cohort "$cohort" --out "$1" "${@:2}"; }
whole() { find "$work/ballista" -name '*.parquet' | wc -l; }
start "$work/matrices" scheduler
sleep 1
for number in $(seq "${EXECUTORS:-2}"); do
    mkdir "$work/executor-$number"
    start "$work/matrices" executor --own-port $((port + 10 * number)) --work "$work/executor-$number"
done
sleep 2
mkdir "$work/ballista"
files="$(find "$cohort" -name '*.parquet' | wc -l)"
if [ -n "${END_ONE:-}" ]; then
    (
        # What an executor works out of a file lies in a folder of its own while others fetch it.
        while [ "$(find "$work/executor-1" -type f | wc -l)" -lt "$END_ONE" ]; do sleep 0.01; done
        kill -9 "${started[1]}"
        whole > "$work/whole"
    ) &
    ending=$!
fi
score "$work/ballista" | tee "$work/said"
if [ -n "${END_ONE:-}" ]; then
    wait "$ending"
    echo "an executor was ended when $(cat "$work/whole") of $files files were whole"
    [ "$(cat "$work/whole")" -lt "$files" ]
fi
[ "$(whole)" = "$files" ] && [ "$(find "$work/ballista" -type f | wc -l)" = "$files" ]
"$target/examples/cohort" "$cohort/" "$matrix" "$date" 2 "$work/datafusion/"
"$python" - "$cohort" "$work/ballista" "$work/datafusion" <<'PYTHON'
import sys
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

# Column by column, so that twenty million people fit in memory.
cohort, ours, own = sys.argv[1:]
for file in Path(cohort).glob("*.parquet"):
    ids, outcomes = (pq.read_table(folder / file.name, columns=["id"])["id"] for folder in (file.parent, Path(ours)))
    assert ids.equals(outcomes), f"{file.name}: the rows are not in the order of the people"
names = pq.read_schema(next(iter(Path(own).glob("*.parquet")))).names
places = [pc.sort_indices(pq.read_table(folder, columns=["id"])["id"]) for folder in (ours, own)]
for name in names:
    columns = []
    for folder, place in zip((ours, own), places):
        column = pq.read_table(folder, columns=[name])[name].combine_chunks()
        if "list" in str(column.type):
            columns.append((pc.list_value_length(column).take(place), pc.list_flatten(column.take(place)).cast("string")))
        else:
            columns.append((column.cast("string").take(place),))
    assert all(one.equals(other) for one, other in zip(*columns)), name
print(f"the same as DataFusion alone, row for row: {len(places[0])} people, {len(names)} columns")
PYTHON

# Another content under the same version.
file="$work/other/${matrix%@*}/${matrix#*@}.yaml"
cp -r "$work/matrices" "$work/other"
sed -i '0,/^title:.*/s//title: Changed/' "$file"
kill "${started[@]:1}" 2> /dev/null || true
sleep 4
mkdir "$work/executor-other"
start "$work/other" executor --own-port $((port + 60)) --work "$work/executor-other"
sleep 9
if score "$work/refused" --tries 1 > "$work/said" 2>&1; then
    echo "an executor with another content was not refused" && exit 1
fi
# The client is told that the executor rejected its part, and the executor says why.
tail -3 "$work/said"
grep -h "the query asks for" "$work"/log-* | head -1
[ -z "$(find "$work/refused" -type f)" ]
