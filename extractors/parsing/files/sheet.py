"""The sheets of a workbook: values as they are shown, and what of them is not there."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from extractors.parsing.files.model import (
    MAX_CELLS,
    MAX_CHARACTERS,
    MAX_ROWS,
    CellTable,
    FilePart,
    FileRefused,
    is_of_figures,
    refused_for,
)

_MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_PERCENT = re.compile(r"0(?:\.(0+))?%")
_DIGITS = 15
"""Significant digits that a sheet holds; a float's others are nobody's."""


def read_xlsx(data: bytes) -> Iterator[FilePart]:
    """Each sheet that is shown; those that are hidden are told, and not read.

    Raises `FileRefused`.
    """
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        formulas = None
        if _has_formulas(data):
            formulas = load_workbook(io.BytesIO(data), read_only=True)
        counted = _Count()
        hidden = tuple(
            ("hidden_sheet", sheet.title)
            for sheet in book.worksheets
            if sheet.sheet_state != "visible"
        )
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                sheet.reset_dimensions()  # exporters write A1 for a whole sheet
                part = _part(sheet, formulas, _merged(data, sheet), counted)
                yield replace(part, remarks=(*part.remarks, *hidden))
                hidden = ()
        if hidden:
            yield FilePart("", "", (), hidden)
    except FileRefused:
        raise
    except Exception as error:
        raise refused_for(error) from error


class _Count:
    """Cells and characters of a workbook so far, which have an end."""

    def __init__(self) -> None:
        self.cells = self.characters = 0

    def row(self, number: int, words: list[str]) -> None:
        """Take in a row. Raises `FileRefused`."""
        self.cells += len(words)
        self.characters += sum(map(len, words))
        if number > MAX_ROWS or self.cells > MAX_CELLS:
            raise FileRefused("too_many_cells")
        if self.characters > MAX_CHARACTERS:
            raise FileRefused("too_much_text")


def _part(
    sheet: Any, formulas: Any, merged: list[tuple[int, int, int, int]], counted: _Count
) -> FilePart:
    rows: dict[int, list[str]] = {}
    for number, cells in enumerate(sheet.iter_rows()):
        words = [_shown(cell) for cell in cells]
        counted.row(number, words)
        if any(words):
            rows[number] = words
    remarks = _without_value(formulas[sheet.title], rows) if formulas else ()
    width = max(map(len, rows.values()), default=0)
    places = {number: at for at, number in enumerate(rows)}
    grid = tuple(tuple(row + [""] * (width - len(row))) for row in rows.values())
    spans = tuple(
        (places[top], left, sum(1 for n in range(top, top + high) if n in places), wide)
        for top, left, high, wide in merged
        if top in places and left < width
    )
    text = "\n".join([sheet.title, *("\t".join(row).rstrip("\t") for row in rows.values())])
    if not is_of_figures(grid):
        return FilePart(text, text, (), remarks)
    return FilePart(text, sheet.title, (CellTable(grid, spans, 1, sheet.title),), remarks)


def _shown(cell: Any) -> str:
    """A value as the sheet shows it, as far as that changes what it says: percent and dates."""
    value = cell.value
    if value is None or isinstance(value, str):
        return (value or "").strip()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        number = Decimal(f"{value:.{_DIGITS}g}") if isinstance(value, float) else Decimal(value)
        if percent := _PERCENT.search(cell.number_format or ""):
            step = Decimal(1).scaleb(-len(percent[1] or ""))
            return f"{(number * 100).quantize(step, ROUND_HALF_UP):f}%"
        return f"{number:f}"
    if isinstance(value, datetime) and value.time() == time():
        return f"{value:%Y-%m-%d}"
    return f"{value:%Y-%m-%d}" if type(value) is date else str(value)


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return any(
            _FORMULA.search(packed.read(name))
            for name in packed.namelist()
            if name.startswith("xl/worksheets/") and name.endswith(".xml")
        )


def _without_value(sheet: Any, rows: dict[int, list[str]]) -> tuple[tuple[str, str], ...]:
    """A remark on formulas whose value nobody stored."""
    sheet.reset_dimensions()
    empty: list[str] = []
    for number, cells in enumerate(sheet.iter_rows()):
        if number > MAX_ROWS:
            break
        held = rows.get(number, [])
        empty += [
            cell.coordinate
            for at, cell in enumerate(cells)
            if cell.data_type == "f" and (at >= len(held) or not held[at])
        ]
    if not empty:
        return ()
    return (("formula_without_value", f"{sheet.title}: {', '.join(empty[:20])}"),)


def _merged(data: bytes, sheet: Any) -> list[tuple[int, int, int, int]]:
    """Merged cells of a sheet: row, column, rows, columns; counted from 0."""
    from openpyxl.utils import column_index_from_string

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        path = str(sheet._worksheet_path).lstrip("/")
        body = packed.read(path)
    found = []
    for left, top, right, bottom in _MERGED.findall(body):
        first, last = (column_index_from_string(each.decode()) - 1 for each in (left, right))
        found.append((int(top) - 1, first, int(bottom) - int(top) + 1, last - first + 1))
    return found[:1000]
