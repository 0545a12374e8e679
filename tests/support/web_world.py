"""A source of two hosts on a scripted loopback server, with a real archive and client."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from extractors.archive.archive import Archive
from extractors.http.client import Fetched, WebClient, WebSettings
from extractors.http.rate_limit import Pacer
from extractors.model import Link
from extractors.source import Crawl, PageKind, Source
from extractors.warc.exchange import Entry
from tests.support.servers import Handler, LoopbackServer, Reply, Request

HOST, OTHER = "data.market.example", "query.market.example"
URL = f"https://{HOST}/page"
GOOD = "<html><title>Daily bulletin</title><p>close 56.20 yuan a tonne</p></html>"

SETTINGS = WebSettings(
    user_agent="carbonmart/test",
    contact="tests@market.example",
    connect_timeout_s=2,
    read_timeout_s=2,
    total_timeout_s=5,
    retries=2,
    backoff_s=0.01,
)


def _no_links(crawl: Crawl, source: Source) -> Iterator[Link]:
    yield from ()


SOURCE = Source(
    name="market",
    title="A market",
    publisher="Its exchange",
    homepage=f"https://{HOST}/",
    terms="none",
    hosts=(HOST, OTHER),
    timezone="Asia/Shanghai",
    calendar="XSHG",
    cadence="daily",
    first_day=date(2021, 7, 16),
    parser_version="1",
    kinds=(
        PageKind(
            "bulletin", "^/page", must_contain=("Daily bulletin", "每日成交"), max_bytes=500_000
        ),
        PageKind("query", "^/query", ("application/json",), ("data",)),
        PageKind("file", "^/file", ()),
    ),
    links=_no_links,
)


class Script:
    """A handler from a mapping of paths; robots.txt is a 404 unless scripted."""

    def __init__(self, pages: Mapping[str, Reply | Handler]) -> None:
        self.pages = dict(pages)

    def __call__(self, request: Request) -> Reply:
        found = self.pages.get(request.path, Reply(404, b"no such page"))
        return found if isinstance(found, Reply) else found(request)


class World:
    """`with World(tmp_path, handler) as world:` one server, one archive, one client."""

    def __init__(
        self,
        root: Path,
        handler: Handler,
        *,
        settings: WebSettings = SETTINGS,
        pacer: Pacer | None = None,
        run_id: str = "run1",
        now: datetime | None = None,
        **source: Any,
    ) -> None:
        self._stack = ExitStack()
        self.server = self._stack.enter_context(LoopbackServer(handler))
        self.source = dataclasses.replace(SOURCE, **source)
        self.archive = Archive(root / "archive")
        self._stack.callback(self.archive.close)
        started = now or datetime.now(UTC)
        self.writer = self._stack.enter_context(
            self.archive.writer(self.source.name, run_id, started)
        )
        self.client = self._stack.enter_context(
            WebClient(
                self.source,
                self.archive,
                self.writer,
                settings,
                pacer or Pacer(0),
                routes=dict.fromkeys(self.source.hosts, self.server.base),
                now=lambda: now or datetime.now(UTC),
            )
        )

    def __enter__(self) -> World:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def fetch(self, url: str = URL, kind: str = "bulletin", body: str | None = None) -> Fetched:
        return self.client.fetch(Link(url, kind, body))

    def body(self, fetched: Fetched) -> bytes:
        return self.archive.page(fetched.entry).body

    def entries(self) -> list[Entry]:
        return list(self.archive.entries())

    @property
    def verdicts(self) -> list[tuple[str, int, str]]:
        """Kind, status and verdict of everything archived, robots.txt left out."""
        kept = [(e.kind, e.status, e.verdict) for e in self.entries()]
        return [row for row in kept if row[0] != "robots"]

    @property
    def pages_asked(self) -> list[str]:
        return [path for path in self.server.paths if path != "/robots.txt"]
