"""Taking in WARC files that a person saved with another tool (wget, a browser's archiver ...)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.bufferedreaders import ChunkedDataReader
from warcio.statusandheaders import StatusAndHeadersParser

from extractors.archive.writer import ArchiveWriter
from extractors.model import Link
from extractors.warc.convert import is_fit
from extractors.warc.exchange import ArchiveError, Entry, Exchange
from extractors.warc.foreign import is_whole, records, url_of

MAX_BLOCK_BYTES = 64_000_000
MAX_REQUEST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that was not taken: its address, whose that is (empty: nobody's), and why."""

    url: str
    source: str
    why: str


@dataclass(slots=True)
class ImportReport:
    """What came of an import. `entries` are the new fetches, not judged yet.

    `left_out` are the records that were not taken. `cut` says in words where a file ended
    early; all before it was taken.
    """

    entries: list[Entry] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def skipped(self) -> dict[str, int]:
        """How many records were left out, by why."""
        return dict(Counter(one.why for one in self.left_out))


@dataclass(slots=True)
class _Requests:
    """The requests by the names under which a response may find its own.

    `torn` are the last responses of files that end early: the request of such a one
    may be what was cut off, and a POST must not pass for a GET.
    """

    by_name: dict[str, _Request] = field(default_factory=dict)
    torn: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def import_warc(
    path: Path,
    source_of: Callable[[str], str | None],
    kind_of: Callable[[str], str],
    writer_of: Callable[[str], ArchiveWriter],
    refused: Callable[[Exchange], str] = lambda exchange: "",
) -> ImportReport:
    """Copy the GET and POST responses whose URL has a source into new files of ours, but for
    those of which `refused` says why they are not to be taken.

    WARC-Date becomes `retrieved_at`. Bodies are transfer-decoded; what the tool
    changed beyond that is taken as it is. A response without a request is taken for a
    GET. Raises `ArchiveError` if the file can't be opened or holds no WARC records at all.
    """
    report = ImportReport()
    requests = _requests(path, source_of)
    with ExitStack() as stack:
        writers: dict[str, ArchiveWriter] = {}
        for record in records(path, report.cut):
            url = url_of(record)
            source = source_of(url)
            if source is None or record.rec_type != "response":
                report.left_out += _not_wanted(record.rec_type, url, source)
                continue
            try:
                exchange = _exchange(record, requests, source, kind_of(url))
                if told := refused(exchange):
                    raise ValueError(told)
            except ValueError as error:
                report.left_out.append(LeftOut(url, source, str(error)))
                continue
            if source not in writers:
                writers[source] = stack.enter_context(writer_of(source))
            report.entries.append(writers[source].write(exchange))
    return report


def _names(record: Any) -> list[str]:
    """The names under which a request and its response may find each other."""
    get = record.rec_headers.get_header
    names = (get("WARC-Record-ID"), get("WARC-Concurrent-To"))
    return [*filter(None, names), f"{get('WARC-Date')} {url_of(record)}"]


def _requests(path: Path, source_of: Callable[[str], str | None]) -> _Requests:
    """A first walk through the file: tools write a request before its response or after it."""
    found, cut = _Requests(), list[str]()
    count, cuts, last = 0, 0, ""
    for record in records(path, cut):
        if len(cut) > cuts:  # the file before this one in a WACZ ended early
            cuts = len(cut)
            found.torn.add(last)
        count += 1
        if record.rec_type == "response":
            last = record.rec_headers.get_header("WARC-Record-ID") or ""
        elif record.rec_type == "request" and source_of(url_of(record)):
            _note(record, found)
    if len(cut) > cuts:
        found.torn.add(last)
    if not count:
        raise ArchiveError(f"{path}: no WARC record in it")
    return found


def _note(record: Any, found: _Requests) -> None:
    """Remember a request, unless it is itself cut short or empty."""
    block = BytesIO(record.raw_stream.read(MAX_REQUEST_BYTES))
    if not is_whole(record) or not block.getbuffer():
        return
    try:
        http = StatusAndHeadersParser([], verify=False).parse(block)
    except EOFError:
        return  # no HTTP request in its record
    request = _Request(http.protocol, tuple(http.headers), block.read())
    for name in _names(record):
        found.by_name.setdefault(name, request)


def _not_wanted(kind: str, url: str, source: str | None) -> list[LeftOut]:
    """What is told of a record that is no response of a source's address."""
    if kind not in ("response", "revisit", "resource"):
        return []  # a request, or what the tool says of itself
    if source is None:
        return [LeftOut(url, "", "no source has this address")]
    return [LeftOut(url, source, f"a {kind} record, without the HTTP response")]


def _exchange(record: Any, requests: _Requests, source: str, kind: str) -> Exchange:
    """The response as an exchange of ours; `ValueError` says why it can't be one."""
    get, url = record.rec_headers.get_header, url_of(record)
    block = BytesIO(record.raw_stream.read(MAX_BLOCK_BYTES))
    if not is_whole(record):
        is_large = block.getbuffer().nbytes == MAX_BLOCK_BYTES
        raise ValueError("too large" if is_large else "cut short")
    if any(says.startswith("block digest failed") for says in record.digest_checker.problems):
        raise ValueError("damaged: its bytes do not have their digest")
    if not is_fit(url):
        raise ValueError("not a URL")
    request = next((r for n in _names(record) if (r := requests.by_name.get(n))), None)
    if request is None and get("WARC-Record-ID") in requests.torn:
        raise ValueError("its request was cut off")
    link = _link(url, kind, request or _Request("GET", (), b""))
    http = _http(block)
    status, _, reason = http.statusline.partition(" ")
    return Exchange(
        link=link,
        source=source,
        kind=link.kind,
        status=int(status),
        reason=reason,
        request_headers=request.headers if request else (),
        response_headers=tuple(http.headers),
        body=_body(block, http.get_header("Transfer-Encoding") or ""),
        retrieved_at=_instant(get("WARC-Date") or ""),
        http_version=http.protocol,
        ip=get("WARC-IP-Address") or "",
        truncated=get("WARC-Truncated") or "",
    )


def _http(block: BytesIO) -> Any:
    """The HTTP head at the beginning of a block; `ValueError` if there is none."""
    try:
        http = StatusAndHeadersParser([], verify=False).parse(block)
    except EOFError as error:
        raise ValueError("no HTTP response in its record") from error
    if not (http.protocol.startswith("HTTP/") and http.get_statuscode().isdecimal()):
        raise ValueError("no HTTP response in its record")
    return http


def _body(block: BytesIO, transfer_encoding: str) -> bytes:
    """The rest of the block without chunk frames, if its headers say that it has any."""
    is_chunked = "chunked" in transfer_encoding.lower()
    body: bytes = (ChunkedDataReader(block) if is_chunked else block).read()
    return body


def _link(url: str, kind: str, request: _Request) -> Link:
    if request.method == "GET":
        return Link(url, kind)
    if request.method != "POST":
        raise ValueError(f"method {request.method}")
    types = [value for name, value in request.headers if name.lower() == "content-type"]
    try:
        link = Link(url, kind, request.body.decode("utf-8"))
        return replace(link, content_type=types[0]) if types else link
    except UnicodeDecodeError as error:
        raise ValueError("a POST whose body is not UTF-8") from error


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"WARC-Date without a time zone: {text!r}")
    return instant
