"""Exchanges and archives for tests: `exchange(3)` is a page, `put` archives it and judges it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from extractors.archive.archive import Archive, ArchiveWriter
from extractors.model import Link
from extractors.warc.exchange import Entry, Exchange

BEGAN = datetime(2025, 3, 4, 14, 30, tzinfo=UTC)
REQUEST_HEADERS = (("Host", "overview.example"), ("User-Agent", "carbonmart/test"))
HTML = (("Content-Type", "text/html"), ("ETag", '"e1"'))


def url(number: int) -> str:
    return f"https://overview.example/c/{number}.shtml"


def exchange(
    number: int = 1,
    body: bytes = b"<html>page</html>",
    *,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = HTML,
    after_s: float = 0,
    post: str | None = None,
    truncated: str = "",
) -> Exchange:
    """A fetch of page `number`, `after_s` seconds after the run began."""
    return Exchange(
        link=Link(url(number), "bulletin", post),
        source="seee",
        kind="bulletin",
        status=status,
        reason={200: "OK", 304: "Not Modified"}.get(status, "Other"),
        request_headers=REQUEST_HEADERS,
        response_headers=headers,
        body=body,
        retrieved_at=BEGAN + timedelta(seconds=after_s),
        ip="192.0.2.7",
        truncated=truncated,
    )


def put(archive: Archive, writer: ArchiveWriter, made: Exchange, verdict: str = "good") -> Entry:
    """Archive and judge, as the web client does."""
    entry = writer.write(made)
    archive.judge(entry.fetch_id, verdict)
    return archive.entry(entry.fetch_id)


def warcs(root: Path) -> list[Path]:
    return sorted(root.glob("*/*/*.warc.gz"))


def read_with_warcio(path: Path) -> list[tuple[str, dict[str, str], str, bytes]]:
    """Kind, WARC headers, HTTP status line and content of each record, digests checked."""
    found = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            head = dict(record.rec_headers.headers)
            line = record.http_headers.statusline if record.http_headers else ""
            found.append((record.rec_type, head, line, record.content_stream().read()))
    return found
