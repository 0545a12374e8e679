"""Attached files of the sample, made by hand: PDF, DOCX, XLSX, ZIP.

Bytes depend on the text alone, so that a file is the same on every night.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from html import escape

from extractors.sample.sites.mee.pdf import Pages, Table, pdf

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
Cell = str | int | Decimal
_CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def make_file(name: str, pages: Pages, table: Table = (), *, is_ruled: bool = True) -> bytes:
    """The bytes of a file, by its extension; a PDF's table stands on its last page."""
    suffix = name.rpartition(".")[2].lower()
    if suffix == "pdf":
        return pdf(pages, table, is_ruled=is_ruled)
    makers: dict[str, Callable[[Pages], bytes]] = {"docx": docx, "xlsx": xlsx, "zip": packed}
    return makers[suffix](pages)


def content_type(name: str) -> str:
    return TYPES[name.rpartition(".")[2].lower()]


def docx(pages: Pages) -> bytes:
    """A Word document: a paragraph for each line."""
    told = "".join(
        f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for lines in pages for line in lines
    )
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return _zipped(
        {
            "[Content_Types].xml": _types("/word/document.xml", main),
            "_rels/.rels": _relation("officeDocument", "word/document.xml"),
            "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{told}'
            "</w:body></w:document>",
        }
    )


def xlsx(rows_of_cells: Sequence[Sequence[Cell]], sheet: str = "附表") -> bytes:
    """A workbook of one sheet: texts as texts, all else as numbers."""
    rows = "".join(
        f'<row r="{n}">{"".join(map(_cell, cells))}</row>'
        for n, cells in enumerate(rows_of_cells, 1)
    )
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    part = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    return _zipped(
        {
            "[Content_Types].xml": _types("/xl/workbook.xml", main, "/xl/worksheets/s1.xml", part),
            "_rels/.rels": _relation("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name="{escape(sheet)}" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _relation("worksheet", "worksheets/s1.xml"),
            "xl/worksheets/s1.xml": f'<worksheet xmlns="{_SHEET}"><sheetData>{rows}'
            "</sheetData></worksheet>",
        }
    )


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
    return f"<c><v>{cell}</v></c>"


def packed(pages: Pages) -> bytes:
    """A zip of a PDF and a Word document with the same text."""
    return _zipped({"说明.pdf": pdf(pages), "说明.docx": docx(pages)})


def _types(*parts: str) -> str:
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{kind}"/>'
        for name, kind in zip(parts[::2], parts[1::2], strict=True)
    )
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{_CONTENT_TYPES}"><Default Extension="rels" ContentType="{rels}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relation(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" Type="{_OFFICE}/{kind}" '
        f'Target="{target}"/></Relationships>'
    )


def _zipped(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            info = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, body)
    return buffer.getvalue()
