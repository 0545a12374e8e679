"""What a backfill would do: which pages it would ask for, and how long that takes."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from extractors.errors import FetchError
from extractors.model import LayoutError, Link, Page
from flows.core.context import RunContext, Sample
from flows.core.outcome import Tally
from flows.core.run_log import Asks, Window
from flows.core.settings import Settings
from flows.jobs.backfill.backfill import Backfill, Conduct, home_for
from flows.jobs.backfill.ledger import Order
from flows.jobs.backfill.partitions import Partition
from flows.stages.fetch.crawl import Walk, WalkAnew, WalkForMissing
from flows.stages.fetch.fetch import is_fresh

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


ALL = "all"
"""The name of a plan's last row, in which the whole of it is added up."""


@dataclass(frozen=True)
class _Asked:
    """What a partition would ask for: how often each host, the links that are known, the lists
    that nobody has read, and the least and most requests that stand behind those, if anybody can
    say."""

    hosts: Counter[str | None]
    links: list[Link]
    unread: int
    behind: tuple[int, int] | None


def plan(
    settings: Settings, order: Order, *, is_sample: bool, until: date | None
) -> list[dict[str, Any]]:
    """A row per partition, and one of them all; asks nobody and writes nothing but the stamp of
    a new home.

    `requests` are those that are known. `unread_lists` are lists that were never fetched: what
    they lead to is estimated from the calendar, in `least` and `most` with what is known (None:
    nobody can say). `evenings` is how often the day's budget is needed for that.
    """
    home = home_for(settings, order, is_sample=is_sample, until=until)
    sample = Sample({}, until) if home.kind == "sample" else None
    context = RunContext(home, settings, job="backfill", sample=sample)
    work = Backfill(context, order, Conduct())
    seen: set[str] = set()
    rows = [_row(context, work, partition, seen) for partition in work.planned]
    return [*rows, _all(context, work, rows)]


def in_words(rows: list[dict[str, Any]]) -> str:
    """The plan's last row as a sentence; empty where nobody would be asked."""
    row = rows[-1]
    if not row["most"] and not row["unread_lists"]:
        return ""
    if row["most"] is None:
        return (
            f"at least {row['least']:,} requests; {row['unread_lists']} lists were never read, "
            "and nobody can say what they lead to"
        )
    told = _range(row["least"], row["most"])
    if row["unread_lists"]:
        told += f" requests: {row['requests']:,} are known, the others stand behind "
        told += f"{row['unread_lists']} lists that nobody has read"
    else:
        told += " requests, all of them known"
    return f"{told}; the day's budget lets them through in {row['evenings']} evenings"


def _row(
    context: RunContext, work: Backfill, partition: Partition, seen: set[str]
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "partition": partition.name,
        "from": partition.first,
        "to": partition.last,
        "would": "be skipped: done" if partition not in work.todo else "be asked for",
        "requests": 0,
        "least": 0,
        "most": 0,
        "not_held": 0,
        "unread_lists": 0,
        "at_least_seconds": 0.0,
        "evenings": "0",
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
    asked = _asked(context, work, partition, seen)
    seen |= {link.key for link in asked.links}
    source = work.pipeline.source
    requests = sum(asked.hosts.values())
    least, most = (requests + more for more in asked.behind or (0, 0))
    rate = context.rate(source)
    # Lists and what they lead to are on the preferred host.
    asked.hosts[source.hosts[0]] += least - requests
    return row | {
        "requests": requests,
        "least": least,
        "most": None if asked.behind is None else most,
        "not_held": sum(context.archive.latest(link.key) is None for link in asked.links),
        "unread_lists": asked.unread,
        "at_least_seconds": max(asked.hosts.values(), default=0) / rate if rate else 0.0,
        "evenings": _evenings(context, work, least, None if asked.behind is None else most),
        "addresses": [link.key for link in asked.links],
    }


def _all(context: RunContext, work: Backfill, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """All partitions together."""
    summed = ("requests", "least", "not_held", "unread_lists", "at_least_seconds")
    row = {name: sum(each[name] for each in rows) for name in summed}
    most = None if any(each["most"] is None for each in rows) else sum(r["most"] for r in rows)
    evenings = _evenings(context, work, row["least"], most)
    head = {"partition": ALL, "from": work.order.first, "to": work.order.last, "would": ""}
    return rows[0] | head | row | {"most": most, "evenings": evenings, "addresses": []}


def _evenings(context: RunContext, work: Backfill, least: int, most: int | None) -> str:
    """How often the day's budget is needed, of which some may be spent today."""
    source = work.pipeline.source
    budget = context.page_budget(source)
    local = context.started_at.astimezone(ZoneInfo(source.timezone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    spent = min(budget, context.archive.count_since(source.name, midnight))
    few = math.ceil((spent + least) / budget) if least else 0
    if most is None:
        return f"at least {few}"
    return _range(few, math.ceil((spent + most) / budget) if most else 0)


def _range(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def _asked(context: RunContext, work: Backfill, partition: Partition, seen: set[str]) -> _Asked:
    """The source's own walk, over what is held."""
    source, mode = work.pipeline.source, work.order.mode
    asks: Asks = "missing" if mode == "missing" else "all"
    window = Window(partition.first, partition.last, asks, work.begun_at)
    walker = HeldForMissing if asks == "missing" else HeldAnew
    # Nobody is asked: what a walk does with its client is all in `page`.
    client = cast("WebClient", None)
    tally = Tally(work.order.source)
    walk = walker(client, context.archive, tally, window.last, window.first, context.calendar)
    found: dict[str, Link] = {}
    try:
        for link in source.links(walk, window.of(source)):
            found.setdefault(link.key, link)
    except (LayoutError, FetchError):
        walk.unread += 1
    behind: tuple[int, int] | None = (0, 0)
    if walk.unread:
        known = [*walk.asked, *found.values()]
        today = context.today(source)
        behind = source.behind(walk, source, today, known) if source.behind else None
    links = [link for link in found.values() if link.key not in seen]
    if isinstance(walk, HeldForMissing):
        links = [link for link in links if walk.is_wanted(link)]
    links = [link for link in links if not is_fresh(context, link, window)]
    hosts = Counter(urlsplit(link.url).hostname for link in (*walk.asked, *links))
    return _Asked(hosts, links, walk.unread, behind)
