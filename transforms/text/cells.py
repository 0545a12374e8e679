"""Tables as readers of files give them: each figure with the words that head its row and column.

A table is a mapping of `rows` (as many cells each), `spans` (row, column, rows, columns of each
merged cell, whose words stand in its first place), `page` and `caption`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from transforms.text.plain import squeezed

NUMBER = re.compile(r"[-+−]?\d[\d,]*(?:\.\d+)?%?")
YEAR = re.compile(r"((?:19|20)\d\d)(?:年度?)?")
_INDEX_HEAD = re.compile(r"序号|编号|No\.?")
_UNIT_HEAD = re.compile(r"(?:计量)?单位")
_NONE = re.compile(r"|[-/—–―\\*]+|无")
"""A cell that says that there is no figure."""
_DIGIT = re.compile(r"[0-9]")
_UNIT = re.compile(r"\(([^()]{1,40})\)")
_STATED_UNIT = re.compile(r"单位[:：]([^\s,;，；()（）]{1,30})")


@dataclass(frozen=True, slots=True)
class FigureCell:
    """A figure of a table, squeezed: itself, the heads of its row and of its column from outside
    in, the words before the table, and its whole row as printed."""

    printed: str
    row_heads: tuple[str, ...]
    column_heads: tuple[str, ...]
    caption: str
    row: str
    page: int
    unit_cell: str = ""
    """What its row says in a column of units."""

    @property
    def heads(self) -> str:
        """All the words of its column's heads."""
        return "".join(self.column_heads)

    @property
    def years(self) -> list[str]:
        """The years that head its column."""
        return [found[1] for head in self.column_heads if (found := YEAR.fullmatch(head))]

    @property
    def row_years(self) -> list[str]:
        """The years that head its row."""
        return [found[1] for head in self.row_heads if (found := YEAR.fullmatch(head))]

    def unit(self) -> str:
        """What its row says in a column of units, its column's heads in brackets, or the caption;
        empty for nothing."""
        if self.unit_cell:
            return self.unit_cell
        for head in reversed(self.column_heads):
            if units := _UNIT.findall(head):
                return str(units[-1])
        stated = _STATED_UNIT.search(self.caption) or _UNIT.search(self.caption)
        return stated[1] if stated else ""


def figure_cells(table: Mapping[str, Any]) -> Iterator[FigureCell]:
    """The figures of a table, row by row, each with its heads; without any where the table has
    no row or no column of heads."""
    grid = [[squeezed(cell) for cell in row] for row in table["rows"]]
    body, first = corner(grid)
    words = _spread(grid, table["spans"])
    caption = " ".join(map(squeezed, str(table["caption"]).split()))
    for number in range(body, len(grid)):
        heads, unit = _row_heads(words, number, body, first)
        for at in range(first, len(grid[number])):
            if NUMBER.fullmatch(grid[number][at]):
                over = (words[y][at] for y in range(body))
                yield FigureCell(
                    grid[number][at],
                    heads if body and first else (),
                    tuple(dict.fromkeys(filter(None, over))),
                    caption,
                    row_of(table["rows"][number]),
                    table["page"],
                    unit,
                )


