"""Rows as a file for another tool: CSV, an Excel workbook, Parquet.

Values stay exact: a decimal is never made a float, and what a form can't hold is refused, not cut.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.core.errors import UsageError
from flows.core.query.format import plain
from warehouse.publication.formats.csv_file import guarded
from warehouse.publication.formats.workbook import DoesNotFit, write_workbook

if TYPE_CHECKING:
    import pyarrow as pa

FILE_FORMATS = ("csv", "xlsx", "parquet")


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
    """Comma-separated, the names first; null is an empty cell, money and dates as they are, and
    before a text that a spreadsheet would take for a formula stands an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(guarded, table.column_names))
    for row in table.to_pylist():
        writer.writerow("" if cell is None else _flat(cell) for cell in row.values())
    return text.getvalue()


def _flat(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value)
    is_safe = isinstance(value, (int, Decimal, date))
    return str(plain(value)) if is_safe else guarded(str(plain(value)))


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
            notes = [{"what": name, "is": text} for name, text in about.items()]
            rows = (table.column_names, table.to_pylist())
            write_workbook(path, {"rows": rows, "about": (("what", "is"), notes)})
    except DoesNotFit as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror or error}") from None
    except pa.ArrowNotImplementedError as error:
        raise UsageError(f"{path}: a column that {kind} can't hold: {error}") from None
