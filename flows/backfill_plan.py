"""What a backfill would do: which pages it would ask for, and how long that takes."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from extractors.archive import Archive
from extractors.errors import FetchError
from extractors.html import LayoutError
from extractors.model import Link, Page
from flows.backfill import Backfill, home_for
from flows.ledger import Order
from flows.night import Night, Sample
from flows.partitions import Partition
from flows.settings import Settings
from flows.sources import Road
from schemas import calendar


@dataclass
class HeldWalk:
    """A walk over the lists that the archive holds; what it does not hold is noted."""

    archive: Archive
    today: date
    since: date
    anew: bool
    asked: list[Link] = field(default_factory=list)
    looked_at: set[str] = field(default_factory=set)
    unread: int = 0

    def page(self, link: Link) -> Page | None:
        """The archived page; a list that was never fetched is one whose pages are unknown."""
        self.asked.append(link)
        entry = self.archive.latest(link.key)
        if entry is None:
            never = not self.archive.history().sightings(link.key, datetime.now(UTC), limit=1)
            self.unread += never
            return None
        return self.archive.page(entry)

    def is_known(self, link: Link) -> bool:
        return not self.anew and self.archive.latest(link.key) is not None

    def held(self, link: Link) -> Page | None:
        self.looked_at.add(link.key)
        entry = None if self.anew else self.archive.latest(link.key)
        return self.archive.page(entry) if entry else None

    def seen_on(self, link: Link) -> date | None:
        """On no night: what is planned now is asked for on another one."""
        return None

    def trading_days(self, first: date, last: date) -> list[date]:
        return list(calendar.trading_days(first, last))

    def signal(self, rule: str, url: str, value: str, detail: str) -> None:
        """Nothing is judged here."""

    def remark(self, rule: str, url: str, value: str, detail: str) -> None:
        """Nothing is judged here."""


def plan(
    settings: Settings, order: Order, *, is_sample: bool, until: date | None
) -> list[dict[str, Any]]:
    """A row per partition; asks nobody and writes nothing but the stamp of a new home.

    `unread_lists` are lists that were never fetched: the pages they name are not counted.
    """
    home = home_for(settings, order, is_sample=is_sample, until=until)
    sample = Sample({}, until) if home.kind == "sample" else None
    night = Night(home, settings, job="backfill", sample=sample)
    work = Backfill(night, order, lambda line: None)
    seen: set[str] = set()
    return [_row(night, work, partition, seen) for partition in work.planned]


def _row(night: Night, work: Backfill, partition: Partition, seen: set[str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "partition": partition.name,
        "from": partition.first,
        "to": partition.last,
        "would": "be skipped: done" if partition not in work.todo else "be asked for",
        "requests": 0,
        "not_held": 0,
        "unread_lists": 0,
        "at_least_seconds": 0.0,
        "days_of_budget": 0,
        "addresses": [],
    }
    if partition not in work.todo:
        return row
    if work.order.mode == "reparse":
        pages = work.pages.get(partition, [])
        return row | {
            "would": f"read {len(pages):,} archived pages again",
            "addresses": [entry.key for entry in pages],
        }
    walk, links = _walked(night, work.road, work.order, partition)
    links = [link for link in links if link.key not in seen]
    seen |= {link.key for link in links}
    source = work.road.source
    hosts = Counter(urlsplit(link.url).hostname for link in (*walk.asked, *links))
    requests = sum(hosts.values())
    rate = night.rate(source)
    return row | {
        "requests": requests,
        "not_held": sum(night.archive.latest(link.key) is None for link in links),
        "unread_lists": walk.unread,
        "at_least_seconds": max(hosts.values(), default=0) / rate if rate else 0.0,
        "days_of_budget": math.ceil(requests / night.page_budget(source)),
        "addresses": [link.key for link in links],
    }


def _walked(
    night: Night, road: Road, order: Order, partition: Partition
) -> tuple[HeldWalk, list[Link]]:
    """The source's own walk, over what is held."""
    is_missing = order.mode == "missing"
    walk = HeldWalk(night.archive, partition.last, partition.first, anew=not is_missing)
    found: dict[str, Link] = {}
    try:
        for link in road.source.links(walk, road.source):
            found.setdefault(link.key, link)
    except (LayoutError, FetchError):
        walk.unread += 1
    links = list(found.values())
    if is_missing:
        links = [x for x in links if x.key in walk.looked_at or not walk.is_known(x)]
    return walk, links
