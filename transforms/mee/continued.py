"""Tables that go on from one page to the next, as one table.

A part goes on where it is the next table, on the next page, with as many columns, and nothing of
its own says what it is: no words stand before it but that it is continued. Heads that are
printed again are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from transforms.text.cells import corner
from transforms.text.plain import squeezed

Table = Mapping[str, Any]
_CONTINUED = re.compile(
    r"\A(?:[（(]?续上?表?\d{0,2}[）)]?|附?表\d{1,2}[（(]续表?[）)])(?![\u4e00-\u9fff])"
)
_PAGE_NUMBER = re.compile(r"\A[-—–]{0,3}\d{1,4}[-—–]{0,3}\Z")


def joined(tables: Iterable[Table]) -> list[Table]:
    """The tables, those parts together that are one."""
    found: list[Table] = []
    last_page = 0
    for table in tables:
        if found and _goes_on(found[-1], table, last_page):
            found[-1] = _together(found[-1], table)
        else:
            found.append(table)
        last_page = int(table["page"])
    return found


def _goes_on(before: Table, table: Table, last_page: int) -> bool:
    if int(table["page"]) != last_page + 1 or not (before["rows"] and table["rows"]):
        return False
    if len(before["rows"][0]) != len(table["rows"][0]) or not _body(before):
        return False
    caption = "".join(str(table["caption"]).split())
    if caption and not (_CONTINUED.match(caption) or _PAGE_NUMBER.match(caption)):
        return False
    heads = _heads(table)
    return not heads or heads == _heads(before)


def _body(table: Table) -> int:
    """The first row with a figure; 0 where none stands below heads."""
    return corner([[squeezed(cell) for cell in row] for row in table["rows"]])[0]


def _heads(table: Table) -> list[list[str]]:
    return [[squeezed(cell) for cell in row] for row in table["rows"][: _body(table)]]


def _together(before: Table, table: Table) -> Table:
    """Both as one table on the page of the first, with its caption."""
    again = _body(table)
    start = len(before["rows"]) - again
    moved = [
        [top + start, left, high, wide] for top, left, high, wide in table["spans"] if top >= again
    ]
    rows = [*before["rows"], *table["rows"][again:]]
    return {**before, "rows": rows, "spans": [*before["spans"], *moved]}
