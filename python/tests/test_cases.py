"""The cases of published matrices, profile by profile and as a table. They lie beside the repository."""

import json
import pathlib
import subprocess
import sys
from decimal import Decimal

import pyarrow as pa
import pytest
import threshold_matrix as tm

CASES = pathlib.Path(__file__).parents[2] / ".." / "shared" / "cases"


def cases(file):
    path = CASES / file
    if not path.exists():
        pytest.skip(f"../shared/cases/{file} is not there, so nothing is compared with it")
    return [json.loads(line, parse_float=Decimal) for line in path.read_text().splitlines()]


def test_the_published_tiering_model_agrees():
    matrix = tm.Matrix.open("hmpps-utm@2.0.0")
    all_cases = cases("hmpps-utm-2.jsonl")
    differing = []
    for case in all_cases:
        outcome = matrix.score(case["profile"], as_at=case["as_at"])
        expected = case["expect"]
        protect, change = outcome.dimensions["protect"], outcome.dimensions["change"]
        actual = {
            "protect_points": protect["score"],
            "protect_level": protect["level"],
            "change_points": change["score"],
            "change_level": change["level"],
        }
        if any(actual[key] != expected[key] for key in actual):
            differing.append((case["id"], actual))
    assert len(all_cases) == 1000 and differing == []


def test_the_published_tiering_model_agrees_as_a_table():
    matrix = tm.Matrix.open("hmpps-utm@2.0.0")
    all_cases = cases("hmpps-utm-2.jsonl")
    names = sorted({name for case in all_cases for name in case["profile"]})
    rows = [{name: case["profile"].get(name) for name in names} for case in all_cases]
    table = pa.Table.from_pylist(rows)
    result = matrix.score_table(table, as_at=all_cases[0]["as_at"]).to_arrow().to_pylist()
    for case, row in zip(all_cases, result, strict=True):
        expected = case["expect"]
        assert row["error"] is None, row["error"]
        assert row["protect.level"] == expected["protect_level"], case["id"]
        assert row["change.level"] == expected["change_level"], case["id"]
        assert row["protect.score"] == expected["protect_points"], case["id"]


def test_the_program_comes_with_the_package(tmp_path):
    def run(*arguments):
        command = [sys.executable, "-m", "threshold_matrix", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run("--version").stdout.startswith("threshold-matrix ")
    assert run("rescore", "--nonsense").returncode == 2
    people = tmp_path / "people.csv"
    people.write_text("id,arrests\nann,12\nbob,\n")
    matrix = tmp_path / "small.yaml"
    from small import TEXT

    matrix.write_text(TEXT)
    out = tmp_path / "out.csv"
    ran = run("rescore", "--matrix", str(matrix), "--cohort", str(people), "--as-at", "2026-12-05", "--out", str(out))
    assert ran.returncode == 0, ran.stderr
    table = tm.Matrix.open(str(matrix)).score_table(
        pa.table({"id": ["ann", "bob"], "arrests": [12, None]}), as_at="2026-12-05"
    )
    assert len(out.read_text().splitlines()) == table.to_arrow().num_rows + 1
