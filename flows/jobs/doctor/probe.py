"""A short walk over a source, into an archive that is thrown away: what `doctor` looks at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from extractors.archive.archive import Archive
from extractors.errors import NotFound
from extractors.http.client import WebClient, kind_named
from extractors.model import Link, Page, Signal
from flows.core.outcome import Issue
from flows.core.sources import Pipeline
from schemas.core.table import Kind
from schemas.trading import TradingCalendar
from transforms.model import Refused, Row

LIST_PAGES = 15
"""After so many pages of lists without one of each kind, what was found has to do."""


class WalkedEnough(Exception):
    """The walk has seen as many list pages as it may."""


@dataclass
class Probe:
    """A `Crawl` that walks a source's lists until it has a link to one page of each kind.

    `links` are the first ones, by kind.
    """

    client: WebClient
    archive: Archive
    today: date
    since: date
    calendar: TradingCalendar
    pages: list[Page] = field(default_factory=list)
    asked: list[Link] = field(default_factory=list)
    signals: list[Issue] = field(default_factory=list)
    links: dict[str, Link] = field(default_factory=dict)

    def page(self, link: Link) -> Page | None:
        """Fetch and read; None is a 404."""
        if len(self.asked) >= LIST_PAGES:
            raise WalkedEnough
        self.asked.append(link)
        try:
            page = self.archive.page(self.client.fetch(link).entry)
        except NotFound:
            return None
        self.pages.append(page)
        return page

    def is_known(self, link: Link) -> bool:
        """Nothing is: all is asked as if for the first time."""
        return False

    def held(self, link: Link) -> Page | None:
        """Nothing is held."""

    def seen_on(self, link: Link) -> date | None:
        """On no night."""
        return None

    def stays_missing(self, link: Link) -> bool:
        """No night has looked."""
        return False

    def trading_days(self, first: date, last: date) -> Iterable[date]:
        """The days of a range on which the national market was open, or may have been."""
        return self.calendar.possible_days(first, last)

    def signal(self, rule: str, url: str, value: str, detail: str) -> None:
        """Something neither understood nor ignored."""
        self.signals.append(Issue(rule, url, value, detail))

    def remark(self, rule: str, url: str, value: str, detail: str) -> None:
        """Known to be possible: not told here."""


def walk(pipeline: Pipeline, probe: Probe) -> None:
    """Find a link to one page of each kind that carries figures, as far as the walk comes.

    Raises `FetchError` and `LayoutError` as the walk meets them.
    """
    wanted = {kind.name for kind in pipeline.source.kinds if kind.yields_records}
    try:
        for link in pipeline.source.links(probe, pipeline.source):
            if (kind := kind_named(pipeline.source, link.kind)) and kind.yields_records:
                probe.links.setdefault(link.kind, link)
            if probe.links.keys() >= wanted and probe.asked:
                return
    except WalkedEnough:
        return


def rows_of(pipeline: Pipeline, page: Page) -> tuple[list[Row], list[Issue]]:
    """The rows of a page, and what of it was refused or raised a signal. Raises `LayoutError`."""
    rows: list[Row] = []
    issues: list[Issue] = []
    for item in pipeline.source.parse(page):
        if isinstance(item, Signal):
            if not item.is_remark:
                issues.append(Issue(item.rule, item.url, item.value, item.detail))
            continue
        try:
            rows += pipeline.transform(item)
        except Refused as refusal:
            issues.append(Issue(refusal.rule, page.url, refusal.value, refusal.detail))
    return rows, issues


def newest_day(pipeline: Pipeline, rows: Iterable[Row], today: date) -> date | None:
    """The newest date that rows are dated by, not after today; None if they have none."""
    dated = {}
    for table in pipeline.tables:
        dates = [column.name for column in table.own if column.kind is Kind.DATE]
        by_prune = [table.prune_by] if table.prune_by in dates else []
        dated[table.name] = (by_prune or dates)[:1]
    days = [row.values.get(name) for row in rows for name in dated.get(row.table, ())]
    return max((day for day in days if isinstance(day, date) and day <= today), default=None)
