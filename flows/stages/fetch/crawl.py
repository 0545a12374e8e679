"""What a source leans on while it walks its lists (`extractors.source.Crawl`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from extractors.archive.archive import Archive
from extractors.errors import Blocked, NotFound
from extractors.http.client import WebClient
from extractors.model import Link, Page
from extractors.warc.exchange import Entry
from flows.core.outcome import Issue, Tally
from schemas.trading import TradingCalendar


def wall_of(tally: Tally, link: Link) -> Issue | None:
    """The wall that the run has met at the link's host: nobody hammers on it."""
    host = urlsplit(link.url).hostname
    return next((wall for wall in tally.walls if urlsplit(wall.url).hostname == host), None)


@dataclass
class Walk:
    """One source's discovery in one run."""

    client: WebClient
    archive: Archive
    tally: Tally
    today: date
    since: date
    calendar: TradingCalendar
    _nights: dict[tuple[str, str], str] = field(default_factory=dict)

    def page(self, link: Link) -> Page | None:
        """Fetch (politely, conditionally, into the archive) and read; None is a 404."""
        if wall := wall_of(self.tally, link):
            raise Blocked(self.tally.source, link.url, wall.rule, "the host was closed before")
        try:
            fetched = self.client.fetch(link)
        except NotFound:
            return None
        if fetched.is_new:
            self.tally.fetched += 1
        else:
            self.tally.not_modified += 1
        return self.archive.page(fetched.entry)

    def is_known(self, link: Link) -> bool:
        """Whether the archive already holds a good response to this request."""
        return self.archive.latest(link.key) is not None

    def held(self, link: Link) -> Page | None:
        """The archive's newest good response to this request, or None if there is none."""
        entry = self.archive.latest(link.key)
        return self.archive.page(entry) if entry else None

    def seen_on(self, link: Link) -> date | None:
        """The night on which this request last got a good response (or a 304), if any did."""
        entry = self.archive.newest(link.key)
        return self._night(entry) if entry else None

    def stays_missing(self, link: Link) -> bool:
        """Whether there was no such page on two nights or more, and on none there was one."""
        seen = self.archive.history().sightings(link.key, datetime.now(UTC))
        is_gone = {entry.verdict for entry in seen} == {"not_found"}
        return is_gone and len({self._night(entry) for entry in seen}) > 1

    def _night(self, entry: Entry) -> date:
        """The night of whose run the response is."""
        if (entry.source, entry.run_id) not in self._nights:
            runs = self.archive.history().runs(entry.source)
            self._nights = {(run.source, run.run_id): run.night for run in runs}
        return date.fromisoformat(self._nights[entry.source, entry.run_id])

    def trading_days(self, first: date, last: date) -> Iterable[date]:
        """The days of a range on which the national market was open, or may have been."""
        return self.calendar.possible_days(first, last)

    def signal(self, rule: str, url: str, value: str, detail: str) -> None:
        """Something neither understood nor ignored."""
        self.tally.signals.append(Issue(rule, url, value, detail))

    def remark(self, rule: str, url: str, value: str, detail: str) -> None:
        """Something odd that is known to be possible."""
        self.tally.remarks.append(Issue(rule, url, value, detail))


@dataclass
class WalkAnew(Walk):
    """A walk for which no answer is held: every page of the window is asked for again.

    What the archive knows is still known, and the requests are conditional.
    """

    def held(self, link: Link) -> Page | None:
        """Nothing is held."""
        return None


@dataclass
class WalkForMissing(Walk):
    """A walk that notes of which held answers the source wanted to see whether they say enough."""

    looked_at: set[str] = field(default_factory=set)

    def held(self, link: Link) -> Page | None:
        """As `Walk.held`."""
        self.looked_at.add(link.key)
        return super().held(link)

    def is_wanted(self, link: Link) -> bool:
        """Whether a link stands for something missing: not held, or held and not enough."""
        return link.key in self.looked_at or not self.is_known(link)
