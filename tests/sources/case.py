"""A source under the conformance suite: what its first night asks for and comes to.

Nothing is declared for a source. The pages to spoil and the figures to change in them are
found by looking at what the night over its sample site fetched.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from extractors.archive.archive import Archive
from extractors.model import Page
from extractors.sample.days import FIRST_DAY
from extractors.sample.server.server import SampleServer
from extractors.sample.sites.all import last_day
from extractors.source import PageKind
from extractors.warc.exchange import Entry
from flows.core.sources import Pipeline, pipeline
from schemas.core.table import Table
from tests.support.nights import Told, World
from warehouse.store.store import Warehouse

OPENING_DAYS = 14
"""The suite's first night is so many days after the sample's or the source's first one."""
EVENINGS: dict[str, date] = yaml.safe_load(
    Path(__file__).with_name("evenings.yml").read_text(encoding="utf-8")
)
"""Another evening for the first night, of a source that has said too little by then."""

Rows = dict[str, list[dict[str, Any]]]
"""Table -> its rows with their history."""
Key = tuple[str, tuple[Any, ...]]
"""A table's name and the values of its key."""
Current = dict[Key, dict[str, Any]]
"""What the tables say now, whichever page said it and at whichever revision."""

_INSTANTS = "exclude (known_from, known_to, retrieved_at)"
_HOW_IT_CAME = ("source_url", "payload_sha256", "revision", "is_deleted")


def evening(name: str) -> date:
    """The evening of a source's first night in the suite."""
    if name in EVENINGS:
        return EVENINGS[name]
    first = max(pipeline(name).source.first_day, FIRST_DAY)
    return min(first + timedelta(days=OPENING_DAYS), last_day(name))


@dataclass(frozen=True, eq=False)
class Case:
    """A source's store after its first night; not to be written to.

    `asked` are that night's requests as (method, host, target, status), `known` the good pages
    that it left in the archive, `again` the keys of those that the next evening asks for once
    more. `rows` and `tomorrow` are what the tables hold after the one and the other.
    """

    road: Pipeline
    home: Path
    until: date
    told: Told
    asked: tuple[tuple[str, str, str, int], ...]
    known: tuple[Entry, ...]
    again: frozenset[str]
    rows: Rows
    tomorrow: Rows

    @property
    def name(self) -> str:
        return self.road.source.name

    @property
    def next_evening(self) -> date:
        return self.until + timedelta(days=1)

    def world(self, home: Path, server: SampleServer, *, is_empty: bool = False) -> World:
        """A copy of the store (or none yet) in a place of its own, with a server."""
        if not is_empty:
            shutil.copytree(self.home, home)
        return World(home, server, self.name)

    def page(self, entry: Entry) -> Page:
        return Archive(self.home / "archive").page(entry)

    def table(self, name: str) -> Table:
        return next(table for table in self.road.tables if table.name == name)

    def kind(self, entry: Entry) -> PageKind:
        return next(kind for kind in self.road.source.kinds if kind.name == entry.kind)

    def current(self, rows: Rows) -> Current:
        """What the rows say now.

        Of what several pages have said (a document in two folders) only that it is there:
        the last one counts, and pages come in any order.
        """
        found: Current = {}
        for name, some in rows.items():
            key = self.table(name).key
            for row in sorted(some, key=lambda row: int(row["revision"])):
                at_key = (name, tuple(row[column] for column in key))
                found.pop(at_key, None)
                if not row["is_deleted"]:
                    told = {k: v for k, v in row.items() if k not in _HOW_IT_CAME}
                    found[at_key] = {} if at_key in self._said_twice else told
        return found

    @property
    def _said_twice(self) -> set[Key]:
        return {
            (name, tuple(row[column] for column in self.table(name).key))
            for name, some in self.rows.items()
            for row in some
            if row["revision"] > 1
        }

    def with_rows(self, kind: str, keys: Collection[str] | None = None) -> list[Entry]:
        """The pages of a kind that gave rows; with `keys`, those of them alone."""
        return [
            entry
            for entry in self.known
            if entry.kind == kind
            and (keys is None or entry.key in keys)
            and any(of_page(self.rows, entry.url).values())
        ]

    def one_of_each_kind(self) -> list[Entry]:
        """The first page of each kind that gave rows."""
        first = (self.with_rows(kind.name)[:1] for kind in self.road.source.kinds)
        return [entry for some in first for entry in some]

    def lists(self) -> list[Entry]:
        """The first page of each kind that only leads to others and is asked for every night."""
        found = {e.kind: e for e in reversed(self.known) if e.key in self.again}
        return [e for e in found.values() if not self.kind(e).yields_records]

    def empty_lists(self, server: SampleServer) -> set[str]:
        """Host and path of each list that the site can show without an item."""
        site = server.sites[self.name]
        return {
            host + target.partition("?")[0]
            for method, host, target, status in self.asked
            if method == "GET" and status == 200 and site.empty_list(host, target) is not None
        }


def open_case(name: str, home: Path) -> Case:
    """Run a source's first night, and on a copy of its store the next evening's."""
    until = evening(name)
    with SampleServer(until=until) as server:
        world = World(home, server, name)
        told = world.pipeline()
        asked = tuple(server.requests)
        known = tuple(
            entry
            for entry in Archive(home / "archive").entries(source=name)
            if entry.verdict == "good" and entry.kind != "robots"
        )
        later = World(home.with_name("later"), server, name)
        shutil.copytree(home, later.home)
        server.until = until + timedelta(days=1)
        later.pipeline()
        entries = Archive(later.home / "archive").entries(source=name)
        first_runs = {entry.run_id for entry in known}
        again = frozenset(entry.key for entry in entries if entry.run_id not in first_runs)
    return Case(
        pipeline(name, is_sample=True),
        home,
        until,
        told,
        asked,
        known,
        again,
        rows_of(world),
        rows_of(later),
    )


def rows_of(world: World, left_out: str = _INSTANTS) -> Rows:
    """The rows of the source's tables with their history; the instants at which they came
    are left out, but for `left_out`."""
    found = {}
    for table in pipeline(world.source, is_sample=True).tables:
        asked = f"select * {left_out} from {table.name}__history order by all"
        with Warehouse(world.home).query(asked) as answer:
            names = [column[0] for column in answer.description]
            found[table.name] = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    return found


def of_page(rows: Rows, url: str) -> Rows:
    """Those of the rows that a page stated."""
    return {name: [row for row in some if row["source_url"] == url] for name, some in rows.items()}


def count(rows: Rows) -> int:
    return sum(map(len, rows.values()))


def at(url: str) -> str:
    """The pattern of a fault that strikes at one address alone."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"^{re.escape((parts.hostname or '') + parts.path + query)}$"


def issues(told: Told) -> list[tuple[str, str]]:
    """Address and rule of everything that the run found wrong."""
    tally = told.run.tally
    every = (
        tally.walls,
        tally.failures,
        tally.fatal,
        tally.layouts,
        tally.list_layouts,
        tally.signals,
        tally.stale,
    )
    return [(issue.url, issue.rule) for some in every for issue in some]
