"""Spark gives the results of the library.

`THRESHOLD_MATRIX_SPARK` says where: `local[2]` is one process, `connect` is a server of Spark Connect, and `local-cluster[2,1,1024]` has two executors, which
are processes of their own.
"""

import csv
import datetime
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import threshold_matrix as tm
import threshold_matrix.spark
from pyspark.sql import DataFrame, SparkSession

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from small import AS_AT, TEXT


WHERE = os.environ.get("THRESHOLD_MATRIX_SPARK", "local[2]")
IS_CLUSTER = WHERE.startswith("local-cluster")


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.remote("local[2]") if WHERE == "connect" else SparkSession.builder.master(WHERE)
    session = builder.config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "4").getOrCreate()
    assert type(session).__module__.startswith("pyspark.sql.connect") == (WHERE == "connect")
    yield session
    session.stop()


def frame_of(spark: SparkSession, people: list[dict[str, Any]]) -> DataFrame:
    table = pa.Table.from_pylist([{"id": number} | person for number, person in enumerate(people)])
    return spark.createDataFrame(table)


def held(frame: DataFrame, matrix: tm.Matrix, as_at: datetime.date, points: bool = False) -> int:
    """Hold a frame to the table of its rows, and return how many rows are provisional."""
    table = frame.toArrow()
    wanted = matrix.score_table(table, as_at=as_at, points=points).to_arrow().to_pylist()
    found = sorted((row.asDict() for row in tm.spark.score(frame, matrix, as_at=as_at, points=points).collect()), key=lambda row: row["id"])
    assert len(found) == len(wanted)
    for ours, own in zip(found, wanted, strict=True):
        assert ours == own
    return sum(bool(row["provisional"]) for row in wanted)


@pytest.mark.parametrize("name", ["iom-threshold@1.1.0", "hmpps-utm@2.0.0", "hmpps-tier@3.6.0", "psa@1.0.0"])
def test_shipped_matrices_give_the_same(spark: SparkSession, name: str) -> None:
    matrix = tm.Matrix.open(name)
    provisional = held(frame_of(spark, matrix.sample(400, as_at=AS_AT)), matrix, AS_AT, points=True)
    assert provisional > 10 or name != "iom-threshold@1.1.0"


def test_columns_are_found_by_name_and_what_is_not_an_input_does_not_matter(spark: SparkSession) -> None:
    matrix = tm.Matrix.from_yaml(TEXT)
    frame = frame_of(spark, matrix.sample(200, as_at=AS_AT))
    turned = frame.select("rsr", "gang", "rosh", "id", "arrests", "markers", "charged", "area")
    held(turned.withColumnRenamed("area", "something else"), matrix, AS_AT)


def test_an_input_without_a_column_is_missing(spark: SparkSession) -> None:
    matrix = tm.Matrix.from_yaml(TEXT)
    frame = frame_of(spark, matrix.sample(200, as_at=AS_AT))
    assert held(frame.drop("rosh"), matrix, AS_AT) > 150
    held(frame.drop("markers", "charged"), matrix, AS_AT)


def test_wrong_columns_are_told_before_anything_runs(spark: SparkSession) -> None:
    matrix = tm.Matrix.from_yaml(TEXT)
    frame = spark.createDataFrame([(1, "3", True)], "id int, rosh string, gang boolean")
    with pytest.raises(tm.ColumnError, match="arrests"):
        tm.spark.score(frame, matrix, as_at=AS_AT)


