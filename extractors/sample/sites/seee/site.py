"""The sample of the exchange's site: which address answers what, on which night."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from extractors.sample.site import JSON, Response, UnknownFault, error
from extractors.sample.sites.seee import LAST_DAY
from extractors.sample.sites.seee.figures import Value, days
from extractors.sample.sites.seee.json_files import QUOTE_FILES, holidays, quote_file, sub_stat
from extractors.sample.sites.seee.markup import HOST, INFO_PATH, QUERY_HOST, WALLED_HOST
from extractors.sample.sites.seee.pages import (
    STATIC_PAGES,
    ArticlePage,
    article_page,
    list_page,
    page_count,
    page_of_items,
)
from extractors.sample.sites.seee.texts.bulletins import (
    LISTS,
    ListOf,
    all_articles,
    render_bulletin,
)

HOSTS = (HOST, WALLED_HOST, QUERY_HOST)

_ARTICLE = re.compile(r"^/c/\d{4}-\d\d-\d\d/(\d+)\.shtml$")
_FOLDER = re.compile(
    r"^(/qgtpfqjy/(?:mrgk|mzgk|jysj/[yn]dgk)/)(?:(\d{4})n/)?(?:index(?:_(\d+))?\.shtml)?$"
)
_DYNAMIC = re.compile(r"^/zcms/ui/catalog/(\d+)/pc/index_(\d+)\.shtml$")
_ROBOTS = b"User-agent: *\nDisallow: /zcms/admin/\nDisallow: /search/\n"


class SeeeSite:
    """All that the site holds on the evening of `until`; nothing later exists."""

    hosts = HOSTS
    changes = ("revision", "second_bulletin", "closed_day", "shift")

    def __init__(self, until: date | None = None) -> None:
        self._until = min(until or LAST_DAY, LAST_DAY)
        self._pages: dict[str, Response] = {}
        self._shown: dict[str, Response] = {}
        self._shifts: dict[str, list[int]] = {}
        self._removing = False
        self.clear()

    @property
    def until(self) -> date:
        return self._until

    @until.setter
    def until(self, day: date | None) -> None:
        self._until = min(day or LAST_DAY, LAST_DAY)
        self._shown = {}

    def clear(self) -> None:
        """Forget revisions, additional bulletins and shifting lists."""
        self._articles = {article.number: article for article in all_articles()}
        self._revised: set[int] = set()
        self._pages, self._shown, self._shifts = {}, {}, {}

    def revise(self, day: date, changes: Mapping[str, Value] | None = None) -> str:
        """Replace the figures of a day's bulletin in place; gives the article's path."""
        article, row = self._bulletin_of(day)
        title, paragraphs = render_bulletin(row | dict(changes or _some_change(row)))
        changed = replace(article, title=title, paragraphs=tuple(paragraphs))
        self._articles[article.number] = changed
        self._revised.add(article.number)
        self._forget()
        return changed.path

    def add_second(self, day: date, changes: Mapping[str, Value] | None = None) -> str:
        """A second bulletin of a day, with other figures; gives its path."""
        article, row = self._bulletin_of(day)
        return self._add(article, row | dict(changes or _some_change(row)), day)

    def add_closed_day(self, day: date) -> str:
        """A bulletin for a day without trading, with figures of the day before; gives its path."""
        if any(each.trade_date == day for each in days()):
            raise ValueError(f"{day} is a trading day")
        before = max(each.trade_date for each in days() if each.trade_date < day)
        article, row = self._bulletin_of(before)
        return self._add(article, row | {"period_start": day, "period_end": day, "date": day}, day)

    def shift(self, pattern: str, direction: str = "added") -> None:
        """Make lists whose folder matches shift while they are paged.

        `added`: the newest bulletin appears after the first read of a list;
        `removed`: it vanishes then.
        """
        if direction not in ("added", "removed"):
            raise ValueError(f"unknown direction {direction!r}")
        self._removing = direction == "removed"
        self._shifts = {e.folder: [0] for e in LISTS if re.search(pattern, e.folder)}
        self._shown = {}

    def change(self, pattern: str, kind: str, args: Mapping[str, Any]) -> str:
        """Play one of `changes`; gives the path of the bulletin it made, if any."""
        if kind == "shift":
            self.shift(pattern, **args)
            return ""
        day = args["date"]
        day = day if isinstance(day, date) else date.fromisoformat(day)
        if kind == "closed_day":
            return self.add_closed_day(day)
        changes = {name: _figure(value) for name, value in args.get("changes", {}).items()}
        return (self.revise if kind == "revision" else self.add_second)(day, changes)

    def empty_list(self, host: str, target: str) -> Response | None:
        """The list page at `target` without a single article; None where there is no list."""
        found = self._list_at(target.partition("?")[0])
        if found is None:
            return None
        which, page = found
        html = page_of_items(which.kind, "", page, 1, which.folder, which.catalogue)
        return Response(html.encode(), last_modified=_evening(self._until))

    def respond(self, host: str, target: str, body: bytes | None = None) -> Response:
        """The response to a GET (`body` None) or a POST."""
        path = target.partition("?")[0]
        if host == WALLED_HOST:
            return error(420, "访问被防火墙拦截")
        if host not in HOSTS:
            return error(421, f"no such host: {host}")
        if path == "/robots.txt":
            return Response(_ROBOTS, "text/plain; charset=utf-8", last_modified=_START)
        if host == QUERY_HOST:
            return self._query(path, body)
        if body is not None:
            return error(405, "method not allowed")
        if path.startswith("/zhhq/jsonData/"):
            return self._quotes(path)
        if _ARTICLE.match(path):
            return self._article(path)
        return self._list(path)

    def _query(self, path: str, body: bytes | None) -> Response:
        if path == "/assets/json/holidays.json" and body is None:
            return Response(holidays(self._until), JSON, last_modified=_START, is_simulated=False)
        if path != "/gateway/common/querySubStat":
            return error(404, "not found")
        if body is None:
            return error(405, "method not allowed")
        return Response(sub_stat(body, self._until), JSON)

    def _quotes(self, path: str) -> Response:
        if path not in self._shown:
            product = QUOTE_FILES.get(path.rsplit("/", 1)[-1])
            found = quote_file(product, self._until) if product else None
            if found is None:
                return error(404, "not found")
            self._shown[path] = Response(found[0], JSON, last_modified=_evening(found[1]))
        return self._shown[path]

    def _article(self, path: str) -> Response:
        if path == INFO_PATH:
            return _info_page()
        found = _ARTICLE.match(path)
        article = self._articles.get(int(found[1])) if found else None
        if article is None or article.path != path or article.published > self._until:
            return error(404, "not found")
        if path not in self._pages:
            modified = _evening(article.published)
            if article.number in self._revised:
                modified += timedelta(hours=16)
            html = article_page(article).encode()
            simulated = article.is_simulated
            self._pages[path] = Response(html, last_modified=modified, is_simulated=simulated)
        return self._pages[path]

    def _list_at(self, path: str) -> tuple[ListOf, int] | None:
        if found := _FOLDER.match(path):
            page = int(found[3] or 1)
            year = int(found[2]) if found[2] else None
            folder = found[1] + (f"{year}n/" if year else "")
            known = next((each for each in LISTS if each.folder == folder), None)
            return (known, page) if known and page <= STATIC_PAGES else None
        if found := _DYNAMIC.match(path):
            page, catalogue = int(found[2]), int(found[1])
            known = next((each for each in LISTS if each.catalogue == catalogue), None)
            return (known, page) if known and page > STATIC_PAGES else None
        return None

    def _list(self, path: str) -> Response:
        found = self._list_at(path)
        if found is None:
            return error(404, "not found")
        which, page = found
        hidden = self._hides_newest(which)
        key = f"{which.folder} {page} {hidden}"
        if key not in self._shown:
            visible = self._visible(which)[1 if hidden else 0 :]
            if not visible or page > page_count(len(visible)):
                return error(404, "not found")
            html = list_page(which.kind, visible, page, which.folder, which.catalogue)
            modified = _evening(visible[0].published)
            self._shown[key] = Response(html.encode(), last_modified=modified)
        return self._shown[key]

    def _visible(self, which: ListOf) -> list[ArticlePage]:
        articles = [a for a in self._articles.values() if which.holds(a)]
        articles = [a for a in articles if a.published <= self._until]
        return sorted(articles, key=lambda a: (a.published, a.number), reverse=True)

    def _hides_newest(self, which: ListOf) -> bool:
        reads = self._shifts.get(which.folder)
        if reads is None:
            return False
        reads[0] += 1
        return (reads[0] > 1) is self._removing

    def _bulletin_of(self, day: date) -> tuple[ArticlePage, dict[str, Value]]:
        figures = next((each for each in days() if each.trade_date == day), None)
        if figures is None:
            raise ValueError(f"{day} is no trading day of the sample")
        article = next(a for a in all_articles() if a.kind == "daily" and a.published == day)
        return article, figures.as_row()

    def _add(self, like: ArticlePage, row: Mapping[str, Value], day: date) -> str:
        title, paragraphs = render_bulletin(row)
        number = like.number + 1
        while number in self._articles:
            number += 1
        added = replace(
            like, number=number, title=title, published=day, paragraphs=tuple(paragraphs)
        )
        self._articles[number] = added
        self._forget()
        return added.path

    def _forget(self) -> None:
        self._pages, self._shown = {}, {}


_START = datetime(2021, 7, 16, tzinfo=UTC)


def _evening(day: date) -> datetime:
    """When a day's pages are published: 16:30 in Shanghai."""
    return datetime(day.year, day.month, day.day, 8, 30, tzinfo=UTC)


def _figure(value: Any) -> Value:
    if value is None or isinstance(value, str | int | Decimal):
        return value
    raise UnknownFault(f"a figure must be text, integer or decimal, not {value!r}")


def _some_change(row: Mapping[str, Value]) -> dict[str, Value]:
    """A change that leaves all sums right: another high, or where there is none, close."""
    for name in ("high", "close"):
        value = row[name]
        if isinstance(value, Decimal):
            return {name: value + Decimal("0.50")}
    raise ValueError("a bulletin without prices")


@cache
def _info_page() -> Response:
    article = ArticlePage(
        488525, "yearly", "基本信息", date(2025, 2, 19), ("本页不是行情公告。",), True
    )
    return Response(article_page(article).encode(), last_modified=_START)


SITE = SeeeSite
