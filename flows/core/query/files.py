"""Rows as a file for another tool: CSV, an Excel workbook, Parquet.

Values stay exact: a decimal is never made a float, and what a form can't hold is refused, not cut.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.core.errors import UsageError
from flows.core.query.format import plain

if TYPE_CHECKING:
    import pyarrow as pa

FILE_FORMATS = ("csv", "xlsx", "parquet")
EXCEL_ROWS, EXCEL_TEXT, EXCEL_DIGITS = 1_048_575, 32_767, 15
"""What a sheet holds: rows below its head, characters in a cell, digits of a number."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def table_of_rows(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as an Arrow table; a column of several types becomes text."""
    import pyarrow as pa

    columns: dict[str, Any] = {}
    for name in rows[0] if rows else ():
        cells = [row[name] for row in rows]
        try:
            found = pa.array(cells)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            found = pa.array([None if cell is None else str(plain(cell)) for cell in cells])
        columns[name] = found.cast(pa.string()) if pa.types.is_null(found.type) else found
    return pa.table(columns)


def as_csv(table: pa.Table) -> str:
    """Comma-separated, the names first; null is an empty cell, money and dates as they are."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in table.to_pylist():
        writer.writerow("" if cell is None else _flat(cell) for cell in row.values())
    return text.getvalue()


def _flat(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(plain(value)) if not isinstance(value, float) else repr(value)


def write_file(path: Path, kind: str, table: pa.Table, about: Mapping[str, str]) -> None:
    """Write a table as one of `FILE_FORMATS`; `about` goes into it where the form has a place.

    Raises `UsageError` where the file can't be written or the form can't hold a value.
    """
    import pyarrow as pa

    try:
        if kind == "csv":
            path.write_text(as_csv(table), encoding="utf-8", newline="")
        elif kind == "parquet":
            import pyarrow.parquet as pq

            told = {f"carbonmart.{name}": text for name, text in about.items()}
            pq.write_table(table.replace_schema_metadata(told), path)
        else:
            _write_workbook(path, table, about)
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror or error}") from None
    except pa.ArrowNotImplementedError as error:
        raise UsageError(f"{path}: a column that {kind} can't hold: {error}") from None


def _write_workbook(path: Path, table: pa.Table, about: Mapping[str, str]) -> None:
    from openpyxl import Workbook

    if table.num_rows > EXCEL_ROWS:
        raise UsageError(f"{table.num_rows:,} rows: a sheet holds {EXCEL_ROWS:,}; take csv")
    book = Workbook(write_only=True)
    sheets = {"rows": table.to_pylist(), "about": [{"what": k, "is": v} for k, v in about.items()]}
    heads = {"rows": table.column_names, "about": ["what", "is"]}
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append([_cell(sheet, head, head) for head in heads[name]])
        for row in rows:
            sheet.append([_cell(sheet, column, value) for column, value in row.items()])
    book.save(path)


def _cell(sheet: Any, column: str, value: Any) -> Any:
    """A cell; text stays text, so that a page's `=...` is no formula."""
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        digits = len(Decimal(value).normalize().as_tuple().digits)
        value = value if digits <= EXCEL_DIGITS else str(value)
    elif isinstance(value, datetime) or not isinstance(value, (bool, float, str, type(None))):
        value = value if type(value).__name__ == "date" else str(plain(value))
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    if len(value) > EXCEL_TEXT:
        raise UsageError(f"{column}: a text of {len(value):,} characters, too long for a sheet")
    cell = WriteOnlyCell(sheet, _CONTROL.sub("\N{REPLACEMENT CHARACTER}", value))
    cell.data_type = "s"
    return cell
