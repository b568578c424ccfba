"""Times a cohort whose dated events stand in a file of their own, beside the same rules by hand in Polars and in DuckDB, with one thread each.

    pip install polars duckdb pyarrow numpy
    cargo build --release -p threshold-matrix-cli --features full
    python3 benches/events.py target/release/threshold-matrix 1000000 20 parquet 3

The arguments are the program, how many people there are, how many events each has on average, the kind of the files (`parquet` or `csv`), and how many
rounds are run. The people are made up for `matac`: records of domestic abuse of five years, each with a victim and what the person is on it. The three
must find the same people. A round runs each of the three once, in turn; the medians are told, with the most memory that each took.
"""

import datetime
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import pyarrow
import pyarrow.csv
import pyarrow.parquet

AS_AT = datetime.date(2026, 11, 29)
FIRST = datetime.date(2023, 11, 29)
"""The first day that counts."""
ROLES = numpy.array(["suspect", "offender", "other"])
CHUNK = 1_000_000
DAY = numpy.timedelta64(1, "D")

POLARS = f"""
import polars, sys
people, events, out = sys.argv[1:]
kind = people.rsplit(".", 1)[1]
scan = polars.scan_parquet if kind == "parquet" else lambda path: polars.scan_csv(path, try_parse_dates=True)
as_at, first = polars.date({AS_AT.year}, {AS_AT.month}, {AS_AT.day}), polars.date({FIRST.year}, {FIRST.month}, {FIRST.day})
counted = scan(events).filter(polars.col("date").is_between(first, as_at) & polars.col("role").is_in(["suspect", "offender"]))
counted = counted.group_by("id").agg(polars.col("record").n_unique().alias("records"), polars.col("victim").n_unique().alias("victims"))
born = polars.col("born")
had_birthday = born.dt.month().cast(polars.Int32) * 100 + born.dt.day() <= {AS_AT.month * 100 + AS_AT.day}
age = {AS_AT.year} - born.dt.year() - polars.when(had_birthday).then(0).otherwise(1)
is_serial = (age >= 16) & (polars.col("records").fill_null(0) >= 2) & (polars.col("victims").fill_null(0) >= 2)
found = scan(people).join(counted, on="id", how="left", maintain_order="left")
found = found.select("id", tier=polars.when(is_serial).then(polars.lit("serial_perpetrator")))
(found.sink_parquet if kind == "parquet" else found.sink_csv)(out, engine="streaming")
"""

DUCKDB = f"""
import duckdb, sys
people, events, out = sys.argv[1:]
duckdb.sql("set threads = 1")
duckdb.sql(f'''
copy (
  with counted as (
    select id, count(distinct record) as records, count(distinct victim) as victims from '{{events}}'
    where date between date '{FIRST}' and date '{AS_AT}' and role in ('suspect', 'offender') group by id
  )
  select p.id, case when date_diff('year', born, date '{AS_AT}') - (strftime(born, '%m%d') > '{AS_AT:%m%d}')::int >= 16
    and coalesce(records, 0) >= 2 and coalesce(victims, 0) >= 2 then 'serial_perpetrator' end as tier
  from '{{people}}' p left join counted using (id)
) to '{{out}}'
''')
"""


def written(folder, name, kind, chunks):
    """Writes tables to a file, one after another, and returns its path."""
    path, writer = folder / f"{name}.{kind}", None
    for table in chunks:
        if writer is None:
            writer = (pyarrow.parquet.ParquetWriter if kind == "parquet" else pyarrow.csv.CSVWriter)(path, table.schema)
        writer.write_table(table)
    writer.close()
    return str(path)


def people(count, chance):
    for at in range(0, count, CHUNK):
        numbers = numpy.arange(at, min(at + CHUNK, count))
        born = numpy.datetime64("2012-06-01") - chance.integers(0, 18_000, len(numbers)) * DAY
        yield pyarrow.table({"id": [f"p{number}" for number in numbers], "born": born})


def events(count, among, chance):
    for at in range(0, count, CHUNK):
        size = min(CHUNK, count - at)
        who = chance.integers(0, among, size)
        yield pyarrow.table(
            {
                "id": [f"p{number}" for number in who],
                "date": numpy.datetime64(AS_AT) - chance.integers(0, 1826, size) * DAY,
                "record": [f"r{number}" for number in range(at, at + size)],
                "victim": [f"v{number}" for number in who * 3 + chance.integers(0, 3, size)],
                "role": ROLES[chance.choice(3, size, p=[0.2, 0.05, 0.75])],
            }
        )


def run(command):
    """Runs a command, and returns its seconds and its peak memory in MiB."""
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as told:
        child = subprocess.Popen(command, stdout=told, stderr=told, env={**os.environ, "POLARS_MAX_THREADS": "1"})
        # What the system tells of an ended child has the memory of this process in it, which it was made of.
        status, peak = pathlib.Path(f"/proc/{child.pid}/status"), 0
        while child.poll() is None:
            for line in status.read_text().splitlines():
                if line.startswith("VmHWM:"):
                    peak = int(line.split()[1])
            time.sleep(0.02)
        seconds = time.monotonic() - began
        if child.returncode:
            told.seek(0)
            sys.exit(told.read())
    return seconds, peak / 1024


def serial(path):
    """Returns the people of a file who are serial perpetrators."""
    if path.endswith("parquet"):
        table = pyarrow.parquet.read_table(path, columns=["id", "tier"])
    else:
        table = pyarrow.csv.read_csv(path)
    rows = zip(table["id"].to_pylist(), table["tier"].to_pylist(), strict=True)
    return {own for own, tier in rows if tier == "serial_perpetrator"}


def main(program, count, each, kind, rounds):
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)
        chance = numpy.random.default_rng(7)
        own = written(folder, "people", kind, people(count, chance)), written(folder, "events", kind, events(count * each, count, chance))
        columns = folder / "columns.yaml"
        columns.write_text("events: { abuse: { complete: true } }\n")
        ours = [program, "rescore", "--matrix", "matac", "--cohort", own[0], "--events", f"abuse={own[1]}", "--columns", str(columns), "--as-at", str(AS_AT)]
        if kind == "parquet":
            ours += ["--threads", "1"]
        ways = {
            "threshold-matrix": lambda out: [*ours, "--out", out],
            "Polars by hand": lambda out: [sys.executable, "-c", POLARS, *own, out],
            "DuckDB by hand": lambda out: [sys.executable, "-c", DUCKDB, *own, out],
        }
        took = {way: [] for way in ways}
        found = {}
        for _ in range(rounds):
            for way, command in ways.items():
                out = str(folder / f"{way.split()[0]}.{kind}")
                pathlib.Path(out).unlink(missing_ok=True)
                took[way].append(run(command(out)))
                found[way] = serial(out)
        if len({frozenset(own) for own in found.values()}) != 1:
            sys.exit(f"they differ: { {way: len(own) for way, own in found.items()} }")
        print(f"{count:,} people with {count * each:,} events, {kind}: {len(next(iter(found.values()))):,} are serial perpetrators")
        best = min(statistics.median(seconds for seconds, _ in runs) for way, runs in took.items() if way != "threshold-matrix")
        for way, runs in took.items():
            seconds = statistics.median(seconds for seconds, _ in runs)
            print(f"{way:<18} {seconds:7.2f} s {max(memory for _, memory in runs):7.0f} MiB  {best / seconds:5.2f} x the best by hand")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
