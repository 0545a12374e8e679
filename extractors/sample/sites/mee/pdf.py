"""A small PDF with a Chinese CMap, made by hand: lines of text, and a table below them.

A table is rows of as many cells; `<` is a cell merged with the one to its left, `^` with the one
above. `₂` is set as PDFs have it: a small digit, lowered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

Pages = Sequence[Sequence[str]]
Table = Sequence[Sequence[str]]

SIZE, LEADING, TOP, LEFT = 12, 18, 760, 72
HIGH, PADDING = 22, 6
"""Of a row of a table, and between its lines and its words, points."""


def pdf(pages: Pages, table: Table = (), *, is_ruled: bool = True) -> bytes:
    """A PDF whose font is a standard Chinese one that is not embedded (UniGB-UCS2-H)."""
    bodies: list[bytes] = [b"", b""]

    def add(body: bytes) -> int:
        bodies.append(body)
        return len(bodies)

    described = add(
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[-25 -254 1000 880]"
        b"/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>"
    )
    inner = add(
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)"
        b"/Ordering(GB1)/Supplement 4>>/FontDescriptor %d 0 R/DW 1000/W[1 95 500]>>" % described
    )
    font = add(
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H"
        b"/DescendantFonts[%d 0 R]>>" % inner
    )
    kids = []
    for number, lines in enumerate(pages, 1):
        below = _table(table, TOP - LEADING * len(lines), is_ruled) if number == len(pages) else ""
        stream = (
            f"BT /F1 {SIZE} Tf {LEFT} {TOP} Td {LEADING} TL\n{_lines(lines)}ET\n{below}".encode()
        )
        contents = add(b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream))
        kids.append(
            add(
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]"
                b"/Resources<</Font<</F1 %d 0 R>>>>/Contents %d 0 R>>" % (font, contents)
            )
        )
    bodies[0] = b"<</Type/Catalog/Pages 2 0 R>>"
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    bodies[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), listed)
    return _assembled(bodies)


def _lines(lines: Sequence[str]) -> str:
    return "".join(f"{_shown(line)} T*\n" for line in lines)


def _shown(text: str) -> str:
    """Words as they are set, lowered digits small."""
    parts = [part for part in re.split("(₂)", text) if part] or [""]
    return " ".join(
        f"/F1 8 Tf -3 Ts <{_hex('2')}> Tj /F1 {SIZE} Tf 0 Ts"
        if part == "₂"
        else f"<{_hex(part)}> Tj"
        for part in parts
    )


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex()


def _table(rows: Table, top: float, is_ruled: bool) -> str:
    """The lines around each cell, and its words."""
    return "\n".join(_cells(rows, top, is_ruled)) if rows else ""


def _cells(rows: Table, top: float, is_ruled: bool) -> Iterator[str]:
    wide = [
        2 * PADDING + max(_width(row[at]) for row in rows if row[at] not in ("<", "^"))
        for at in range(len(rows[0]))
    ]
    lefts = [LEFT + sum(wide[:at]) + (0 if is_ruled else 18 * at) for at in range(len(wide) + 1)]
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            if text in ("<", "^"):
                continue
            across = next((n for n in range(x + 1, len(row)) if row[n] != "<"), len(row)) - x
            down = next((n for n in range(y + 1, len(rows)) if rows[n][x] != "^"), len(rows)) - y
            left, bottom = lefts[x], top - HIGH * (y + down)
            if is_ruled:
                yield f"{left} {bottom} {lefts[x + across] - left} {HIGH * down} re S"
            middle = bottom + HIGH * down / 2 - SIZE / 2 + 2
            yield f"BT /F1 {SIZE} Tf 1 0 0 1 {left + PADDING} {middle} Tm {_shown(text)} ET"


def _width(text: str) -> float:
    """How wide words are set, points."""
    return sum(SIZE / 2 if character.isascii() else SIZE for character in text)


def _assembled(bodies: Sequence[bytes]) -> bytes:
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return bytes(out)