def other_figures(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Cells with a digit that are no figure by themselves (a head, words), and their rows."""
    grid = [[squeezed(cell) for cell in row] for row in table["rows"]]
    body, first = corner(grid)
    for number, row in enumerate(grid):
        for at, cell in enumerate(row):
            is_figure = number >= body and at >= first and NUMBER.fullmatch(cell)
            if not is_figure and _DIGIT.search(cell):
                yield cell, row_of(table["rows"][number])


def row_of(cells: Sequence[str]) -> str:
    """A row as one line of words."""
    return " ".join(cell for cell in cells if cell)


def corner(grid: Sequence[Sequence[str]]) -> tuple[int, int]:
    """Where the figures begin: row and column; 0 where no head stands before them."""
    body = next((y for y, row in enumerate(grid) if any(map(_is_figure, row[1:]))), None)
    if body is None:
        return 0, 0
    return body, _first_column_of_figures(grid, body) or 0


def _row_heads(
    words: Sequence[Sequence[str]], number: int, body: int, first: int
) -> tuple[tuple[str, ...], str]:
    """What heads a row, but its ordinal, and the unit that a column of units says."""
    heads, units = [], []
    for at in range(first):
        text = words[number][at]
        if _is_headed(words, body, at, _UNIT_HEAD):
            units.append(text)
        elif text and not _is_headed(words, body, at, _INDEX_HEAD):
            heads.append(text)
    return tuple(dict.fromkeys(heads)), "".join(units)


def _is_figure(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell)) and not YEAR.fullmatch(cell)


def _first_column_of_figures(grid: Sequence[Sequence[str]], body: int) -> int | None:
    """The first column whose cells are figures (or say that there is none), but for a column of
    ordinals before words; None where a figure stands among the words before it."""
    width = len(grid[0])
    for at in range(width):
        cells = [row[at] for row in grid[body:] if not _NONE.fullmatch(row[at])]
        is_before_words = at + 1 < width and any(
            not NUMBER.fullmatch(row[at + 1]) and not _NONE.fullmatch(row[at + 1])
            for row in grid[body:]
        )
        if any("." in cell and NUMBER.fullmatch(cell) for cell in cells):
            return at if all(map(_is_figure, cells)) else None
        if cells and all(map(_is_figure, cells)) and not is_before_words:
            return at
    return None


def _is_headed(words: Sequence[Sequence[str]], body: int, at: int, wanted: re.Pattern[str]) -> bool:
    return any(wanted.fullmatch(words[y][at]) for y in range(body))


def _spread(grid: Sequence[Sequence[str]], spans: Sequence[Sequence[int]]) -> list[list[str]]:
    """The grid with the words of a merged cell in every place that it covers."""
    words = [list(row) for row in grid]
    for top, left, high, wide in spans:
        for y in range(top, min(top + high, len(words))):
            for x in range(left, min(left + wide, len(words[y]))):
                words[y][x] = grid[top][left]
    return words


_CAPTION = re.compile(r"\A\s*附?表\s*\d{0,2}(?![\d的中所])")
_ORDINAL = re.compile(r"[IVX]{1,4}|\d{1,3}|[一二三四五六七八九十]{1,3}")
_SCALED = re.compile(r"\d[\d.,]{0,30}(?:万|亿|元|吨|家|%)")
_BARE = re.compile(r"\A\d+\.\d+")
_ENDS = re.compile(r"[。；;!?！？]$|^注[:：]")
LEAST_FIGURES = 2
"""Lines that are a figure alone, below a caption, from which it is a table."""
MOST_LABELS = 3
"""Lines that the words of one row may be broken into."""


def without_geometry(lines: Sequence[str]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Tables that came out as a cell a line: first line, line behind the last, and the table.

    It has rows and columns only where heads and cells count up exactly: under a caption and heads
    that name a unit each row has words, then as many figures as there are years among the heads
    (or one), to the end. Else it is one column of cells without heads.
    """
    plain = [squeezed(line) for line in lines]
    starts = [at for at, line in enumerate(lines) if _CAPTION.match(line)]
    for start, stop in pairwise([*starts, len(lines)]):
        end = next((at for at in range(start, stop) if _ENDS.search(plain[at])), stop)
        if (found := _counted(plain[:stop], lines, start)) is not None:
            yield start, found[0], found[1]
        elif sum(1 for at in range(start, end) if NUMBER.fullmatch(plain[at])) >= LEAST_FIGURES:
            cells = [[lines[at].strip()] for at in range(start + 1, end)]
            caption = lines[start].strip()
            yield start, end, {"page": 1, "caption": caption, "rows": cells, "spans": []}


def _counted(
    plain: Sequence[str], lines: Sequence[str], start: int
) -> tuple[int, dict[str, Any]] | None:
    years = [at for at in range(start, len(plain)) if YEAR.fullmatch(plain[at])]
    first = next((at for at in range(start, len(plain)) if _BARE.fullmatch(plain[at])), None)
    units = [at for at in range(start, first or 0) if _UNIT.search(plain[at])]
    if first is None or not units:
        return None
    heads = [at for at in years if at < first]
    if heads and heads != list(range(heads[0], heads[-1] + 1)):
        return None
    body = max([*heads, *units]) + 1
    rows: list[tuple[list[int], list[int]]] = []
    is_numbered = any(_INDEX_HEAD.fullmatch(plain[n]) for n in range(start, body))
    at = body
    width = len(heads) or 1
    while at < len(plain):
        labels: list[int] = []
        while at < len(plain) and not _BARE.fullmatch(plain[at]) and len(labels) <= MOST_LABELS:
            labels.append(at)
            at += 1
        if at == len(plain) and rows and labels:
            at = labels[0]
            break
        figures = [n for n in range(at, min(at + width, len(plain))) if _BARE.fullmatch(plain[n])]
        following = at + width < len(plain) and _BARE.fullmatch(plain[at + width])
        if not labels or len(labels) > MOST_LABELS or len(figures) != width or following:
            return None
        if any(_ENDS.search(plain[n]) or _SCALED.search(plain[n]) for n in labels):
            return None
        if is_numbered and (len(labels) < 2 or not _ORDINAL.fullmatch(plain[labels[0]])):
            return None
        rows.append((labels, figures))
        at += width
    if not rows or (not heads and len(plain[start:body]) > 4):
        return None
    return at, _as_table(lines, plain, (start, body), heads, rows)


def _as_table(
    lines: Sequence[str],
    plain: Sequence[str],
    place: tuple[int, int],
    heads: Sequence[int],
    rows: Sequence[tuple[list[int], list[int]]],
) -> dict[str, Any]:
    """The lines as a table of one column of words, and those of figures."""
    start, body = place
    named = [n for n in range(start + 1, body) if n not in heads]
    is_numbered = any(_INDEX_HEAD.fullmatch(plain[n]) for n in named)
    over = "".join(plain[n] for n in named if not _INDEX_HEAD.fullmatch(plain[n]))
    cells = [["", *[over] * (len(heads) or 1)], ["", *(plain[n] for n in heads)]]
    for labels, figures in rows:
        words = labels[1:] if is_numbered and len(labels) > 1 else labels
        cells.append(["".join(lines[n].strip() for n in words), *(plain[n] for n in figures)])
    if not heads:
        del cells[1]
    return {"page": 1, "caption": lines[start].strip(), "rows": cells, "spans": []}
