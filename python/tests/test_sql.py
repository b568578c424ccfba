"""A matrix as SQL, held to the scorer on real engines: every result is the same, or the row is marked as one that needs the scorer.

PostgreSQL is tried where `THRESHOLD_MATRIX_POSTGRES` says how to connect, and generated matrices where `THRESHOLD_MATRIX_GENERATED` names their file
(`cargo run -p threshold-matrix-test-kit --example generated -- 200 12`). `THRESHOLD_MATRIX_SQL_PROFILES` says how many people each shipped matrix is tried with;
`check.sh` tries a thousand, and 100,000 are a run of its own:

    THRESHOLD_MATRIX_SQL_PROFILES=100000 python -m pytest tests/test_sql.py -k every_shipped_matrix
"""

import datetime
import functools
import json
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import datafusion
import duckdb
import pyarrow as pa
import pytest
import threshold_matrix as tm
from small import AS_AT, TEXT

Rows = list[dict[str, Any]]
POSTGRES = os.environ.get("THRESHOLD_MATRIX_POSTGRES")
GENERATED = os.environ.get("THRESHOLD_MATRIX_GENERATED")
COUNT = int(os.environ.get("THRESHOLD_MATRIX_SQL_PROFILES", "1000"))


def of_duckdb(sql: str, table: pa.Table) -> Rows:
    with duckdb.connect() as connection:
        connection.register("cohort", table)
        return connection.sql(sql).to_arrow_table().to_pylist()


def of_datafusion(sql: str, table: pa.Table) -> Rows:
    context = datafusion.SessionContext()
    context.from_arrow(table, name="cohort")
    return pa.table(context.sql(sql)).to_pylist()


def of_sqlite(sql: str, table: pa.Table) -> Rows:
    def plain(value: Any) -> Any:
        match value:
            case Decimal():
                return float(value)
            case bool():
                return int(value)
            case datetime.date():
                return value.isoformat()
            case list():
                return "|".join(value)
        return value

    names = table.column_names
    with sqlite3.connect(":memory:") as connection:
        connection.execute(f"create table cohort ({', '.join(json.dumps(name) for name in names)})")
        rows = [[plain(row[name]) for name in names] for row in table.to_pylist()]
        connection.executemany(f"insert into cohort values ({', '.join('?' * len(names))})", rows)
        cursor = connection.execute(sql)
        return [dict(zip([column[0] for column in cursor.description], row, strict=True)) for row in cursor]


def of_postgres(sql: str, table: pa.Table) -> Rows:
    import psycopg
    from psycopg.rows import dict_row

    types = {"int64": "bigint", "bool": "boolean", "date32[day]": "date", "string": "text", "list<item: string>": "text[]"}
    columns = ", ".join(f'"{field.name}" {types.get(str(field.type), "numeric")}' for field in table.schema)
    with psycopg.connect(POSTGRES or "", row_factory=dict_row) as connection:
        connection.execute(f"create temporary table cohort ({columns}) on commit drop")
        with connection.cursor().copy("copy cohort from stdin") as copy:
            for row in table.to_pylist():
                copy.write_row(list(row.values()))
        return connection.execute(sql).fetchall()


ENGINES: dict[str, Callable[[str, pa.Table], Rows]] = {"duckdb": of_duckdb, "datafusion": of_datafusion, "sqlite": of_sqlite}
if POSTGRES:
    ENGINES["postgres"] = of_postgres


def table_of(matrix: tm.Matrix, people: Rows) -> pa.Table:
    types = {"integer": pa.int64(), "boolean": pa.bool_(), "date": pa.date32(), "set": pa.list_(pa.string())}
    columns = {"id": pa.array(range(len(people)), pa.int64())}
    for described in matrix.inputs:
        own = pa.decimal128(18, described["places"]) if described["kind"] == "decimal" else types.get(described["kind"], pa.string())
        columns[described["name"]] = pa.array([person.get(described["name"]) for person in people], own)
    return pa.table(columns)


def is_same(one: Any, other: Any) -> bool:
    if one is None or other is None or isinstance(one, str):
        return one == other
    # Truths and numbers of SQLite are numbers, of which the nearest to each decimal is one alone.
    return float(one) == float(other)


