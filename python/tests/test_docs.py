"""What the pages show is run."""

import re
from pathlib import Path

import duckdb
import polars as pl
import pytest
import threshold_matrix as tm

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
PAGE = HERE.parent.parent / "docs" / "python.md"


def blocks(path: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)


def test_the_readme_runs_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    for block in blocks(README):
        exec(block, {})
    assert "iom-threshold" in capsys.readouterr().out


def test_the_page_runs_from_its_beginning_to_its_end() -> None:
    known = {"tm": tm, "pl": pl, "duckdb": duckdb}
    shown = blocks(PAGE)
    exec("".join(shown), known)
    assert len(shown) >= 4
    assert known["trial"].people == 5000
    assert known["decided"].decided[0]["result"] == "high"
