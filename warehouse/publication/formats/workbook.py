"""Excel workbooks: numbers as numbers, exact, and text as text, whatever it begins with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from warehouse.errors import WarehouseError

ROWS, TEXT, DIGITS = 1_048_575, 32_767, 15
"""What a sheet holds: rows below its head, characters in a cell, digits of a number."""
_NO_LETTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
Rows = Iterable[Mapping[str, Any]]
Sheet = tuple[Sequence[str], Rows]
"""Heads and rows."""


class DoesNotFit(WarehouseError):
    """A sheet can't hold it, and nothing is cut."""


def cell_of(column: str, value: Any) -> Any:
    """A value as a cell has it: a number if all its digits fit, else text; instants in ISO 8601,
    a letter that XML has not as U+FFFD. Raises `DoesNotFit`."""
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, (int, Decimal)):
        digits = len(Decimal(value).normalize().as_tuple().digits)
        return value if digits <= DIGITS else str(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    if len(text) > TEXT:
        raise DoesNotFit(f"{column}: a text of {len(text):,} characters, too long for a sheet")
    return _NO_LETTER.sub("\N{REPLACEMENT CHARACTER}", text)


def write_workbook(path: Path, sheets: Mapping[str, Sheet]) -> None:
    """Write sheets, each with its heads and rows. Raises `DoesNotFit`, `OSError`."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    # All is known to fit before a sheet is begun: one that is left unfinished can't be closed.
    whole = {name: (heads, list(_cells(name, rows))) for name, (heads, rows) in sheets.items()}
    book = Workbook(write_only=True)
    for name, (heads, rows) in whole.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        # Who opens it need not read it whole first to learn how large it is.
        size = f"A1:{get_column_letter(len(heads) or 1)}{len(rows) + 1}"
        sheet.calculate_dimension = partial(str, size)
        for row in (heads, *rows):
            sheet.append([_text(sheet, v) if isinstance(v, str) else v for v in row])
    book.save(path)


def _text(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def _cells(name: str, rows: Rows) -> Iterator[list[Any]]:
    for count, row in enumerate(rows, 1):
        if count > ROWS:
            raise DoesNotFit(f"{name}: a sheet holds {ROWS:,} rows; take csv")
        yield [cell_of(column, value) for column, value in row.items()]


def read_sheets(path: Path) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """The sheets with their rows, the heads first, as `seen` has their cells."""
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True)
    try:
        for sheet in book.worksheets:
            rows = sheet.iter_rows(values_only=True)
            yield sheet.title, [tuple(map(seen, row)) for row in rows]
    finally:
        book.close()


def seen(value: Any) -> Any:
    """A cell's value to be compared: numbers by their value, an empty text is an empty cell."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, Decimal, float)):
        return Decimal(repr(value) if isinstance(value, float) else value).normalize()
    if isinstance(value, datetime):
        return value.date()
    return value if value != "" else None