@pytest.mark.parametrize(("old", "new"), [("iom-threshold@1.0.0", "iom-threshold@1.1.0"), ("psa@1.0.0", "psa@1.0.0")])
def test_who_moved_is_told_in_the_words_of_rescore(spark: SparkSession, tmp_path: Path, old: str, new: str) -> None:
    matrices = [tm.Matrix.open(old), tm.Matrix.open(new)]
    # Some come with other values, some are gone, some are new, and the id of some occurs twice.
    before = people_of(matrices[0], [(0, 300, 1), (300, 60, 2), (290, 15, 5)])
    after = people_of(matrices[1], [(0, 300, 1), (340, 60, 3), (395, 10, 4)])
    for name, people in (("before", before), ("after", after)):
        pq.write_table(people, tmp_path / f"{name}.parquet")
    rescore = [sys.executable, "-m", "threshold_matrix", "rescore", "--as-at", str(AS_AT)]
    was = [*rescore, "--matrix", old, "--cohort", "before.parquet", "--out", "was.parquet"]
    now = [*rescore, "--matrix", new, "--cohort", "after.parquet", "--previous", "was.parquet", "--moved", "moved.csv"]
    for command in (was, now):
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    with (tmp_path / "moved.csv").open(newline="") as file:
        wanted = Counter(tuple(row) for row in list(csv.reader(file))[1:])

    outcomes = [
        tm.spark.score(spark.createDataFrame(people), matrix, as_at=AS_AT) for matrix, people in zip(matrices, (before, after), strict=True)
    ]
    moved = tm.spark.moved(*outcomes, other_matrix=old != new)
    assert moved.columns == ["id", "from", "to", "why"]
    found = Counter(tuple(cell or "" for cell in row) for row in moved.collect())
    assert found == wanted
    assert found.total() > 60 and {row[3] for row in found} >= {"new", "gone", "inputs" if old == new else "matrix|inputs"}
    with pytest.raises(ValueError, match="the columns `possible`, `error`, which this one lacks"):
        tm.spark.moved(outcomes[0].drop("possible", "error"), outcomes[1])


def people_of(matrix: tm.Matrix, parts: list[tuple[int, int, int]]) -> pa.Table:
    """Return people of a matrix: of each part the first id, how many there are, and a seed."""
    parts = [(first, matrix.sample(count, as_at=AS_AT, seed=seed)) for first, count, seed in parts]
    return pa.Table.from_pylist([{"id": str(number)} | person for first, people in parts for number, person in enumerate(people, first)])


def ends_one(marker: Path) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Return a function for `mapInArrow` that leaves rows as they are, and ends the executor that calls it first."""

    def passed_on(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            with marker.open("x") as file:
                # A worker for Python is a child of a daemon, which is a child of the executor.
                daemon = Path(f"/proc/{os.getppid()}/stat").read_text().rsplit(")", 1)[1]
                executor = int(daemon.split()[1])
                file.write(str(executor))
        except FileExistsError:
            pass
        else:
            os.kill(executor, signal.SIGKILL)
        yield from batches

    return passed_on


@pytest.mark.skipif(not IS_CLUSTER, reason="executors are processes of their own in a cluster alone")
@pytest.mark.parametrize("when", ["while it scores", "when others fetch what it scored"])
def test_an_executor_that_ends_changes_nothing(spark: SparkSession, tmp_path: Path, when: str) -> None:
    matrix = tm.Matrix.open("iom-threshold@1.1.0")
    table = people_of(matrix, [(0, 4000, 7)])
    people = spark.createDataFrame(table).repartition(8)
    marker = tmp_path / "ended"
    ending = ends_one(marker)
    if when == "while it scores":
        outcomes = tm.spark.score(people.mapInArrow(ending, people.schema), matrix, as_at=AS_AT)
    else:
        outcomes = tm.spark.score(people, matrix, as_at=AS_AT).repartition(4)
        # `mapInArrow` looks for columns by their names, in which a point would stand for a field.
        plain = outcomes.toDF(*(name.replace(".", "_") for name in outcomes.columns))
        outcomes = plain.mapInArrow(ending, plain.schema).toDF(*outcomes.columns)
    found = outcomes.toArrow().to_pylist()
    ended = Path(f"/proc/{marker.read_text()}/comm")
    assert not ended.exists() or ended.read_text() != "java\n"
    wanted = matrix.score_table(table, as_at=AS_AT).to_arrow().to_pylist()
    assert sorted(found, key=lambda row: int(row["id"])) == wanted
