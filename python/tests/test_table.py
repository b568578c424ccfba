"""Tables of other libraries: the same results as profile by profile, whatever the types."""

import datetime
import gc
import multiprocessing
import resource
from decimal import Decimal

import datafusion
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import threshold_matrix as tm
from hypothesis import given, settings
from hypothesis import strategies as st
from small import AS_AT, TEXT

SMALL = tm.Matrix.from_yaml(TEXT)

PEOPLE = [
    {"arrests": 12, "rsr": "6.90", "rosh": "low", "area": "north", "gang": False, "markers": ["weapons"], "charged": "2000-02-29"},
    {"arrests": 7, "rsr": None, "rosh": None, "area": None, "gang": True, "markers": [], "charged": None},
    {"arrests": 0, "rsr": "0.01", "rosh": "high", "area": "south", "gang": None, "markers": None, "charged": "1990-01-01"},
    {"arrests": 61, "rsr": "1", "rosh": "low", "area": "north", "gang": False, "markers": None, "charged": None},
]

SCHEMA = pa.schema(
    [
        ("arrests", pa.int64()),
        ("rsr", pa.decimal128(5, 2)),
        ("rosh", pa.string()),
        ("area", pa.string()),
        ("gang", pa.bool_()),
        ("markers", pa.list_(pa.string())),
        ("charged", pa.date32()),
    ]
)


def typed(person):
    rsr, charged = person["rsr"], person["charged"]
    return {
        **person,
        "rsr": None if rsr is None else Decimal(rsr),
        "charged": None if charged is None else datetime.date.fromisoformat(charged),
    }


def arrow(people):
    return pa.Table.from_pylist([typed(person) for person in people], schema=SCHEMA)


def one_by_one(people):
    rows = []
    for person in people:
        try:
            outcome = SMALL.score(person, as_at=AS_AT)
        except tm.Refused:
            rows.append((None, None, None))
            continue
        score = outcome.dimensions["risk"]["score"]
        possible = None if outcome.tier else outcome.possible
        rows.append((outcome.tier, None if score is None else Decimal(score), possible))
    return rows


def by_table(table, **options):
    result = SMALL.score_table(table, as_at=AS_AT, **options).to_arrow()
    rows = []
    for row in result.to_pylist():
        several = row["possible"] if row["possible"] and len(row["possible"]) > 1 else None
        score = row["risk.score"]
        rows.append((row["tier"], None if score is None else Decimal(score), several))
    return rows


EXPECTED = one_by_one(PEOPLE)


def test_the_people_are_of_every_sort():
    assert [row[0] for row in EXPECTED] == ["high", None, "medium", None]
    assert EXPECTED[1][2] and EXPECTED[3][2] is None


@pytest.mark.parametrize(
    "table",
    [
        arrow(PEOPLE),
        arrow(PEOPLE).to_reader(max_chunksize=1),
        arrow(PEOPLE).combine_chunks().to_batches()[0],
        pa.concat_tables([arrow(PEOPLE[:1]), arrow(PEOPLE[1:])]),
        pl.from_arrow(arrow(PEOPLE)),
        pl.from_arrow(arrow(PEOPLE)).with_columns(
            pl.col("rosh").cast(pl.Categorical), pl.col("area").cast(pl.Enum(["north", "south"]))
        ),
        pl.concat([pl.from_arrow(arrow(PEOPLE[:2])), pl.from_arrow(arrow(PEOPLE[2:]))], rechunk=False),
        arrow(PEOPLE).set_column(2, "rosh", arrow(PEOPLE)["rosh"].cast(pa.large_string())),
        arrow(PEOPLE).set_column(2, "rosh", arrow(PEOPLE)["rosh"].cast(pa.string_view())),
        arrow(PEOPLE).set_column(2, "rosh", arrow(PEOPLE)["rosh"].dictionary_encode()),
        arrow(PEOPLE).set_column(1, "rsr", arrow(PEOPLE)["rsr"].cast(pa.float64())),
        arrow(PEOPLE).set_column(1, "rsr", arrow(PEOPLE)["rsr"].cast(pa.decimal256(40, 9))),
        arrow(PEOPLE).set_column(0, "arrests", arrow(PEOPLE)["arrests"].cast(pa.uint8())),
        arrow(PEOPLE).set_column(5, "markers", arrow(PEOPLE)["markers"].cast(pa.large_list(pa.string()))),
        arrow(PEOPLE).set_column(6, "charged", arrow(PEOPLE)["charged"].cast(pa.timestamp("us"))),
    ],
    ids=lambda table: type(table).__name__,
)
def test_every_library_and_type_gives_the_same(table):
    assert by_table(table) == EXPECTED


def test_pandas_gives_the_same():
    frame = pd.DataFrame([typed(person) for person in PEOPLE]).astype({"arrests": "int64"})
    assert by_table(frame) == EXPECTED


def test_duckdb_gives_the_same_and_takes_the_results():
    people = arrow(PEOPLE)
    with duckdb.connect() as connection:
        relation = connection.sql("select * from people")
        assert by_table(relation.to_arrow_table()) == EXPECTED
        scored = SMALL.score_table(people, as_at=AS_AT)
        count = connection.sql("select count(*) from scored where tier = 'high'").fetchall()
    assert count == [(1,)]


