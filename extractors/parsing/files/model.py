"""What a file is read as: pages of text, tables of cells, and remarks on what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MAX_PAGES = 800
MAX_CHARACTERS = 4_000_000
MAX_CELLS = 500_000
MAX_ROWS = 200_000
MAX_COLUMNS = 1000
READABLE = ("pdf", "docx", "xlsx")


_NO_MEMORY = 2
"""libxml2's XML_ERR_NO_MEMORY, which lxml raises as one of the syntax."""


class FileRefused(ValueError):
    """A file that is not read: a stable word for why."""


def refused_for(error: Exception) -> FileRefused:
    """What a library's exception makes of a file: damaged, or too large for the memory."""
    is_memory = isinstance(error, MemoryError) or getattr(error, "code", 0) == _NO_MEMORY
    return FileRefused("too_large" if is_memory else f"damaged ({type(error).__name__})")


@dataclass(frozen=True, slots=True)
class CellTable:
    """A table: as many cells in each row. A merged cell stands in its first place, the others
    that it covers are empty and named by `spans` (row, column, rows, columns)."""

    rows: tuple[tuple[str, ...], ...]
    spans: tuple[tuple[int, int, int, int], ...] = ()
    page: int = 1
    caption: str = ""
    """The line before it, which names it."""

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "page": self.page,
            "caption": self.caption,
            "rows": [list(row) for row in self.rows],
            "spans": [list(span) for span in self.spans],
        }


@dataclass(frozen=True, slots=True)
class FilePart:
    """A page (sheet, document): all its text, and of it what stands in no table of figures."""

    text: str
    prose: str
    tables: tuple[CellTable, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    """Rule and detail of what was left out or is odd."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file's text by page (sheet, member), or why there is none. `sha256` is of its bytes.

    `prose` is the text of each page without its `tables`. `remarks` are rule, place and detail.
    """

    file_type: str
    sha256: str
    pages: tuple[str, ...] = ()
    refused_for: str = ""
    members: tuple[str, ...] = field(default=())
    prose: tuple[str, ...] = ()
    tables: tuple[dict[str, Any], ...] = ()
    remarks: tuple[tuple[str, str, str], ...] = ()


def is_of_figures(rows: tuple[tuple[str, ...], ...]) -> bool:
    """Whether a table is one of cells: two rows and columns at least, and no text in sentences,
    which a layout puts into cells, too."""
    filled = [[cell for cell in row if cell.strip()] for row in rows]
    if sum(1 for row in filled if len(row) >= 2) < 2:
        return False
    return not any("。" in cell[:-1] or len(cell) > 200 for row in filled for cell in row)
