#!/usr/bin/env bash
# DuckDB's `datesub('year', …)` counts a person who was born on 29 February as a year older on 28 February already, where the calendar of Java, in which
# probation services count ages, waits until 1 March. A threshold at 18 falls on another day.
#
# Package: duckdb 2.0.1 (PyPI). Seen: from 29 February 2008 to 28 February 2026 are 18 years, to 27 February 17; from 31 January to 28 February is 1 month.
# Exits with another status if that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q duckdb==2.0.1
"$folder/venv/bin/python" - <<'PYTHON'
import duckdb

def between(unit, first, second):
    ((count,),) = duckdb.sql(f"select datesub('{unit}', date '{first}', date '{second}')").fetchall()
    print(f"{unit}s from {first} to {second}: {count}")
    return count

seen = [
    between("year", "2008-02-29", "2026-02-27"),
    between("year", "2008-02-29", "2026-02-28"),
    between("month", "2026-01-31", "2026-02-28"),
]
assert seen == [17, 18, 1]
PYTHON