def test_datafusion_gives_the_same_and_takes_the_results():
    context = datafusion.SessionContext()
    assert by_table(context.from_arrow(arrow(PEOPLE))) == EXPECTED
    scored = context.from_arrow(SMALL.score_table(arrow(PEOPLE), as_at=AS_AT))
    assert scored.filter(datafusion.col("tier") == datafusion.lit("high")).count() == 1


def test_memory_does_not_grow_with_tables():
    people = pl.from_arrow(arrow(PEOPLE * 50))

    def work(times):
        for _ in range(times):
            SMALL.score_table(people, as_at=AS_AT, threads=2).to_arrow()
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    before = work(100)
    assert work(300) - before < 16 * 1024


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_many_rows_are_in_their_order(threads):
    people = pl.from_arrow(arrow(PEOPLE[:3]))
    many = pl.concat([people] * 70_000)
    result = SMALL.score_table(many, as_at=AS_AT, threads=threads).to_polars()
    assert result["id"].to_list() == list(range(len(many)))
    assert (result["tier"] == "high").sum() == 70_000


def test_a_table_can_be_read_again_and_is_counted():
    scored = SMALL.score_table(arrow(PEOPLE), as_at=AS_AT, points=True)
    with pytest.raises(ValueError, match="not read to their end"):
        scored.report
    assert scored.to_arrow() == scored.to_arrow()
    assert "points.arrests" in scored.columns
    report = scored.report
    assert (report["people"], report["refused"]) == (4, 1)


def test_ids_and_kept_columns_are_those_of_the_table():
    table = pl.from_arrow(arrow(PEOPLE)).with_columns(who=pl.Series(["a", "b", "c", "d"]), team=pl.lit(7))
    result = SMALL.score_table(table, as_at=AS_AT, id="who", keep=["team"]).to_polars()
    assert result["id"].to_list() == ["a", "b", "c", "d"]
    assert result["team"].to_list() == [7, 7, 7, 7]


def test_columns_are_named_as_in_a_columns_file():
    table = pl.DataFrame({"Arrests": ["12", "n/k"], "Gang?": ["Y", "N"]})
    columns = {
        "missing": ["n/k"],
        "columns": {"arrests": "Arrests", "gang": {"column": "Gang?", "truths": {"true": ["Y"], "false": ["N"]}}},
    }
    result = SMALL.score_table(table, as_at=AS_AT, columns=columns).to_polars()
    assert result["error"][0] is None and "`Arrests`" in result["error"][1] or "arrests" in result["error"][1]


def test_columns_that_do_not_fit_are_all_told():
    with pytest.raises(tm.ColumnError) as error:
        SMALL.score_table(pl.DataFrame({"Arrests": [1], "rosh": [b"low"]}).drop("rosh"), as_at=AS_AT)
    assert any("arrests" in problem for problem in error.value.problems)
    with pytest.raises(tm.ColumnError, match="charged"):
        SMALL.score_table(pl.DataFrame({"arrests": [1], "charged": [datetime.time(12)]}), as_at=AS_AT)
    with pytest.raises(TypeError, match="__arrow_c_stream__"):
        SMALL.score_table([1, 2], as_at=AS_AT)


def test_columns_in_which_nothing_is_written_are_missing():
    people = {"arrests": [7, 7], "rosh": [None, None], "markers": [[], []], "gang": [False, False]}
    expected = one_by_one([{"arrests": 7, "gang": False, "markers": []}] * 2)
    assert by_table(pl.DataFrame(people)) == expected
    assert by_table(pl.DataFrame(people).lazy()) == expected
    assert by_table(pa.table(people)) == expected


def test_an_empty_table_has_no_results():
    assert by_table(arrow([])) == []


def child(queue):
    queue.put(by_table(arrow(PEOPLE), threads=2))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_another_process_scores_as_well(method):
    by_table(arrow(PEOPLE), threads=2)
    context = multiprocessing.get_context(method)
    queue = context.Queue()
    process = context.Process(target=child, args=(queue,))
    process.start()
    assert queue.get(timeout=60) == EXPECTED
    process.join()


people = st.fixed_dictionaries(
    {
        "arrests": st.one_of(st.none(), st.integers(-1, 61)),
        "rsr": st.one_of(st.none(), st.decimals(0, 100, places=2).map(str)),
        "rosh": st.sampled_from([None, "low", "medium", "high"]),
        "area": st.sampled_from([None, "north", "south"]),
        "gang": st.sampled_from([None, True, False]),
        "markers": st.one_of(st.none(), st.lists(st.sampled_from(["weapons", "stalking"]), unique=True)),
        "charged": st.one_of(st.none(), st.dates(datetime.date(1950, 1, 1), datetime.date(2026, 12, 5)).map(str)),
    }
)


@settings(max_examples=150, deadline=None)
@given(st.lists(people, min_size=1, max_size=60), st.integers(1, 7), st.sampled_from([1, 2]))
def test_a_table_gives_what_each_profile_gives(cohort, chunk, threads):
    table = arrow(cohort)
    chunks = [table.slice(at, chunk) for at in range(0, len(cohort), chunk)]
    assert by_table(pa.concat_tables(chunks), threads=threads) == one_by_one(cohort)
