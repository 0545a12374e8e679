"""Reading WARC files that other tools made, as far as they are whole."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from extractors.warc.exchange import ArchiveError
from extractors.warc.records import GZIP

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
CHUNK = 1 << 14
END_OF_RECORD = b"\r\n\r\n"


class UpToCut:
    """A stream, unpacked if it is gzip (of one member or many), up to where it is cut or damaged.

    `gzip.GzipFile` would raise at a cut and keep what it had read before it to itself.
    """

    def __init__(self, stream: IO[bytes], *, is_gzip: bool) -> None:
        self._stream, self._is_gzip = stream, is_gzip
        self._unpacker = zlib.decompressobj(GZIP)
        self._packed = b""
        self._is_inside = False
        self.fault = ""
        self.tail = b""

    def read(self, size: int) -> bytes:
        """Some bytes, `size` at most; none at the end or after the fault."""
        try:
            found = self._unpack(size) if self._is_gzip else self._stream.read(size)
            self.tail = (self.tail + found)[-4:]
            return found
        except (EOFError, OSError, zlib.error, zipfile.BadZipFile) as error:
            self.fault = self.fault or str(error)
            return b""

    def _unpack(self, size: int) -> bytes:
        while True:
            if self._unpacker.eof:
                self._packed = self._unpacker.unused_data
                self._unpacker = zlib.decompressobj(GZIP)
            packed = self._packed or self._stream.read(CHUNK)
            found = self._unpacker.decompress(packed, size)
            self._packed = self._unpacker.unconsumed_tail
            if found:
                self._is_inside = not self._unpacker.eof
                return found
            if self._unpacker.eof:
                self._is_inside = False
            elif packed:
                self._is_inside = True
            elif self._is_inside:
                raise EOFError("the compressed data ends early")
            else:
                return b""


def _streams(path: Path, stack: ExitStack) -> Iterator[tuple[str, UpToCut]]:
    """The WARC streams of a file: itself, or those in a WACZ."""
    try:
        file = stack.enter_context(path.open("rb"))
        magic = file.read(4)
        file.seek(0)
        if magic != ZIP_MAGIC:
            yield path.name, UpToCut(file, is_gzip=magic.startswith(GZIP_MAGIC))
            return
        archive = stack.enter_context(zipfile.ZipFile(file))
    except (OSError, zipfile.BadZipFile) as error:
        raise ArchiveError(f"{path}: {error}") from error
    for name in archive.namelist():
        inner = name.lower()
        if inner.startswith("archive/") and inner.endswith((".warc", ".warc.gz")):
            part = stack.enter_context(archive.open(name))
            yield f"{path.name}:{name}", UpToCut(part, is_gzip=inner.endswith(".gz"))


def records(path: Path, cut: list[str]) -> Iterator[Any]:
    """The records up to a cut, their blocks unread. `cut` is told what ended early, and where."""
    with ExitStack() as stack:
        for name, source in _streams(path, stack):
            last = "its beginning"
            try:
                for record in ArchiveIterator(source, no_record_parse=True, check_digests=True):
                    yield record
                    while record.raw_stream.read(CHUNK):
                        pass
                    if not is_whole(record):
                        source.fault = source.fault or "the last record is not whole"
                        break
                    last = record.rec_headers.get_header("WARC-Record-ID") or last
            except (ArchiveLoadFailed, ValueError) as error:  # ValueError: a digest that is none
                source.fault = source.fault or f"a damaged record ({str(error).strip()})"
            if source.tail != END_OF_RECORD:
                source.fault = source.fault or "the last record is not whole"
            if source.fault:
                cut.append(f"{name}: read up to {last}: {source.fault}")


def is_whole(record: Any) -> bool:
    """Whether a record whose block was read had all of it."""
    return record.length is not None and record.raw_stream.limit == 0


def url_of(record: Any) -> str:
    return record.rec_headers.get_header("WARC-Target-URI") or ""
