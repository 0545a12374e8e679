"""The text of a Word document, whole: its body as a reader sees it with all changes accepted.

python-docx opens the file; its own view of paragraphs and cells leaves out what is inserted with
changes tracked, content controls and text boxes, and repeats merged cells (python-docx #340,
#1123), so the body is walked here.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from extractors.parsing.files.model import (
    MAX_CELLS,
    MAX_COLUMNS,
    CellTable,
    FilePart,
    FileRefused,
    is_of_figures,
    refused_for,
)

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOT_THERE = frozenset(
    _W + name for name in ("del", "moveFrom", "delText", "instrText", "rPr", "pPr", "tblPr")
)
_BLOCKS = frozenset(_W + name for name in ("tr", "tc", "p", "tbl"))
_BREAKS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}
_OFF = frozenset({"0", "false", "none", "off"})
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
"""A raised digit is a mark or an exponent, never a digit of the number before it."""


def read_docx(data: bytes) -> FilePart:
    """The document's text and tables. Raises `FileRefused`."""
    import docx

    try:
        opened = docx.Document(io.BytesIO(data))
        body = opened.element.body
        notes = [
            part
            for relation in opened.part.rels.values()
            if relation.reltype.rsplit("/", 1)[-1] in ("footnotes", "endnotes")
            and not relation.is_external
            and (part := relation.target_part)
        ]
        walk = _Walk()
        walk.blocks(body)
        for part in notes:
            walk.note(part.blob)
    except FileRefused:
        raise
    except Exception as error:
        raise refused_for(error) from error
    return FilePart("\n".join(walk.text), "\n".join(walk.prose), tuple(walk.tables))


class _Walk:
    """One walk over a body: lines of text, those of them outside of tables, tables."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.prose: list[str] = []
        self.tables: list[CellTable] = []
        self.cells = 0

    def note(self, blob: bytes) -> None:
        """The paragraphs of footnotes or endnotes."""
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        for paragraph in etree.fromstring(blob, parser).iter(_W + "p"):
            if line := _paragraph(paragraph).strip():
                self.text.append(line)
                self.prose.append(line)

    def blocks(self, parent: Any) -> None:
        """Paragraphs and tables, in whatever stands around them."""
        for block in parent:
            if block.tag == _W + "p":
                line = _paragraph(block)
                self.text.append(line)
                self.prose.append(line)
            elif block.tag == _W + "tbl":
                self._table(block)
            elif block.tag not in _NOT_THERE and isinstance(block.tag, str):
                self.blocks(block)

    def _table(self, table: Any) -> None:
        rows, spans = self._grid(table)
        lines = ["\t".join(row).rstrip("\t") for row in rows]
        self.text += lines
        if is_of_figures(rows):
            caption = next((line.strip() for line in reversed(self.prose) if line.strip()), "")
            self.tables.append(CellTable(rows, spans, 1, caption))
        else:
            self.prose += [cell for row in rows for cell in row if cell]

    def _grid(
        self, table: Any
    ) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[int, int, int, int], ...]]:
        """Cells by row and column, each merged one once, and what it covers."""
        placed: list[dict[int, str]] = []
        open_at: dict[int, list[int]] = {}
        spans: list[list[int]] = []
        for row in _inside(table, _W + "tr"):
            column, cells = _number(row, "trPr", "gridBefore", 0), {}
            for cell in _inside(row, _W + "tc"):
                width = _number(cell, "tcPr", "gridSpan", 1)
                if column + width > MAX_COLUMNS:
                    raise FileRefused("too_large")
                merge = _property(cell, "tcPr", "vMerge")
                if merge is not None and merge.get(_W + "val") != "restart" and column in open_at:
                    open_at[column][2] = len(placed) - open_at[column][0] + 1
                    cells[column] = ""
                else:
                    cells[column] = "\n".join(filter(None, _lines(cell)))
                    span = [len(placed), column, 1, width]
                    spans.append(span)
                    open_at.pop(column, None)
                    if merge is not None:
                        open_at[column] = span
                column += width
            placed.append(cells | {column - 1: cells.get(column - 1, "")} if column else cells)
            self.cells += column
            if self.cells > MAX_CELLS:
                raise FileRefused("too_many_cells")
        width = max((max(row, default=-1) for row in placed), default=-1) + 1
        rows = tuple(tuple(row.get(at, "") for at in range(width)) for row in placed)
        merged = tuple((a, b, c, d) for a, b, c, d in spans if c > 1 or d > 1)
        return rows, merged


def _inside(parent: Any, wanted: str) -> Iterator[Any]:
    """The rows of a table or cells of a row, in whatever stands around them; none deleted."""
    for child in parent:
        if child.tag == wanted:
            if _property(child, "trPr", "del") is None:
                yield child
        elif isinstance(child.tag, str) and child.tag not in _NOT_THERE | _BLOCKS:
            yield from _inside(child, wanted)


def _lines(cell: Any) -> Iterator[str]:
    """The paragraphs of a cell; of a table in it each row is one."""
    for block in cell:
        if block.tag == _W + "p":
            yield _paragraph(block)
        elif block.tag == _W + "tbl":
            for row in _inside(block, _W + "tr"):
                yield "\t".join("\n".join(_lines(inner)) for inner in _inside(row, _W + "tc"))
        elif isinstance(block.tag, str) and block.tag not in _NOT_THERE:
            yield from _lines(block)


def _paragraph(paragraph: Any) -> str:
    """Its text, that of text boxes in it on lines of their own behind it."""
    words: list[str] = []
    boxes: list[str] = []
    _take(paragraph, words, boxes)
    return "\n".join(["".join(words), *boxes])


def _take(element: Any, words: list[str], boxes: list[str]) -> None:
    for child in element:
        tag = child.tag
        if not isinstance(tag, str) or tag in _NOT_THERE:
            continue
        if tag == _W + "txbxContent":
            boxes += [line for line in _lines(child) if line]
        elif tag == _W + "r":
            _run(child, words, boxes)
        elif tag == _FALLBACK and any(each.tag == _CHOICE for each in element):
            continue  # says again what the choice says
        else:
            _take(child, words, boxes)


def _run(run: Any, words: list[str], boxes: list[str]) -> None:
    """A run's text, unless it is struck or hidden."""
    if any(_is_on(run, name) for name in ("strike", "dstrike", "vanish", "webHidden")):
        return
    align = _property(run, "rPr", "vertAlign")
    is_raised = align is not None and align.get(_W + "val") == "superscript"
    for child in run:
        if child.tag == _W + "t":
            text = child.text or ""
            words.append(text.translate(_RAISED) if is_raised else text)
        elif child.tag in _BREAKS:
            words.append(_BREAKS[child.tag])
        elif isinstance(child.tag, str) and child.tag not in _NOT_THERE:
            _take([child], words, boxes)


def _property(element: Any, holder: str, name: str) -> Any:
    return element.find(f"{_W}{holder}/{_W}{name}")


def _is_on(run: Any, name: str) -> bool:
    found = _property(run, "rPr", name)
    return found is not None and found.get(_W + "val", "1") not in _OFF


def _number(element: Any, holder: str, name: str, otherwise: int) -> int:
    found = _property(element, holder, name)
    printed = found.get(_W + "val", "") if found is not None else ""
    if not printed.isdigit() or len(printed) > 9:
        return otherwise if found is None else MAX_COLUMNS + 1
    return int(printed)