def agrees(engine: str, matrix: tm.Matrix, people: Rows, as_at: Any) -> dict[str, int]:
    table = table_of(matrix, people)
    sql = matrix.to_sql(engine, as_at=as_at, points=True)
    given = sorted(ENGINES[engine](sql, table), key=lambda row: row["id"])
    scored = matrix.score_table(table, as_at=as_at, points=True).to_arrow().to_pylist()
    assert len(given) == len(scored) == len(people)
    counts = {"settled": 0, "needs_scorer": 0, "refused": 0}
    for row, ours, person in zip(given, scored, people, strict=True):
        if row["needs_scorer"]:
            counts["needs_scorer"] += 1
            assert any(person.get(described["name"]) is None for described in matrix.inputs)
            continue
        assert (row["error"] is None) == (ours["error"] is None), (row["error"], ours["error"], person)
        counts["settled" if row["error"] is None else "refused"] += 1
        for name in row.keys() - {"id", "as_at", "needs_scorer", "error"}:
            # Where an override replaced a score, the scorer does not show the points that it was made of.
            if name.startswith("points.") and ours[name] is None:
                continue
            assert is_same(row[name], ours[name]), (name, row[name], ours[name], person)
    return counts


def people_at_edges(matrix: tm.Matrix, count: int) -> Rows:
    """Return made-up people, many of them with gaps, and with values at and beside the ends of ranges and windows."""
    choices = random.Random(20_261_205)
    people = matrix.sample(count, as_at=AS_AT, seed=5)
    for number, person in enumerate(people):
        for described in matrix.inputs:
            name, kind = described["name"], described["kind"]
            if number % 3 == 0 and choices.random() < 0.05:
                person[name] = None
            if number % 2 == 0 or choices.random() > 0.1:
                continue
            if kind == "integer":
                least, most = int(described["from"]), int(described["to"])
                person[name] = choices.choice([least, most, least - 1, most + 1, (least + most) // 2])
            elif kind == "decimal":
                least, most = Decimal(described["from"]), Decimal(described["to"])
                person[name] = choices.choice([least, most, Decimal("6.90"), Decimal("6.99"), Decimal(3)])
            elif kind == "category":
                person[name] = choices.choice([*described["values"], "nonsense"])
            elif kind == "set":
                person[name] = choices.choice([[], described["values"], [*described["values"][:1], "nonsense"]])
            elif kind == "date":
                days = choices.choice([0, 1, 27, 28, 29, 30, 31, 89, 90, 91, 92, 182, 183, 364, 365, 366, 384, 385, 386, 731, 1096])
                person[name] = AS_AT - datetime.timedelta(days=days)
    return people


@pytest.mark.parametrize("name", tm.matrices())
@pytest.mark.parametrize("engine", ENGINES)
def test_every_shipped_matrix_gives_the_same(engine: str, name: str) -> None:
    matrix = tm.Matrix.open(name)
    counts = agrees(engine, matrix, people_at_edges(matrix, COUNT), AS_AT)
    assert counts["settled"] > COUNT // 5 and counts["refused"] > COUNT // 100


def typed(matrix: tm.Matrix, person: dict[str, Any]) -> dict[str, Any]:
    """Return a profile of JSON with the values that a table has."""
    kinds = {described["name"]: described["kind"] for described in matrix.inputs}
    read = {"decimal": Decimal, "date": datetime.date.fromisoformat, "level": str, "category": str}
    return {name: read.get(kinds[name], lambda own: own)(value) for name, value in person.items()}


@functools.cache
def boundary_examples(name: str) -> list[dict[str, Any]]:
    """Return the examples on both sides of each cut-off, which `check --tests` writes."""
    check = [sys.executable, "-m", "threshold_matrix", "check", name, "--tests=jsonl", "--as-at", str(AS_AT)]
    lines = subprocess.run(check, check=True, capture_output=True, text=True).stdout.splitlines()
    return [json.loads(line, parse_float=Decimal) for line in lines]


# These two have no scores, and so an example for each of their results alone.
RESULTS_ALONE = {"matac": 2, "totting-up": 4}


@pytest.mark.parametrize("name", tm.matrices())
@pytest.mark.parametrize("engine", ENGINES)
def test_the_examples_at_each_cut_off_give_the_same(engine: str, name: str) -> None:
    matrix = tm.Matrix.open(name)
    examples = boundary_examples(name)
    counts = agrees(engine, matrix, [typed(matrix, example["profile"]) for example in examples], AS_AT)
    assert counts == {"settled": len(examples), "needs_scorer": 0, "refused": 0}
    assert len(examples) >= RESULTS_ALONE.get(matrix.id, 5)


def generated() -> Iterator[tuple[tm.Matrix, Rows, str]]:
    for line in Path(GENERATED or "").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        matrix = tm.Matrix.from_yaml(case["yaml"])
        yield matrix, [typed(matrix, json.loads(text, parse_float=Decimal)) for text in case["profiles"]], case["as_at"]


@pytest.mark.skipif(not GENERATED, reason="THRESHOLD_MATRIX_GENERATED does not name a file of generated matrices")
@pytest.mark.parametrize("engine", ENGINES)
def test_generated_matrices_give_the_same(engine: str) -> None:
    settled = sum(agrees(engine, *case)["settled"] for case in generated())
    assert settled > 200


def test_each_row_at_its_own_date() -> None:
    matrix = tm.Matrix.open("iom-threshold@1.1.0")
    days = [AS_AT - datetime.timedelta(days=days) for days in range(0, 800)]
    person = matrix.sample(1, as_at=AS_AT)[0] | {"last_charged": datetime.date(2024, 2, 29), "assessed_on": datetime.date(2024, 1, 31)}
    people = [person | {"ogrs3": 74, "previous_convictions": 21} for _ in days]
    table = table_of(matrix, people).append_column("as_at", pa.array(days, pa.date32()))
    for engine, run in ENGINES.items():
        dates = [str(day) for day in days] if engine == "sqlite" else days
        rows = run(matrix.to_sql(engine), table.set_column(table.num_columns - 1, "as_at", [pa.array(dates)]))
        rows = sorted(rows, key=lambda row: row["id"])
        for row, own, day in zip(rows, people, days, strict=True):
            try:
                outcome = matrix.score(own, as_at=day)
            except tm.Refused:
                assert row["error"], (engine, day)
                continue
            assert row["needs_scorer"] or (row["tier"] == outcome.tier and row["error"] is None), (engine, day)


def test_sets_as_columns_of_truths() -> None:
    matrix = tm.Matrix.from_yaml(TEXT)
    people = matrix.sample(300, as_at=AS_AT)
    columns = {"id": range(300)} | {name: [person[name] for person in people] for name in people[0] if name != "markers"}
    for member in ("weapons", "stalking"):
        columns[f"markers.{member}"] = [None if person["markers"] is None else member in person["markers"] for person in people]
    with duckdb.connect() as connection:
        connection.register("cohort", pa.table(columns))
        rows = connection.sql(matrix.to_sql("duckdb", as_at=AS_AT, member_columns=True)).to_arrow_table().to_pylist()
    listed = of_duckdb(matrix.to_sql("duckdb", as_at=AS_AT), table_of(matrix, people))
    assert [row["tier"] for row in rows] == [row["tier"] for row in listed]
    assert any(row["flag.armed"] for row in rows)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("arrests", 61, "`arrests` is outside 0 to 60"),
        ("arrests", None, "`arrests` is missing"),
        ("arrests", 2.5, "`arrests` is not a whole number"),
        ("rsr", Decimal("6.905"), "`rsr` has more than 2 decimal places"),
        ("rsr", 6.905, "`rsr` has more than 2 decimal places"),
        ("rsr", 1e300, "`rsr` is outside 0 to 100"),
        ("rosh", "hihg", "`rosh` is not one of its values"),
        ("markers", ["weapons", None], "`markers` has a member that is not one of its values"),
        ("charged", datetime.date(2200, 1, 1), "`charged` is outside"),
    ],
)
def test_a_row_that_is_refused_says_why(column: str, value: Any, told: str) -> None:
    matrix = tm.Matrix.from_yaml(TEXT)
    person = {"id": 1, "arrests": 3, "rsr": Decimal("6.90"), "rosh": "low", "area": "north", "gang": False, "markers": ["weapons"], "charged": AS_AT}
    table = pa.table({name: [own] for name, own in (person | {column: value}).items()})
    if value is None:
        table = table.set_column(table.column_names.index(column), column, [pa.nulls(1, pa.int64())])
    [row] = of_duckdb(matrix.to_sql("duckdb", as_at=AS_AT), table)
    assert told in row["error"] and row["risk.score"] is None and row["tier"] is None


def test_floating_point_numbers_are_read_as_the_decimals_that_they_stand_for() -> None:
    matrix = tm.Matrix.from_yaml(TEXT)
    ratings = [float(Decimal(hundredths) / 100) for hundredths in range(0, 10_001)]
    people = [{"arrests": 0, "rsr": rating, "rosh": "low", "gang": False} for rating in ratings]
    table = table_of(matrix, [person | {"rsr": None} for person in people])
    table = table.set_column(table.column_names.index("rsr"), "rsr", [pa.array(ratings)])
    for engine in ("duckdb", "sqlite"):
        rows = ENGINES[engine](matrix.to_sql(engine, as_at=AS_AT, points=True), table)
        assert sum(row["error"] is not None for row in rows) == 0
        assert sum(row["points.rsr"] == 3 for row in rows) == 10_001 - 690


def test_what_a_dialect_cannot_say_is_named() -> None:
    matrix = tm.Matrix.from_yaml(TEXT)
    with pytest.raises(ValueError, match="there is no dialect `oracle`"):
        matrix.to_sql("oracle")
    long = tm.Matrix.from_yaml(TEXT.replace("arrests", "a" * 60))
    with pytest.raises(ValueError, match="longer than 63 bytes"):
        long.to_sql("postgres")
