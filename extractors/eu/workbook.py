"""EEX's yearly workbook of primary auctions: columns are told by their heads.

Each row under the heads is an auction; a line of one cell or two is a note. What heads a column
that is neither read nor known to be of something else is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from extractors.model import LayoutError, Page, Record, Signal, record_of
from extractors.parsing.documents import read_document

_UNIT = r"(?: ?[(\[]?(?:€|eur) ?/ ?t(?:co2e?)?[)\]]?)?"
_TONNES = r"(?: ?[(\[]?t(?:co2e?)?[)\]]?)?"
_FIELDS = {
    "date": re.compile("date"),
    "name": re.compile("auction name"),
    "contract": re.compile("contract"),
    "status": re.compile("status"),
    "price": re.compile(f"auction price{_UNIT}"),
    "volume": re.compile(f"auction volume{_TONNES}"),
    "cover_ratio": re.compile("cover ratio"),
    "seller": re.compile("country"),
}
_DUE = frozenset({"date", "name", "contract", "status", "price", "volume"})
_LEFT_OUT = re.compile(r"^time$|\b(?:bids?|bidders?|mean|median|revenues?)\b")
"""Heads of what is not read: the hour, statistics of bids and bidders, the product of both."""
_NOTE_CELLS = 2


def auctions(page: Page) -> Iterator[Record | Signal]:
    """A record for each auction of the workbook. Raises `LayoutError` where there are none."""
    document = read_document(page.url, page.body)
    if document.refused_for:
        raise LayoutError(page, "no workbook that can be read", document.refused_for)
    for rule, place, detail in document.remarks:
        yield Signal(rule, page.url, detail, f"left out of the workbook, {place}", is_remark=True)
    # A sheet of one row, or with a long note in it, is no table of figures: its lines are read.
    lines = [[line.split("\t") for line in text.split("\n")] for text in document.pages]
    grids = [each["rows"] for each in document.tables] or lines
    tables = [table for grid in grids if (table := _from_heads(grid))]
    if len(tables) != 1:
        raise LayoutError(page, f"{len(tables)} sheets with heads of auctions, not one")
    heads, *rows = tables[0]
    fields = [_field(head) for head in heads]
    if twice := [name for name, count in Counter(filter(None, fields)).items() if count > 1]:
        raise LayoutError(page, "two columns of one name", ", ".join(twice))
    for head, field in zip(heads, fields, strict=True):
        if head and not field and not _LEFT_OUT.search(_plain(head)):
            yield Signal("unknown_column", page.url, head, "a column that is not known")
    padded = ([*row, *[""] * (len(heads) - len(row))] for row in rows if _is_auction(row))
    found = [dict(zip(fields, row, strict=True)) for row in padded]
    if not found:
        is_new = is_young(int(re.sub(r"\D", "", page.url)[-4:]), page.retrieved_at.date())
        yield Signal("empty_list", page.url, "", "the workbook has no auction", is_new)
    yield from _records(page, [{k: v for k, v in each.items() if k} for each in found])


def is_young(year: int, today: date) -> bool:
    """Whether a year's workbook may lack any auction, or not be there: none is held about
    New Year."""
    return today < date(year, 1, 20)


def _from_heads(rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The rows from the heads on; empty where no row has all that are due."""
    for number, row in enumerate(rows):
        if {_field(cell) for cell in row} >= _DUE:
            return list(rows[number:])
    return []


def _field(head: str) -> str:
    return next((name for name, form in _FIELDS.items() if form.fullmatch(_plain(head))), "")


def _plain(head: str) -> str:
    return " ".join(head.lower().replace("₂", "2").split())


def _is_auction(row: Sequence[str]) -> bool:
    return sum(1 for cell in row if cell.strip()) > _NOTE_CELLS


def _records(page: Page, rows: Sequence[dict[str, str]]) -> Iterator[Record]:
    said: dict[str, dict[str, Any]] = {}
    names = [f"{row['date']} {row['name']} {row['contract']}" for row in rows]
    twice = {
        name for name, row in zip(names, rows, strict=True) if said.setdefault(name, row) != row
    }
    for name, row in zip(names, rows, strict=True):
        yield record_of(page, "auction", item=name, is_twice=name in twice, **row)
