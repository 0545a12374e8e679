"""What a backfill would do: which pages it would ask for, and how long that takes."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from extractors.errors import FetchError
from extractors.model import LayoutError, Link, Page
from flows.core.context import RunContext, Sample
from flows.core.outcome import Tally
from flows.core.run_log import Asks, Window
from flows.core.settings import Settings
from flows.core.sources import Pipeline
from flows.jobs.backfill.backfill import Backfill, Conduct, home_for
from flows.jobs.backfill.ledger import Order
from flows.jobs.backfill.partitions import Partition
from flows.stages.fetch.crawl import Walk, WalkAnew, WalkForMissing

if TYPE_CHECKING:
    from extractors.http.client import WebClient


@dataclass
class HeldLists(Walk):
    """Lists as the archive holds them; what it does not hold is noted."""

    asked: list[Link] = field(default_factory=list)
    unread: int = 0

    def page(self, link: Link) -> Page | None:
        """The archived page; the pages that a list names which was never fetched are unknown."""
        self.asked.append(link)
        entry = self.archive.latest(link.key)
        if entry is None:
            never = not self.archive.history().sightings(link.key, datetime.now(UTC), limit=1)
            self.unread += never
            return None
        return self.archive.page(entry)


@dataclass
class HeldAnew(HeldLists, WalkAnew):
    """For a plan to ask for everything."""


@dataclass
class HeldForMissing(HeldLists, WalkForMissing):
    """For a plan to ask for what is missing."""


def plan(
    settings: Settings, order: Order, *, is_sample: bool, until: date | None
) -> list[dict[str, Any]]:
    """A row per partition; asks nobody and writes nothing but the stamp of a new home.

    `unread_lists` are lists that were never fetched: the pages they name are not counted.
    """
    home = home_for(settings, order, is_sample=is_sample, until=until)
    sample = Sample({}, until) if home.kind == "sample" else None
    context = RunContext(home, settings, job="backfill", sample=sample)
    work = Backfill(context, order, Conduct())
    seen: set[str] = set()
    return [_row(context, work, partition, seen) for partition in work.planned]


def _row(
    context: RunContext, work: Backfill, partition: Partition, seen: set[str]
) -> dict[str, Any]:
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
    walk, links = _walked(context, work.pipeline, work.order, partition)
    links = [link for link in links if link.key not in seen]
    seen |= {link.key for link in links}
    source = work.pipeline.source
    hosts = Counter(urlsplit(link.url).hostname for link in (*walk.asked, *links))
    requests = sum(hosts.values())
    rate = context.rate(source)
    return row | {
        "requests": requests,
        "not_held": sum(context.archive.latest(link.key) is None for link in links),
        "unread_lists": walk.unread,
        "at_least_seconds": max(hosts.values(), default=0) / rate if rate else 0.0,
        "days_of_budget": math.ceil(requests / context.page_budget(source)),
        "addresses": [link.key for link in links],
    }


def _walked(
    context: RunContext, pipeline: Pipeline, order: Order, partition: Partition
) -> tuple[HeldLists, list[Link]]:
    """The source's own walk, over what is held."""
    asks: Asks = "missing" if order.mode == "missing" else "all"
    window = Window(partition.first, partition.last, asks)
    walker = HeldForMissing if asks == "missing" else HeldAnew
    # Nobody is asked: what a walk does with its client is all in `page`.
    client = cast("WebClient", None)
    tally = Tally(order.source)
    walk = walker(client, context.archive, tally, window.last, window.first, context.calendar)
    found: dict[str, Link] = {}
    try:
        for link in pipeline.source.links(walk, window.of(pipeline.source)):
            found.setdefault(link.key, link)
    except (LayoutError, FetchError):
        walk.unread += 1
    links = list(found.values())
    if isinstance(walk, HeldForMissing):
        links = [link for link in links if walk.is_wanted(link)]
    return walk, links
