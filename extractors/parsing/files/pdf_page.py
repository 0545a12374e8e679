"""A PDF page by position (pdfplumber): tables of cells, and raised and lowered digits in place.

Ruled tables are what their lines enclose. Unruled ones are rows of words that stand below each
other: each row needs its words in the columns of all the others, or it is no table.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from statistics import median
from typing import Any

from extractors.parsing.files.model import CellTable, FilePart, is_of_figures
from extractors.parsing.files.pdf_rows import Segment, unruled

MAX_EDGES = 3000
"""Lines of a page, from which it is a drawing."""
LEAST_FIGURES = 0.4
"""Share of cells behind the first column that begin with a digit, in a table without lines; with
fewer it may be text in two columns."""
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
Box = tuple[float, float, float, float]


def read_page(page: Any, number: int) -> FilePart | None:
    """The page's text, prose and tables; None where it has neither tables nor odd digits."""
    has_moved = _put_back(page.chars)
    remarks: tuple[tuple[str, str], ...] = ()
    found: list[tuple[Box, CellTable]] = []
    if len(page.edges) > MAX_EDGES:
        remarks = (("tables_not_read", "the page is a drawing"),)
    else:
        found = _ruled(page, number)
    found += _unruled(page, number, [box for box, _ in found])
    if not found and not has_moved:
        return FilePart("", "", (), remarks) if remarks else None
    found.sort(key=lambda each: each[0][1])
    boxes = [box for box, _ in found]
    prose = page.filter(lambda o: o["object_type"] != "char" or not _within_any(o, boxes))
    lines = [(line["top"], line["text"]) for line in prose.extract_text_lines(return_chars=False)]
    tables = tuple(
        CellTable(table.rows, table.spans, number, _above(lines, box)) for box, table in found
    )
    rows = [
        (box[1], "\n".join("\t".join(row).rstrip("\t") for row in table.rows))
        for box, table in found
    ]
    text = "\n".join(words for _, words in sorted([*lines, *rows], key=lambda each: each[0]))
    return FilePart(text, "\n".join(words for _, words in lines), tables, remarks)


def _above(lines: Sequence[tuple[float, str]], box: Box) -> str:
    """The two lines above a table: its caption, perhaps its unit."""
    return "\n".join([text for top, text in lines if top < box[1]][-2:])


def _put_back(chars: list[dict[str, Any]]) -> bool:
    """Digits set small beside a letter get its line; a raised one becomes a raised character,
    which joins no number. Says whether there were any."""
    if not chars:
        return False
    usual = median(char["size"] for char in chars)
    large = sorted((c for c in chars if c["size"] >= 0.85 * usual), key=lambda c: float(c["x1"]))
    ends = [float(char["x1"]) for char in large]
    moved = False
    for small in chars:
        if small["size"] >= 0.8 * usual or not small["text"].isdigit():
            continue
        reach, least = 0.4 * usual, 0.15 * usual
        low = bisect_left(ends, small["x0"] - reach)
        beside = [
            char
            for char in large[low : bisect_right(ends, small["x0"] + reach)]
            if char["top"] + least < small["bottom"] and small["top"] < char["bottom"] - least
        ]
        if not beside:
            continue
        base = min(beside, key=lambda c: abs(c["x1"] - small["x0"]) + abs(c["top"] - small["top"]))
        middle = (base["top"] + base["bottom"]) / 2
        if (small["top"] + small["bottom"]) / 2 < middle:
            small["text"] = small["text"].translate(_RAISED)
        for name in ("top", "bottom", "doctop", "y0", "y1"):
            small[name] = base[name]
        moved = True
    return moved


def _within_any(item: dict[str, Any], boxes: Sequence[Box]) -> bool:
    x, y = (item["x0"] + item["x1"]) / 2, (item["top"] + item["bottom"]) / 2
    return any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes)


def _ruled(page: Any, number: int) -> list[tuple[Box, CellTable]]:
    found = []
    for table in page.find_tables():
        cells = [cell for cell in table.cells if cell]
        xs = _edges([cell[0] for cell in cells] + [cell[2] for cell in cells])
        ys = _edges([cell[1] for cell in cells] + [cell[3] for cell in cells])
        grid = [[""] * (len(xs) - 1) for _ in range(len(ys) - 1)]
        spans = []
        for cell in cells:
            left, right = _place(xs, cell[0]), _place(xs, cell[2])
            top, bottom = _place(ys, cell[1]), _place(ys, cell[3])
            grid[top][left] = _cell_text(page, cell)
            if right - left > 1 or bottom - top > 1:
                spans.append((top, left, bottom - top, right - left))
        rows = tuple(tuple(row) for row in grid)
        if is_of_figures(rows):
            found.append((table.bbox, CellTable(rows, tuple(spans), number)))
    return found


def _edges(values: Sequence[float]) -> list[float]:
    """Where lines run, those of less than three points apart as one."""
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > 3:
            kept.append(value)
    return kept


def _place(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda at: abs(edges[at] - value))


def _cell_text(page: Any, box: Box) -> str:
    chars = [char for char in page.chars if _within_any(char, [box])]
    lines: list[list[dict[str, Any]]] = []
    for char in sorted(chars, key=lambda c: (c["top"], c["x0"])):
        if lines and abs(char["top"] - lines[-1][0]["top"]) < 0.5 * char["size"]:
            lines[-1].append(char)
        else:
            lines.append([char])
    texts = ["".join(c["text"] for c in sorted(line, key=lambda c: c["x0"])) for line in lines]
    return join_lines([" ".join(text.split()) for text in texts])


def join_lines(lines: Sequence[str]) -> str:
    """The lines of a cell as one, never two digits of different lines as one number."""
    joined = ""
    for line in filter(None, lines):
        is_digits = joined[-1:].isdigit() and line[0].isdigit()
        is_latin = joined[-1:].isascii() and line[0].isascii() and line[0].isalpha()
        joined += (" " if joined and (is_digits or is_latin) else "") + line
    return joined


def _unruled(page: Any, number: int, taken: Sequence[Box]) -> list[tuple[Box, CellTable]]:
    words = [
        Segment(w["x0"], w["top"], w["x1"], w["bottom"], w["text"])
        for w in page.extract_words(keep_blank_chars=False)
        if not _within_any(w, taken)
    ]
    found = []
    for box, rows, spans in unruled(words, join_lines):
        cells = [cell for row in rows for cell in row[1:] if cell]
        figures = sum(1 for cell in cells if cell.lstrip("-+−")[:1].isdigit())
        if is_of_figures(rows) and figures >= LEAST_FIGURES * len(cells):
            found.append((box, CellTable(rows, spans, number)))
    return found
