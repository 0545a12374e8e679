"""Rows as files of other tools: numbers stay numbers, and no text is a formula."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from flows.cli.main import app
from flows.core.errors import UsageError
from flows.core.query.files import as_csv, table_of_rows, write_file
from schemas.registry import SOURCES
from warehouse.publication.formats.workbook import TEXT

FORMULA = "=1+1"
ROWS: list[dict[str, Any]] = [
    {"text": FORMULA, "sum": Decimal("-1.10"), "day": date(2024, 1, 2), "many": ["=1", "b"]},
    {"text": "@x", "sum": None, "day": None, "many": None},
]


def test_csv_has_no_formula() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(table_of_rows(ROWS)))))
    assert rows[1] == [f"'{FORMULA}", "-1.10", "2024-01-02", "['=1', 'b']"]
    assert rows[2] == ["'@x", "", "", ""]
    named = table_of_rows([{"@name": "a"}])
    assert as_csv(named) == "'@name\na\n"


def test_a_workbook_has_no_formula(tmp_path: Path) -> None:
    rows = [{name: row[name] for name in ("text", "sum", "day")} for row in ROWS]
    write_file(tmp_path / "x.xlsx", "xlsx", table_of_rows(rows), {"rows": "release R1"})
    book = load_workbook(tmp_path / "x.xlsx")
    text, number, day = book["rows"][2]
    assert (text.value, text.data_type) == (FORMULA, "s")
    assert (number.value, number.data_type) == (-1.1, "n")
    assert (str(day.value), day.data_type) == ("2024-01-02 00:00:00", "d")
    assert [cell.value for cell in book["about"][2]] == ["rows", "release R1"]
    long = table_of_rows([{"text": "x" * (TEXT + 1)}])
    with pytest.raises(UsageError, match="too long for a sheet"):
        write_file(tmp_path / "y.xlsx", "xlsx", long, {})


@pytest.mark.parametrize("command", ["config", "sources"])
def test_what_is_configured_comes_out_as_files_too(command: str, tmp_path: Path) -> None:
    def run(*args: str) -> str:
        done = CliRunner().invoke(app, ["--home", str(tmp_path), command, *args])
        assert done.exit_code == 0, done.output
        return done.stdout

    whole = json.loads(run("--json"))
    assert len(whole) >= len(SOURCES)
    run("--output", str(tmp_path / "x.csv"))
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first = next(iter(whole[0]))
    assert [row[first] for row in rows] == [row[first] for row in whole]
    run("--output", str(tmp_path / "x.xlsx"))
    assert load_workbook(tmp_path / "x.xlsx")["rows"].max_row == len(whole) + 1
