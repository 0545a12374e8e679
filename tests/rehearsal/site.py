"""The exchange's site as it is said to be: lists of which ten pages answer, a query host that may
be walled, a bulletin in a wording of its own each year; no page says that it is a sample.
"""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

from extractors.sample.server.handler import Handler, HttpServer
from extractors.sample.site import JSON, Response, error
from extractors.sample.sites.seee.figures import NOTHING, Figures, Leg
from extractors.sample.sites.seee.markup import FOLDERS, HOST, QUERY_HOST, WALLED_HOST
from extractors.sample.sites.seee.pages import (
    STATIC_PAGES,
    ArticlePage,
    article_page,
    list_page,
    page_count,
)
from extractors.seee.source import PRODUCT_FILES
from tests.rehearsal.market import Market

_MARK = re.compile(r'<meta name="carbonmart-sample"[^>]*>\n')
_LIST = re.compile(r"(?P<folder>\D+/)(?:(?P<year>\d{4})n/)?index(?:_(?P<page>\d+))?\.shtml")
_ROBOTS = b"User-agent: *\nDisallow: /zcms/admin/\n"
_PAGER = re.compile(
    r"/zcms/ui/catalog/(?P<kind>[1-4])(?P<year>\d{4})/pc/index_(?P<page>\d+)\.shtml"
)
_KINDS = tuple(FOLDERS)


@dataclass
class ExchangeSite:
    """What answers under the exchange's hosts on the evening of `until`."""

    market: Market
    until: date
    is_query_walled: bool = False
    list_pages: int = STATIC_PAGES
    unknown_wordings: frozenset[date] = frozenset()
    requests: deque[tuple[str, str, str, int]] = field(default_factory=deque)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._articles = {one.path: self._worded(one) for one in self.market.articles()}
        self._days = {day.period_end: day for day in self.market.days}
        self._sums = dict(_running(self.market.days))

    def _worded(self, article: ArticlePage) -> ArticlePage:
        """The bulletin, in words that nobody has read yet where it is one of those."""
        if article.kind != "daily" or article.published not in self.unknown_wordings:
            return article
        texts = [text.replace("收盘价", "收市价") for text in article.paragraphs]
        return replace(article, paragraphs=tuple(texts))

    def answer(self, host: str, target: str, body: bytes | None) -> Response:
        """The response to a request."""
        if host == WALLED_HOST or (host == QUERY_HOST and self.is_query_walled):
            return error(420, "访问被防火墙拦截")
        if target == "/robots.txt":
            return self._told(_ROBOTS, "text/plain; charset=utf-8", min(self._days))
        if host == QUERY_HOST:
            return self._query(body or b"{}")
        if target.startswith("/zhhq/jsonData/"):
            return self._quotes(target.rsplit("/", 1)[-1])
        if article := self._articles.get(target):
            if article.published > self.until:
                return error(404, "not found")
            return self._html(article_page(article), article.published)
        return self._list(target)

    def control(self, body: bytes) -> Response:
        """Nobody gives it orders over the wire."""
        return error(403, "no orders")

    def _list(self, target: str) -> Response:
        if found := _PAGER.fullmatch(target):
            kind, year = _KINDS[int(found["kind"]) - 1], found["year"]
        elif found := _LIST.fullmatch(target):
            kinds = {path: kind for kind, (_, path) in FOLDERS.items()}
            kind, year = kinds.get(found["folder"], ""), found["year"] or "0000"
        number = int(found["page"] or 1) if found else 0
        if not 1 <= number <= self.list_pages or kind not in FOLDERS:
            return error(404, "not found")
        held = [one for one in self._articles.values() if one.kind == kind]
        held = [one for one in held if one.published <= self.until]
        if kind != "yearly":
            held = [one for one in held if f"{one.published:%Y}" == year]
        if not held or number > page_count(len(held)):
            return error(404, "not found")
        folder = FOLDERS[kind][1] if kind == "yearly" else f"{FOLDERS[kind][1]}{year}n/"
        catalogue = int(f"{_KINDS.index(kind) + 1}{year}")
        html = list_page(kind, held[::-1], number, folder, catalogue)
        return self._html(html, held[-1].published)

    def _quotes(self, file: str) -> Response:
        for product, name, listed_on in PRODUCT_FILES:
            days = [d for d in self.market.days if listed_on <= d.period_end <= self.until]
            if file == name and days:
                is_led = product in ("COMCEA", _leader(days[-1].period_end))
                rows = [_quote(day, day.listed.volume_t if is_led else 0) for day in days]
                body = json.dumps(rows, separators=(",", ":")).encode()
                return self._told(body, JSON, days[-1].period_end)
        return error(404, "not found")

    def _query(self, body: bytes) -> Response:
        day = datetime.strptime(json.loads(body)["tradeDate"], "%Y%m%d").replace(tzinfo=UTC).date()
        figures = self._days.get(day)
        if figures is None or day > self.until:
            told: Mapping[str, Any] = {"success": False, "code": 401, "data": None}
        else:
            told = {"success": True, "code": 200, "data": self._legs(figures)}
        return Response(json.dumps(told).encode(), JSON, is_simulated=False)

    def _legs(self, day: Figures) -> list[dict[str, str]]:
        """The composite's trades by method, and those of the one vintage that is traded."""
        legs = {"10": "listed", "20": "block"} | ({"21": "auction"} if day.auction else {})
        found = []
        for method, name in legs.items():
            ytd, whole = self._sums[day.period_end, name]
            figures = {"trade": getattr(day, name), "year": ytd, "total": whole}
            sums = {f"{span}Volume": str(leg.volume_t) for span, leg in figures.items()}
            sums |= {f"{span}Amount": f"{leg.turnover_cny:.2f}" for span, leg in figures.items()}
            for product in ("COMCEA", "CEA"):
                head = {"tradeDate": f"{day.period_end:%Y%m%d}", "tradeMethod": method}
                found.append({**head, "subjectCode": product, "subjectName": product, **sums})
        return found

    def _html(self, html: str, day: date) -> Response:
        return self._told(_MARK.sub("", html).encode(), "text/html; charset=utf-8", day)

    @staticmethod
    def _told(body: bytes, content_type: str, day: date) -> Response:
        at = datetime.combine(day, time(9), UTC)
        return Response(body, content_type, last_modified=at, is_simulated=False)


