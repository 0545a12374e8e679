"""What passes between a source, the web client and the archive.

A source turns `Link`s into `Page`s with the help of the web client, and `Page`s
into `Record`s and `Signal`s by pure functions of the archived bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

SIMULATED_HEADER = "x-carbonmart-simulated"
"""Response header by which the embedded sample marks what is not a published figure."""
SAMPLE_META = b'<meta name="carbonmart-sample"'
SIMULATED_META = SAMPLE_META + b' content="simulated">'
"""The same mark inside a sample page, for one that was saved without its headers."""


@dataclass(frozen=True, slots=True)
class Link:
    """One request that a source wants made.

    `kind` is the page type in the source's own words (`daily_list`, `bulletin`,
    `quotes` ...). `body` is the text of a POST; None is a GET. `headers` are sent beside
    the client's own. `may_be_missing`: a 404 is no failure (a language that a text was
    not written in).
    """

    url: str
    kind: str
    body: str | None = None
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    may_be_missing: bool = False

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"

    @property
    def key(self) -> str:
        """The identity of the request in the archive: the URL, with a POST its body too."""
        return self.url if self.body is None else f"POST {self.url} {self.body}"


@dataclass(frozen=True, slots=True)
class Page:
    """An archived response, read back: everything a parser may look at.

    `body` is content-decoded. `payload_sha256` (hex) is the digest of the payload
    as it was stored. `retrieved_at` is the instant (UTC) at which these bytes were
    first seen at this address in their present stretch: a later 304, or a later
    equal payload, does not move it.
    """

    source: str
    kind: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetch_id: str
    run_id: str
    retrieved_at: datetime
    payload_sha256: str
    request_body: str | None = None

    @property
    def is_simulated(self) -> bool:
        return self.headers.get(SIMULATED_HEADER) == "1" or SIMULATED_META in self.body[:2048]

    def header(self, name: str) -> str:
        """The value of a response header (any case), or an empty string."""
        return self.headers.get(name.lower(), "")


class LayoutError(ValueError):
    """A page that cannot be read as what it should be: source, URL, what, value."""

    def __init__(self, page: Page, what: str, value: str = "") -> None:
        super().__init__(f"{page.source}: {page.url}: {what}" + (f": {value!r}" if value else ""))
        self.url = page.url
        self.what = what
        self.value = value


@dataclass(frozen=True, slots=True)
class Record:
    """One source-shaped item read from a page, before anyone says what its words mean.

    `item` names it within its page, where its place among the others does not last (one
    series grows before the next); empty, its place is its name. On a page that is a window
    (`PageKind.is_window`) it names it within the source.
    """

    source: str
    kind: str
    url: str
    fetch_id: str
    retrieved_at: datetime
    payload_sha256: str
    is_simulated: bool
    fields: Mapping[str, Any] = field(default_factory=dict)
    item: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """Something on a page that is neither understood nor explicitly ignored.

    `is_remark` marks what is odd but known to be possible.
    """

    rule: str
    url: str
    value: str
    detail: str
    is_remark: bool = False


def record_of(page: Page, kind: str, *, item: str = "", **fields: Any) -> Record:
    """A `Record` that carries the page's lineage."""
    return Record(
        source=page.source,
        kind=kind,
        url=page.url,
        fetch_id=page.fetch_id,
        retrieved_at=page.retrieved_at,
        payload_sha256=page.payload_sha256,
        is_simulated=page.is_simulated,
        fields=fields,
        item=item,
    )
