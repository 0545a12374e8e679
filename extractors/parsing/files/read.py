"""A file's document, read in this process: what it is by its bytes, its parts, its members.

Whatever is wrong with a file becomes a reason, never an exception: the file was published, and
is held. The caps here are counts, not seconds, so that the same bytes always end the same way.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from extractors.parsing.files import model
from extractors.parsing.files.model import READABLE, Document, FilePart, FileRefused, refused_for
from extractors.parsing.files.pdf import read_pdf
from extractors.parsing.files.sheet import read_xlsx
from extractors.parsing.files.tidy import tidy_table, tidy_text
from extractors.parsing.files.word import read_docx

MAX_MEMBERS = 400
MAX_UNPACKED = 120_000_000
MAX_RATIO = 200
"""Unpacked size over packed size of a zip's member; office documents stay below 60."""


def read_here(name: str, data: bytes) -> Document:
    """The text and tables of a file; raises nothing for what is in it."""
    file_type = type_of(data)
    digest = hashlib.sha256(data).hexdigest()
    members: list[str] = []
    try:
        check_name(name, file_type)
        parts = tuple(_tidy(_READERS[file_type](data, members)))
    except FileRefused as refused:
        return Document(file_type, digest, (), str(refused), tuple(members))
    tables = [table.plain() for part in parts for table in part.tables]
    return Document(
        file_type,
        digest,
        tuple(part.text for part in parts),
        "",
        tuple(members),
        tuple(part.prose for part in parts),
        tuple(tables),
        tuple(
            (rule, f"page {number}", detail)
            for number, part in enumerate(parts, 1)
            for rule, detail in part.remarks
        ),
    )


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


def check_name(name: str, file_type: str) -> None:
    """Raise `FileRefused` for a file that is not what its name says, or of a kind not read."""
    wanted = name.rpartition(".")[2].lower()
    wanted = "doc" if wanted == "xls" else wanted
    if file_type == "unknown":
        raise FileRefused("unknown_type")
    if wanted != file_type:
        raise FileRefused("wrong_extension")
    if file_type not in _READERS:
        raise FileRefused("unsupported_type")


def _tidy(parts: Iterator[FilePart]) -> Iterator[FilePart]:
    """Pages without the gaps that a layout leaves, without personal data, and not without end."""
    characters = 0
    for count, part in enumerate(parts, 1):
        if count > model.MAX_PAGES:
            raise FileRefused("too_many_pages")
        characters += len(part.text)
        if characters > model.MAX_CHARACTERS:
            raise FileRefused("too_much_text")
        text = tidy_text(part.text)
        prose = text if part.prose is part.text else tidy_text(part.prose)
        tables = tuple(tidy_table(replace(table, page=count)) for table in part.tables)
        yield replace(part, text=text, prose=prose, tables=tables)


def _pdf(data: bytes, _: list[str]) -> Iterator[FilePart]:
    return read_pdf(data)


def _docx(data: bytes, _: list[str]) -> Iterator[FilePart]:
    _check_zip(data)
    yield read_docx(data)


def _xlsx(data: bytes, _: list[str]) -> Iterator[FilePart]:
    _check_zip(data)
    yield from read_xlsx(data)


def _zip(data: bytes, members: list[str]) -> Iterator[FilePart]:
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
                if file_type in READABLE:
                    yield from _READERS[file_type](body, [])
    except FileRefused:
        raise
    except Exception as error:
        raise refused_for(error) from error


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
        raise refused_for(error) from error
    if len(infos) > MAX_MEMBERS:
        raise FileRefused("too_many_members")
    if sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise FileRefused("zip_bomb")
    for info in infos:
        if info.file_size > 1_000_000 and info.file_size > MAX_RATIO * info.compress_size:
            raise FileRefused("zip_bomb")


_READERS: dict[str, Callable[[bytes, list[str]], Iterator[FilePart]]] = {
    "pdf": _pdf,
    "docx": _docx,
    "xlsx": _xlsx,
    "zip": _zip,
}
