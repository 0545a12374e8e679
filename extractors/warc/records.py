"""WARC records as bytes: building one, packing it, reading one back.

`warcio` serialises and parses the records. What is done here beside it: header
bytes stay as they were received, digests are SHA-256 and computed once, and gzip
runs at a level that costs half of warcio's 9 for 4 % more bytes.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from extractors.warc.exchange import ArchiveError

LEVEL_TEXT = 4
LEVEL_ENCODED = 1
GZIP = 16 + zlib.MAX_WBITS
SHORT = 4096

Headers = Sequence[tuple[str, str]]

_FOLD = re.compile(r"\r?\n[ \t]+")
_CONTROL = re.compile(r"[\r\n\x00]")
_CONTENT_TYPES = {
    "warcinfo": "application/warc-fields",
    "request": "application/http; msgtype=request",
    "response": "application/http; msgtype=response",
    "revisit": "application/http; msgtype=response",
}


@dataclass(frozen=True, slots=True)
class Stored:
    """A record read back. `head` are its WARC headers by lower-case name, `body` its payload."""

    kind: str
    head: dict[str, str]
    first_line: str
    http_headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def status(self) -> int:
        """The HTTP status of a response; `ValueError` if its first line has none."""
        return int(self.first_line.split(" ", 2)[1])

    def http_header(self, name: str) -> str:
        """The first value of an HTTP header (any case), or an empty string."""
        return next((v for n, v in self.http_headers if n.lower() == name), "")


class _RawHeaders(StatusAndHeaders):  # type: ignore[misc]  # warcio ships no types
    """HTTP headers that are written as they are (warcio would percent-encode them)."""

    def __init__(self, raw: bytes) -> None:
        super().__init__("raw", [])
        self.headers_buff = raw

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        """Leave the bytes alone."""


def http_head(first_line: str, headers: Headers) -> bytes:
    """The bytes of an HTTP head. Folded lines are unfolded, stray line breaks become spaces.

    Characters go back to the Latin-1 bytes that the client decoded them from.
    """
    lines = [first_line, *(f"{name}: {value}" for name, value in headers)]
    return b"".join(_bytes(clean(line)) + b"\r\n" for line in lines) + b"\r\n"


def clean(line: str) -> str:
    """A header line as it is stored: one line."""
    return _CONTROL.sub(" ", _FOLD.sub(" ", line))


def _bytes(line: str) -> bytes:
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode("utf-8")


def digest(data: bytes, *more: bytes) -> str:
    """A WARC digest field: `sha256:` and base32, as is the custom."""
    hasher = hashlib.sha256(data)
    for part in more:
        hasher.update(part)
    return "sha256:" + base64.b32encode(hasher.digest()).decode("ascii")


def hex_of(field: str) -> str:
    """The hex form of a `sha256:BASE32` field; `ArchiveError` if it is another thing."""
    algorithm, _, value = field.partition(":")
    if algorithm.lower() != "sha256" or len(value) != 56:
        raise ArchiveError(f"not a SHA-256 digest: {field!r}")
    return base64.b32decode(value).hex()


def field_of(hex_digest: str) -> str:
    """The `sha256:BASE32` form of a hex digest."""
    return "sha256:" + base64.b32encode(bytes.fromhex(hex_digest)).decode("ascii")


def warc_date(instant: datetime) -> str:
    """A WARC-Date: UTC with microseconds (WARC 1.1), as text that sorts as the instant does."""
    if instant.tzinfo is None:
        raise ArchiveError(f"an instant without a time zone: {instant.isoformat()}")
    return instant.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def record(kind: str, head: Headers, block_head: bytes, body: bytes, level: int) -> bytes:
    """One record as one gzip member. `block_head` are HTTP headers, empty in a warcinfo."""
    fields = [
        ("WARC-Type", kind),
        *head,
        ("WARC-Block-Digest", digest(block_head, b"" if kind == "revisit" else body)),
    ]
    rec_headers = StatusAndHeaders("", fields, protocol="WARC/1.1")
    http = _RawHeaders(block_head) if block_head else None
    size = len(body)
    made = ArcWarcRecord("warc", kind, rec_headers, BytesIO(body), http, _CONTENT_TYPES[kind], size)
    made.payload_length = size
    plain = BytesIO()
    WARCWriter(plain, gzip=False, warc_version="1.1").write_record(made)
    return _gzip(plain.getvalue(), level)


def _gzip(plain: bytes, level: int) -> bytes:
    """One gzip member. A short record in a small window: setting up the full one costs more."""
    is_short = len(plain) <= SHORT
    window, memory = (16 + 12, 5) if is_short else (GZIP, zlib.DEF_MEM_LEVEL)
    packer = zlib.compressobj(level, zlib.DEFLATED, window, memory)
    return packer.compress(plain) + packer.flush()


def parse(plain: bytes) -> Stored:
    """Read a record of ours that has been unpacked; `ArchiveError` where it is not a whole one."""
    try:
        found = next(iter(ArchiveIterator(BytesIO(plain), no_record_parse=True)))
    except (ArchiveLoadFailed, StopIteration) as error:
        raise ArchiveError(f"not a WARC record: {error}") from error
    block: bytes = found.raw_stream.read()
    if found.length is None or found.raw_stream.limit != 0:
        raise ArchiveError("a WARC record shorter than its Content-Length")
    head = {name.lower(): value for name, value in found.rec_headers.headers}
    if found.rec_type == "warcinfo":
        return Stored("warcinfo", head, "", (), block)
    http, _, body = block.partition(b"\r\n\r\n")
    first, *lines = http.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = tuple((name, value.strip()) for name, _, value in pairs)
    return Stored(found.rec_type or "", head, first, headers, body)