def _leader(day: date) -> str:
    """The vintage that is traded: the first, until the newest alone makes the price."""
    return "CEA25" if day >= date(2026, 1, 5) else "CEA19-20"


def _quote(day: Figures, listed_t: int) -> list[str]:
    traded = (day.low, day.high) if listed_t else (Decimal(0), Decimal(0))
    prices = (day.open, day.close, *traded)
    return [f"{day.period_end}", *(f"{price:.2f}" for price in prices), str(listed_t)]


def _running(days: Sequence[Figures]) -> Iterator[tuple[tuple[date, str], tuple[Leg, Leg]]]:
    """Day and leg -> what was traded in the year so far, and since the first day."""
    for name in ("listed", "block", "auction"):
        ytd, whole, year = NOTHING, NOTHING, 0
        for day in days:
            leg = getattr(day, name) or NOTHING
            ytd = leg if day.period_end.year != year else ytd + leg
            whole, year = whole + leg, day.period_end.year
            yield (day.period_end, name), (ytd, whole)


class Serving:
    """`with Serving(site) as serving:` the site on loopback; `routes` lead its hosts there."""

    def __init__(self, site: ExchangeSite) -> None:
        self._http = HttpServer(("127.0.0.1", 0), Handler)
        self._http.sample = site
        self._site = site
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def routes(self) -> dict[str, str]:
        base = f"http://127.0.0.1:{self._http.server_address[1]}"
        return dict.fromkeys((HOST, WALLED_HOST, QUERY_HOST), base)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._site.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
