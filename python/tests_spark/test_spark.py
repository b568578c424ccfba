"""Spark gives the results of the library."""

import datetime
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import threshold_matrix as tm
import threshold_matrix.spark
from pyspark.sql import DataFrame, SparkSession

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from small import AS_AT, TEXT


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "2")
    session = builder.getOrCreate()
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
