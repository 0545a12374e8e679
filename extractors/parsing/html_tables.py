"""Tables of figures in a page: their cells with what they span, and the page's text without them.

A table that lays out a page, or whose cells are sentences, is text and stays it.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from extractors.parsing.files.model import MAX_CELLS, MAX_COLUMNS, CellTable, is_of_figures
from extractors.parsing.html import writable

MAX_SPAN = 200
_NOT_THERE = frozenset({"del", "s", "strike", "script", "style"})
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

_UNIT = r"(?:[十百千万亿]{0,3}(?:吨|元|美元|公斤|千克)|kg)(?:/吨)?"
_TOLD = re.compile(
    rf"(?:单位(?:均?[为是]|[:：])|[(（])(?P<units>{_UNIT}(?:[、，,和及/]?{_UNIT}){{0,5}})"
)


def units_told(text: str) -> list[str]:
    """The units that a page's words name for its figures (`单位：万吨、万元`; also in brackets),
    in order; that of prices, 元/吨, apart."""
    found = (told["units"] for told in _TOLD.finditer("".join(text.split())))
    return [unit for units in found for unit in re.findall(_UNIT, units) if unit != "元/吨"]


def figure_tables(root: etree._Element) -> list[tuple[etree._Element, CellTable]]:
    """The tables of figures below an element, in order, none of those that hold others.

    Cells of one row are set apart by a tab in the tree, so that no two of them join in its text.
    """
    found = []
    for cell in root.iter("td", "th"):
        if cell.getnext() is not None:
            cell.tail = "\t" + writable(cell.tail or "").strip()
    for table in root.iter("table"):
        if next(table.iterdescendants("table"), None) is not None:
            continue
        read = _read(table)
        if read is None or not is_of_figures(read.rows):
            continue
        found.append((table, read))
    return found


def _read(table: etree._Element) -> CellTable | None:
    """A table's cells; None where its spans do not go into rows and columns."""
    grid: dict[tuple[int, int], str] = {}
    spans = []
    width = number = 0
    for number, row in enumerate(table.iter("tr")):
        column = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while (number, column) in grid:
                column += 1
            high, wide = _span(cell.get("rowspan")), _span(cell.get("colspan"))
            if column + wide > MAX_COLUMNS or len(grid) + high * wide > MAX_CELLS:
                return None
            covered = [(number + y, column + x) for y in range(high) for x in range(wide)]
            if any(place in grid for place in covered):
                return None
            grid |= dict.fromkeys(covered, "")
            grid[number, column] = _text(cell)
            if high > 1 or wide > 1:
                spans.append((number, column, high, wide))
            column += wide
            width = max(width, column)
    rows = tuple(tuple(grid.get((y, x), "") for x in range(width)) for y in range(number + 1))
    kept = tuple((y, x, min(high, number + 1 - y), wide) for y, x, high, wide in spans)
    return CellTable(rows, kept, 1, _caption(table))


def _span(printed: Any) -> int:
    text = str(printed or "1").strip()
    return min(max(int(text), 1), MAX_SPAN) if text.isascii() and text.isdigit() else 1


def _text(cell: etree._Element) -> str:
    """A cell's text on one line; raised digits are raised characters, which join no number."""
    words: list[str] = []
    _take(cell, words, is_raised=False)
    return " ".join("".join(words).split())


def _take(element: etree._Element, words: list[str], *, is_raised: bool) -> None:
    if not isinstance(element.tag, str) or element.tag in _NOT_THERE:
        return
    is_raised = is_raised or element.tag == "sup"
    words.append((element.text or "").translate(_RAISED if is_raised else {}))
    for child in element:
        _take(child, words, is_raised=is_raised)
        words.append(" " if child.tag in ("p", "br", "div") else "")
        words.append((child.tail or "").translate(_RAISED if is_raised else {}))


def _caption(table: etree._Element) -> str:
    """The table's own caption, else the last words before it."""
    own = table.find("caption")
    if own is not None:
        return " ".join("".join(map(str, own.itertext())).split())
    before = table
    while (parent := before.getparent()) is not None:
        for earlier in before.itersiblings(preceding=True):
            text = "".join(map(str, earlier.itertext())) + (earlier.tail or "")
            if text.strip():
                return " ".join(text.split())[-120:]
        if parent.tag == "body":
            break
        before = parent
    return ""
