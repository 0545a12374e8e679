"""Texts and cells of files as they are kept: no gaps of a layout, and no personal data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from extractors.parsing.files.model import CellTable
from extractors.parsing.private.text import without_private

_CJK = "\u3400-\u9fff\uf900-\ufaff"
_GAPS = re.compile(
    rf"(?<=[{_CJK}])[ \u3000]+(?=[{_CJK}\d])|(?<=\d)[ \u3000]+(?=[{_CJK}%])"
    rf"|(?<=[，。；：、（）])[ ]+(?=[{_CJK}\d])|(?<=[{_CJK}\d])[ ]+(?=[，。；：、（）])"
)


def tidy_text(text: str) -> str:
    """A text's lines without gaps, blanks around them, empty ones and personal data."""
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    kept = without_private(_GAPS.sub("", text.replace("\f", "\n")))
    return "\n".join(raw.strip(" \u3000\r") for raw in kept.split("\n") if raw.strip())


def tidy_table(table: CellTable) -> CellTable:
    """A table without personal data: a row that is left with fewer cells has none."""
    lines = without_private("\n".join("\t".join(_one_line(row)) for row in table.rows)).split("\n")
    rows = []
    for row, line in zip(table.rows, lines, strict=False):
        cells = line.split("\t")
        rows.append(tuple(cells) if len(cells) == len(row) else ("",) * len(row))
    rows += [("",) * len(row) for row in table.rows[len(rows) :]]
    caption = tidy_text(table.caption)
    return replace(table, rows=tuple(rows), caption=caption)


def _one_line(cells: tuple[str, ...]) -> Iterator[str]:
    return (_GAPS.sub("", " ".join(cell.split())) for cell in cells)
