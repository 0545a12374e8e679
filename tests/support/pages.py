"""Pages kept beside the tests, read as archived ones are: parsed and transformed, not stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from extractors.model import LayoutError, Page, Record
from extractors.source import Source
from flows.core.sources import Pipeline, pipeline
from transforms.model import Refused, Row

FETCHED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_TYPES = {".html": "text/html", ".json": "application/json", ".pdf": "application/pdf"}


def archived(path: Path, source: str, kind: str, url: str, request_body: str | None = None) -> Page:
    """A file as the page of a source."""
    body = path.read_bytes()
    return Page(
        source=source,
        kind=kind,
        url=url,
        status=200,
        headers={"content-type": _TYPES.get(path.suffix, "application/json")},
        body=body,
        fetch_id="golden",
        run_id="golden",
        retrieved_at=FETCHED,
        payload_sha256=hashlib.sha256(body).hexdigest(),
        request_body=request_body,
    )


def page_of(source: Source, url: str, body: str | bytes, seen: datetime) -> Page:
    """A page of one of the source's kinds, fetched whole at that instant."""
    kind = source.kind_of(url)
    assert kind is not None
    return Page(
        source=source.name,
        kind=kind.name,
        url=url,
        status=200,
        headers={"content-type": kind.content_types[0]},
        body=body if isinstance(body, bytes) else body.encode(),
        fetch_id="a",
        run_id="a",
        retrieved_at=seen,
        payload_sha256="0" * 64,
    )


def rows_of(page: Page, owner: Pipeline | None = None) -> Iterator[Row]:
    """The page down the road; what is refused, record or page, gives no row."""
    taken = owner or pipeline(page.source)
    with suppress(LayoutError):
        for item in taken.source.parse(page):
            if isinstance(item, Record):
                with suppress(Refused):
                    yield from taken.transform(item)
