"""One HTTP exchange as the client saw it, and its row in the archive's index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from extractors.model import Link


class ArchiveError(RuntimeError):
    """The archive could not write, find or trust something; the text says what and where."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response, ready to be archived.

    `body` is the entity as received: transfer-decoded, still content-encoded.
    `truncated` is empty or a WARC-Truncated reason (`length`, `time`, `disconnect`).
    """

    link: Link
    source: str
    kind: str
    status: int
    reason: str
    request_headers: tuple[tuple[str, str], ...]
    response_headers: tuple[tuple[str, str], ...]
    body: bytes
    retrieved_at: datetime
    http_version: str = "HTTP/1.1"
    ip: str = ""
    truncated: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A fetch in the archive's index.

    `payload_sha256` is hex. `refers_to` is the fetch id that holds the payload of
    a revisit, else empty. `first_seen_at` is the instant at which this payload was
    first seen at this key in its present stretch (A, A', A again is three stretches).
    """

    fetch_id: str
    key: str
    url: str
    request_body: str | None
    source: str
    kind: str
    run_id: str
    retrieved_at: datetime
    first_seen_at: datetime
    status: int
    verdict: str
    payload_sha256: str
    warc: str
    offset: int
    length: int
    etag: str = ""
    last_modified: str = ""
    refers_to: str = ""
    truncated: str = ""

    @property
    def is_new(self) -> bool:
        """Whether this fetch brought bytes that the archive did not hold."""
        return not self.refers_to


@dataclass(frozen=True, slots=True)
class WarcFile:
    """A file of the archive. `warc` is its path below the archive's root.

    `state` is `open` (being written, or its writer was killed), `closed`, `cut` (its
    last record is torn) or `lost` (it is gone). `size` is where its last whole record
    that the index knows ends; `fetches` is how many rows of the index lie in it.
    `business_day` (ISO) is the source's present day in the run, empty where it was not said.
    """

    warc: str
    source: str
    run_id: str
    started_at: datetime
    state: str
    size: int
    fetches: int
    business_day: str = ""

    @property
    def night(self) -> str:
        """The night a run belongs to: its business day, else the day (UTC) on which it began."""
        return self.business_day or f"{self.started_at.astimezone(UTC):%Y-%m-%d}"
