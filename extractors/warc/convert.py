"""An exchange as WARC records, and WARC records as a row of the index."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

from extractors.model import Link
from extractors.warc import records as warcfile
from extractors.warc.exchange import ArchiveError, Entry, Exchange, WarcFile
from extractors.warc.records import Stored, clean, digest, field_of, hex_of, http_head, warc_date

KIND_FIELD = "Carbonmart-Kind"
"""Our own header of a response: the page type, which no header of the standard can say."""

PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
SPECIFICATION = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
ORIGINAL_TRANSFER = "X-Orig-Transfer-Encoding"

NO_PAYLOAD = digest(b"")

_URN = "<urn:uuid:"
_UNSAFE_URL = re.compile(r"[\x00-\x20\x7f<>]")


@dataclass(frozen=True, slots=True)
class Packed:
    """The records of one exchange, ready to be appended; its `entry` still lacks its place."""

    request: bytes
    response: bytes
    entry: Entry


def warcinfo(file: WarcFile, info_id: str) -> bytes:
    """The first record of a file: who wrote it, when, for which run of which source."""
    fields = {
        "software": f"carbonmart/{_version()}",
        "format": "WARC File Format 1.1",
        "conformsTo": SPECIFICATION,
        "source": file.source,
        "run": file.run_id,
        "run-started": warc_date(file.started_at),
    }
    if file.business_day:
        fields["business-day"] = file.business_day
    block = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode("utf-8")
    head = [
        ("WARC-Record-ID", _urn(info_id)),
        ("WARC-Date", warc_date(file.started_at)),
        ("WARC-Filename", file.warc.rpartition("/")[2]),
    ]
    return warcfile.record("warcinfo", head, b"", block, warcfile.LEVEL_TEXT)


def pack(exchange: Exchange, payload: str, base: Entry | None, run_id: str, info_id: str) -> Packed:
    """The request record, and a response, or a revisit of `base` where one is given.

    `payload` is the hex SHA-256 of the payload, which for a 304 is the base's.
    An exchange without request headers (a person's tool kept none) gets no request
    record, unless it is a POST, whose body belongs to its identity.
    """
    url = exchange.link.url
    if not is_fit(url):
        raise ArchiveError(f"{exchange.source}: not a URL: {url!r}")
    fetch_id, request_id = new_id(), new_id()
    common = [
        ("WARC-Target-URI", url),
        ("WARC-Date", warc_date(exchange.retrieved_at)),
        ("WARC-Warcinfo-ID", _urn(info_id)),
    ]
    if exchange.ip:
        common.append(("WARC-IP-Address", exchange.ip))
    request = b""
    if exchange.request_headers or exchange.link.body is not None:
        ids = [("WARC-Record-ID", _urn(request_id)), ("WARC-Concurrent-To", _urn(fetch_id))]
        request = _request(exchange, [*ids, *common])
        common.append(("WARC-Concurrent-To", _urn(request_id)))
    response = _response(
        exchange, base, field_of(payload), [("WARC-Record-ID", _urn(fetch_id)), *common]
    )
    return Packed(request, response, _entry(exchange, base, fetch_id, run_id, payload))


def is_fit(url: str) -> bool:
    """Whether a URL can stand in a WARC header: no spaces, line breaks or brackets."""
    return not _UNSAFE_URL.search(url)


def _request(exchange: Exchange, head: list[tuple[str, str]]) -> bytes:
    link = exchange.link
    parts = urlsplit(link.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    body = (link.body or "").encode("utf-8")
    sent = digest(body) if body else NO_PAYLOAD
    lines = http_head(f"{link.method} {target} HTTP/1.1", exchange.request_headers)
    head.append(("WARC-Payload-Digest", sent))
    return warcfile.record("request", head, lines, body, warcfile.LEVEL_TEXT)


def _response(
    exchange: Exchange, base: Entry | None, payload: str, head: list[tuple[str, str]]
) -> bytes:
    head += [("WARC-Payload-Digest", payload), (KIND_FIELD, exchange.kind)]
    if exchange.truncated:
        head.append(("WARC-Truncated", exchange.truncated))
    if base is not None:
        is_304 = exchange.status == 304
        profile = "server-not-modified" if is_304 else "identical-payload-digest"
        head += [
            ("WARC-Profile", PROFILE + profile),
            ("WARC-Refers-To", _urn(base.fetch_id)),
            ("WARC-Refers-To-Target-URI", base.url),
            ("WARC-Refers-To-Date", warc_date(base.retrieved_at)),
        ]
    is_encoded = any(name.lower() == "content-encoding" for name, _ in exchange.response_headers)
    return warcfile.record(
        "response" if base is None else "revisit",
        head,
        http_head(
            f"{exchange.http_version} {exchange.status} {exchange.reason}",
            [(_stored_name(name), value) for name, value in exchange.response_headers],
        ),
        exchange.body if base is None else b"",
        warcfile.LEVEL_ENCODED if is_encoded else warcfile.LEVEL_TEXT,
    )


def _stored_name(name: str) -> str:
    """The stored body is no longer chunked, and a reader that saw the header would unchunk it."""
    return ORIGINAL_TRANSFER if name.lower() == "transfer-encoding" else name


def _entry(
    exchange: Exchange, base: Entry | None, fetch_id: str, run_id: str, payload: str
) -> Entry:
    return Entry(
        fetch_id=fetch_id,
        key=exchange.link.key,
        url=exchange.link.url,
        request_body=exchange.link.body,
        source=exchange.source,
        kind=exchange.kind,
        run_id=run_id,
        retrieved_at=exchange.retrieved_at.astimezone(UTC),
        first_seen_at=(base or exchange).retrieved_at.astimezone(UTC),
        status=exchange.status,
        verdict="",
        payload_sha256=payload,
        warc="",
        offset=0,
        length=0,
        etag=_header(exchange.response_headers, "etag"),
        last_modified=_header(exchange.response_headers, "last-modified"),
        refers_to=base.fetch_id if base else "",
        truncated=exchange.truncated,
    )


def _header(headers: tuple[tuple[str, str], ...], name: str) -> str:
    return next((clean(value).strip() for known, value in headers if known.lower() == name), "")


def entry_of(
    stored: Stored, request: Stored | None, file: WarcFile, offset: int, length: int
) -> Entry:
    """The row of a response or revisit record of ours, not judged yet.

    `request` is the record before it. Raises `ArchiveError` where a field is missing or
    wrong, or the payload does not have its digest.
    """
    head = stored.head
    try:
        fetch_id, url = uuid_of(head["warc-record-id"]), head["warc-target-uri"]
        seen = datetime.fromisoformat(head["warc-date"])
        payload = hex_of(head["warc-payload-digest"])
        is_revisit = stored.kind == "revisit"
        body = _post_body(request, fetch_id)
        entry = Entry(
            fetch_id=fetch_id,
            key=Link(url, "", body).key,
            url=url,
            request_body=body,
            source=file.source,
            kind=head.get(KIND_FIELD.lower(), ""),
            run_id=file.run_id,
            retrieved_at=seen,
            first_seen_at=datetime.fromisoformat(
                head.get("warc-refers-to-date", head["warc-date"])
            ),
            status=stored.status,
            verdict="",
            payload_sha256=payload,
            warc=file.warc,
            offset=offset,
            length=length,
            etag=stored.http_header("etag"),
            last_modified=stored.http_header("last-modified"),
            refers_to=uuid_of(head["warc-refers-to"]) if is_revisit else "",
            truncated=head.get("warc-truncated", ""),
        )
    except (KeyError, ValueError) as error:
        raise ArchiveError(f"{file.warc} at {offset}: field of a record: {error}") from error
    if not is_revisit:
        check_digest(stored, entry)
    return entry


def check_digest(stored: Stored, entry: Entry) -> None:
    """Raise `ArchiveError` unless the bytes are those that the entry's digest was made of."""
    found = hex_of(digest(stored.body))
    if found != entry.payload_sha256:
        raise ArchiveError(
            f"{entry.source}: {entry.url}: {entry.warc} at {entry.offset}: the payload's SHA-256 "
            f"is {found}, not {entry.payload_sha256}"
        )


def _post_body(request: Stored | None, fetch_id: str) -> str | None:
    """What a POST sent; None for a GET, or where the request before belongs to another fetch."""
    if request is None or uuid_of(request.head.get("warc-concurrent-to", "")) != fetch_id:
        return None
    return request.body.decode("utf-8") if request.first_line.startswith("POST ") else None


def uuid_of(urn: str) -> str:
    """The UUID in a WARC-Record-ID."""
    return urn.removeprefix(_URN).removesuffix(">")


def new_id() -> str:
    """A fresh id for a record."""
    return str(uuid.uuid4())


def _urn(record_id: str) -> str:
    return f"{_URN}{record_id}>"


@cache
def _version() -> str:
    try:
        return version("carbonmart")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "0"
