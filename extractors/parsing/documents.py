"""The text of attached files: PDF, DOCX, XLSX, and zips of these, by libraries, with caps.

A file is what its first bytes say; a name that says otherwise refuses it. Whatever is wrong
with a file becomes a reason, never an exception: the file was published, and is held. All caps
are counts, not seconds, so that the same bytes always end the same way.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from extractors.parsing.private_text import without_private

MAX_PAGES = 800
MAX_CHARACTERS = 4_000_000
MAX_PAGE_BYTES = 4_000_000
"""Bytes of one PDF page's instructions; a page of text has some thousands."""
MAX_MEMBERS = 400
MAX_UNPACKED = 120_000_000
MAX_RATIO = 200
"""Unpacked size over packed size of a zip's member; office documents stay below 60."""
MAX_CELLS = 500_000

_CJK = "\u3400-\u9fff\uf900-\ufaff"
_GAPS = re.compile(
    rf"(?<=[{_CJK}])[ \u3000]+(?=[{_CJK}\d])|(?<=\d)[ \u3000]+(?=[{_CJK}%])"
    rf"|(?<=[，。；：、（）])[ ]+(?=[{_CJK}\d])|(?<=[{_CJK}\d])[ ]+(?=[，。；：、（）])"
)
_READABLE = ("pdf", "docx", "xlsx")


class FileRefused(ValueError):
    """A file that is not read: a stable word for why."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file's text by page (sheet, member), or why there is none. `sha256` is of its bytes."""

    file_type: str
    sha256: str
    pages: tuple[str, ...] = ()
    refused_for: str = ""
    members: tuple[str, ...] = field(default=())


def read_document(name: str, data: bytes) -> Document:
    """The text of a file; raises nothing for what is in it."""
    file_type = type_of(data)
    digest = hashlib.sha256(data).hexdigest()
    members: list[str] = []
    try:
        _check_name(name, file_type)
        pages = tuple(_tidy(_READERS[file_type](data, members)))
    except FileRefused as refused:
        return Document(file_type, digest, (), str(refused), tuple(members))
    return Document(file_type, digest, pages, "", tuple(members))


def type_of(data: bytes) -> str:
    """What the bytes are: pdf, docx, xlsx, zip, doc (any old Office file), or unknown."""
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "doc"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                names = packed.namelist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
            return "zip"
        if "[Content_Types].xml" in names:
            if any(name.startswith("word/") for name in names):
                return "docx"
            if any(name.startswith("xl/") for name in names):
                return "xlsx"
        return "zip"
    return "unknown"


def _check_name(name: str, file_type: str) -> None:
    wanted = name.rpartition(".")[2].lower()
    wanted = "doc" if wanted == "xls" else wanted
    if file_type == "unknown":
        raise FileRefused("unknown_type")
    if wanted != file_type:
        raise FileRefused("wrong_extension")
    if file_type not in _READERS:
        raise FileRefused("unsupported_type")


def _tidy(pages: Iterator[str]) -> Iterator[str]:
    """Pages without the gaps that a layout leaves, without personal data, and not without end."""
    characters = 0
    for count, page in enumerate(pages, 1):
        if count > MAX_PAGES:
            raise FileRefused("too_many_pages")
        text = page.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
        text = text.replace("\f", "\n")
        characters += len(text)
        if characters > MAX_CHARACTERS:
            raise FileRefused("too_much_text")
        kept = without_private(_GAPS.sub("", text))
        yield "\n".join(line for raw in kept.splitlines() if (line := raw.strip()))


def _pdf(data: bytes, _: list[str]) -> Iterator[str]:
    import logging

    from pypdf import PdfReader
    from pypdf.generic import DictionaryObject

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
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
        for page in reader.pages:
            contents = page.get_contents()
            if contents is not None and len(contents.get_data()) > MAX_PAGE_BYTES:
                raise FileRefused("page_too_large")
            yield page.extract_text()
    except FileRefused:
        raise
    except (MemoryError, RecursionError):
        raise FileRefused("too_complex") from None
    except Exception as error:
        told = type(error).__name__
        word = "encrypted" if told == "DependencyError" else "too_large"
        is_limit = told in ("LimitReachedError", "DependencyError")
        raise FileRefused(word if is_limit else f"damaged ({told})") from error


def _docx(data: bytes, _: list[str]) -> Iterator[str]:
    _check_zip(data)
    import docx
    from docx.table import Table

    try:
        parts: list[str] = []
        for block in docx.Document(io.BytesIO(data)).iter_inner_content():
            if isinstance(block, Table):
                parts += ["\t".join(cell.text for cell in row.cells) for row in block.rows]
            else:
                parts.append(block.text)
    except Exception as error:
        raise FileRefused(f"damaged ({type(error).__name__})") from error
    yield "\n".join(parts)


def _xlsx(data: bytes, _: list[str]) -> Iterator[str]:
    _check_zip(data)
    from openpyxl import load_workbook

    cells = 0
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            lines = [sheet.title]
            for row in sheet.iter_rows(values_only=True):
                cells += len(row)
                if cells > MAX_CELLS:
                    raise FileRefused("too_many_cells")
                words = ["" if value is None else str(value) for value in row]
                if any(words):
                    lines.append("\t".join(words))
            yield "\n".join(lines)
    except FileRefused:
        raise
    except Exception as error:
        raise FileRefused(f"damaged ({type(error).__name__})") from error


def _zip(data: bytes, members: list[str]) -> Iterator[str]:
    """The readable members of a zip, one level deep: a zip in it is named and not opened."""
    _check_zip(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            infos = [info for info in packed.infolist() if not info.is_dir()]
            members += [_name(info) for info in infos]
            for info in infos:
                if info.flag_bits & 1:
                    raise FileRefused("encrypted")
                body = packed.read(info)
                file_type = type_of(body)
                if file_type in _READABLE:
                    yield from _READERS[file_type](body, [])
    except FileRefused:
        raise
    except Exception as error:
        raise FileRefused(f"damaged ({type(error).__name__})") from error


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name; without its UTF-8 flag it is GBK, which zipfile reads as cp437."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    return "".join(c if c.isprintable() else "\ufffd" for c in name)


def _check_zip(data: bytes) -> None:
    """Refuse a bomb by what its own table says; a table that lies fails while it is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            infos = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise FileRefused(f"damaged ({type(error).__name__})") from error
    if len(infos) > MAX_MEMBERS:
        raise FileRefused("too_many_members")
    if sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise FileRefused("zip_bomb")
    for info in infos:
        if info.file_size > 1_000_000 and info.file_size > MAX_RATIO * info.compress_size:
            raise FileRefused("zip_bomb")


_READERS: dict[str, Callable[[bytes, list[str]], Iterator[str]]] = {
    "pdf": _pdf,
    "docx": _docx,
    "xlsx": _xlsx,
    "zip": _zip,
}
