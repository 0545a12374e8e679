"""The pages of a PDF: text by pypdf, and by position where a page has tables or raised digits."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from extractors.parsing.files.legible import garbled, legible, without_map
from extractors.parsing.files.model import MAX_PAGES, FilePart, FileRefused, refused_for

MAX_PAGE_BYTES = 4_000_000
"""Bytes of one PDF page's instructions; a page of text has some thousands."""
MAX_FILE_BYTES = 20_000_000
"""Of all pages' instructions, those that pages share counted for each."""
MAX_BY_POSITION = 40
"""Pages of a file that are read by position, which takes a third of a second each."""
_RULES = re.compile(rb"[\d.]\s+(?:re|l)\s")
_ROW = re.compile(r"(?:^|\s)[-+−±]?\d[\d,.]*%?$")
LEAST_RULES = 6
"""Lines that a table of four cells is drawn with."""
LEAST_ROWS = 2


def read_pdf(data: bytes) -> Iterator[FilePart]:
    """Each page. Raises `FileRefused`."""
    from pypdf import PdfReader
    from pypdf.generic import DictionaryObject

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileRefused("encrypted")
        # The count that the file states is cheap; counting its pages is not, and is done too.
        root = reader.root_object["/Pages"]
        stated = root.get("/Count") if isinstance(root, DictionaryObject) else None
        if not isinstance(stated, int):
            raise FileRefused("damaged (no page tree)")
        if stated > MAX_PAGES or len(reader.pages) > MAX_PAGES:
            raise FileRefused("too_many_pages")
        with closing(_ByPosition(data)) as by_position:
            yield from _pages(reader, by_position)
    except FileRefused:
        raise
    except RecursionError:
        raise FileRefused("too_complex") from None
    except Exception as error:
        told = type(error).__name__
        limits = {"LimitReachedError": "too_large", "DependencyError": "encrypted"}
        known = FileRefused(limits[told]) if told in limits else refused_for(error)
        raise known from error


def _pages(reader: Any, by_position: _ByPosition) -> Iterator[FilePart]:
    contents = []
    total = 0
    for page in reader.pages:
        content = _content(page)
        total += len(content)
        if len(content) > MAX_PAGE_BYTES:
            raise FileRefused("page_too_large")
        if total > MAX_FILE_BYTES:
            raise FileRefused("too_large")
        contents.append(content)
    for number, (page, content) in enumerate(zip(reader.pages, contents, strict=True), 1):
        font, is_other = without_map(page, content)
        if font:
            told = f"the font {font} has no map to characters"
            yield FilePart("", "", (), (("needs_ocr", told),))
            continue
        yield _page(page, content, number, by_position if is_other else None, by_position)


def _content(page: Any) -> bytes:
    held = page.get_contents()
    return held.get_data() if held is not None else b""


def _page(
    page: Any, content: bytes, number: int, must: _ByPosition | None, by_position: _ByPosition
) -> FilePart:
    sizes = _Sizes()
    text = page.extract_text(visitor_text=sizes.visit)
    part: FilePart | None = None
    if must or sizes.has_small_digits or _may_hold_table(text, content):
        part = by_position.page(number, is_text_wanted=must is not None)
    if part is None:
        part = FilePart(text, text)
    elif not part.text:  # nothing but remarks
        part = FilePart(text, text, part.tables, part.remarks)
    if why := garbled(legible(part.text)):
        return FilePart("", "", (), (*part.remarks, ("needs_ocr", why)))
    return FilePart(legible(part.text), legible(part.prose), part.tables, part.remarks)


def _may_hold_table(text: str, content: bytes) -> bool:
    """Whether a look at where its words stand is worth what it costs."""
    rows = sum(1 for line in text.splitlines() if len(line) < 120 and _ROW.search(line.rstrip()))
    if not rows:
        return False
    return rows >= LEAST_ROWS or len(_RULES.findall(content)) >= LEAST_RULES


class _Sizes:
    """Whether digits are set smaller than the words before them: marks, exponents, indices."""

    def __init__(self) -> None:
        self.has_small_digits = False
        self._last = 0.0

    def visit(self, text: str, _: Any, matrix: Any, __: Any, size: float) -> None:
        """A piece of text with its matrix and size, as pypdf gives it."""
        words = text.strip()
        if not words:
            return
        height = abs(size * (matrix[3] or matrix[0] or 1))
        if words.isdigit() and height < 0.8 * self._last:
            self.has_small_digits = True
        else:
            self._last = height


class _ByPosition:
    """The same file as pdfplumber has it, opened when the first page asks for it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._opened: Any = None
        self._left = MAX_BY_POSITION

    def page(self, number: int, *, is_text_wanted: bool) -> FilePart | None:
        """A page read by position; None where pypdf's text is as good."""
        from extractors.parsing.files.pdf_page import read_page

        if self._left == 0:
            return FilePart("", "", (), (("tables_not_read", "too many pages with tables"),))
        self._left -= 1
        if self._opened is None:
            import pdfplumber

            self._opened = pdfplumber.open(io.BytesIO(self._data))
        page = self._opened.pages[number - 1]
        try:
            part = read_page(page, number)
            if part is None and is_text_wanted:
                text = page.extract_text() or ""
                return FilePart(text, text)
            return part
        finally:
            page.close()

    def close(self) -> None:
        """Let go of it."""
        if self._opened is not None:
            self._opened.close()
