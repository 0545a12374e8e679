"""The declaration of a source: everything about it that is a fact and not behaviour."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal, Protocol
from urllib.parse import urlsplit, urlunsplit

from extractors.model import LayoutError, Link, Page, Record, Signal


@dataclass(frozen=True)
class PageKind:
    """A type of page: how its address looks and what must be on a good one.

    `pattern` is searched in path and query; `content_types` are accepted
    prefixes of the Content-Type header; one of `must_contain` has to be in the
    decoded bytes (as UTF-8, or in gb18030 for pages in that encoding). `parse` gives the
    records of such a page, and raises `LayoutError` for one that is not what it should be; a
    kind that only leads to others (a list) has none. `gone` says how its rows can disappear:
    `page`, with their page, where it answers that it is gone; `rows`,
    from a page that states a whole series each time; `page and rows`, in both ways, and the
    page may come to state none at all (an article); empty, not at all. `leads_on` says
    that `Source.follow` is asked what the page leads to. `is_window` says that its address
    names the days it shows: the next night asks at another one, and finds the same items there,
    which are therefore known by their name (`Record.item`) alone. `stated(url, query, bytes)`
    says in words what such a page states to be, where that is another day or number than was
    asked for; it is then no good page.
    """

    name: str
    pattern: str
    content_types: tuple[str, ...] = ("text/html",)
    must_contain: tuple[str, ...] = ()
    max_bytes: int = 8_000_000
    parse: Callable[[Page], Iterable[Record | Signal]] | None = None
    gone: Literal["", "page", "rows", "page and rows"] = ""
    leads_on: bool = False
    is_window: bool = False
    stated: Callable[[str, str | None, bytes], str] | None = None

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @property
    def yields_records(self) -> bool:
        """Whether its pages are read for records, and do not just lead to others."""
        return self.parse is not None


class Crawl(Protocol):
    """What `Source.links` may lean on while it walks the source's lists."""

    today: date
    since: date

    def page(self, link: Link) -> Page | None:
        """Fetch (politely, conditionally, into the archive) and read; None is a 404."""

    def is_known(self, link: Link) -> bool:
        """Whether the archive already holds a good response to this request."""

    def held(self, link: Link) -> Page | None:
        """The archive's newest good response to this request, or None if there is none."""

    def seen_on(self, link: Link) -> date | None:
        """The night on which this request last got a good response (or a 304), if any did."""

    def stays_missing(self, link: Link) -> bool:
        """Whether there was no such page on two nights or more, and on none there was one."""

    def trading_days(self, first: date, last: date) -> Iterable[date]:
        """The market's trading days of a range, both ends included, and the weekdays of which
        nobody has announced yet whether they are."""

    def signal(self, rule: str, url: str, value: str, detail: str) -> None:
        """Report what was neither understood nor ignored; the night goes on, as `partial`."""

    def remark(self, rule: str, url: str, value: str, detail: str) -> None:
        """Report what is odd but known to be possible; it does not change the outcome."""


@dataclass(frozen=True)
class Source:
    """One publisher's site.

    `hosts` are the only hosts ever asked, the preferred one first; `aliases` are
    other names of the preferred one, found in links and in saved pages. `gateway` is what
    stands before the path of a page seen through one of them (a pattern). `unproven`
    names what was never confirmed on the live site. `follow` gives what a page of a kind
    with `leads_on` leads to that is no list (its attachments, its other languages): each is
    fetched once, after the pages. `behind(crawl, source, today, known)` says by the calendar
    how many requests the lists of the window stand for beyond those that are known, the least
    and the most; a plan asks it where nobody has read some of them. `is_daily` says that
    something is due on each trading day; of any other source a day without news is
    `empty_expected`, and more than `quiet_days` (0: any number) of them since it last published
    something are an alarm. `partition` is the stretch of the calendar that a backfill takes at
    a time: as long as its lists are.
    `headers` are sent with each request, beside the client's own.
    `parser_version` rises with every change of what `parse` or its transform yields.
    A source that is not `is_on_by_default` (its terms are not known, nobody has seen it live) is
    asked for nothing until somebody names it in `CARBONMART_ENABLED`.
    `short_names` name the publisher where there is little room, and `credit` says whose figures
    those are, both by the language (`en`, `zh`) of a report.
    """

    name: str
    title: str
    publisher: str
    homepage: str
    terms: str
    hosts: tuple[str, ...]
    timezone: str
    calendar: str
    cadence: str
    first_day: date
    parser_version: str
    kinds: tuple[PageKind, ...]
    links: Callable[[Crawl, Source], Iterator[Link]]
    follow: Callable[[Page], Iterator[Link]] | None = None
    behind: Callable[[Crawl, Source, date, Collection[Link]], tuple[int, int]] | None = None
    is_daily: bool = False
    is_on_by_default: bool = True
    partition: Literal["year", "month"] = "year"
    rate_per_second: float = 1.0
    page_budget_per_day: int = 3000
    reread_days: int = 30
    quiet_days: int = 0
    unproven: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    gateway: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    short_names: Mapping[str, str] = field(default_factory=dict)
    credit: Mapping[str, str] = field(default_factory=dict)

    def parse(self, page: Page) -> Iterator[Record | Signal]:
        """What a page of the source gives, by its kind.

        Raises `LayoutError` for one that is not what it should be, or of a kind that is not read.
        """
        parse = next((kind.parse for kind in self.kinds if kind.name == page.kind), None)
        if parse is None:
            raise LayoutError(page, "no reader for this kind of page", page.kind)
        yield from parse(page)

    def canonical(self, url: str) -> str:
        """The one address of a page: https, the preferred host, no gateway, no fragment."""
        parts = urlsplit(url)
        host = self.hosts[0] if parts.hostname in self.aliases else parts.netloc
        path = re.sub(self.gateway, "", parts.path, count=1) if self.gateway else parts.path
        return urlunsplit(("https", host, path or "/", parts.query, ""))

    def kind_of(self, url: str) -> PageKind | None:
        """The page type of an address of this source, or None if it has none."""
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        return next((kind for kind in self.kinds if kind.regex.search(target)), None)

    def owns(self, url: str) -> bool:
        """Whether the address is on one of the source's hosts or their aliases."""
        return urlsplit(url).hostname in (*self.hosts, *self.aliases)
