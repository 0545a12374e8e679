"""The first evenings of a live home: each is the command as its operator gives it, by a clock that
says that evening.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch
from zoneinfo import ZoneInfo

import time_machine

from extractors.seee.source import SOURCE as SEEE
from extractors.source import Source
from flows.core.context import Sample
from flows.core.settings import Settings
from flows.core.sources import declaration
from flows.jobs.backfill.backfill import Conduct, backfill
from flows.jobs.backfill.ledger import Order
from flows.jobs.backfill.plan import plan
from flows.jobs.nightly import refresh
from flows.jobs.report.result import RunReport
from schemas.trading import shipped
from tests.rehearsal.market import market
from tests.rehearsal.site import ExchangeSite, Serving
from warehouse.store.releases import releases
from warehouse.store.store import Warehouse

Command = Literal["backfill", "refresh"]
EVENING = time(22, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass(frozen=True)
class Scale:
    """A site's size: its days to the first evening, the stretch of a backfill, and how many
    articles a page of a list has."""

    first: date
    last: date
    partition: Literal["year", "month"]
    page_size: int


FULL = Scale(date(2021, 7, 16), date(2026, 11, 26), "year", 15)
"""The exchange's own."""
TWENTIETH = Scale(date(2025, 11, 3), date(2026, 1, 29), "month", 3)
"""A twentieth of its days; the longer list of days has fifteen pages."""


@dataclass(frozen=True)
class Scenario:
    """How the site behaves, the day's budget (of the full scale, and of a twentieth), and what
    its operator does on each evening."""

    name: str
    list_pages: int
    is_query_walled: bool
    budgets: tuple[int, int]
    commands: tuple[Command, ...] = ("backfill", "backfill", "refresh")

    def budget(self, scale: Scale) -> int:
        """Requests of a day."""
        return self.budgets[scale is TWENTIETH]


WHOLE = Scenario("every list to its end", 60, False, (3000, 150))
TEN_PAGES = Scenario("ten pages of a list", 10, False, (2500, 150))
WALLED = Scenario("ten pages, query host walled", 10, True, (1000, 80))
NIGHTS = Scenario("the same, by nights alone", 10, True, (1000, 80), ("refresh",) * 3)
SCENARIOS = (WHOLE, TEN_PAGES, WALLED, NIGHTS)


@dataclass(frozen=True)
class Evening:
    """What an evening came to: requests that the site saw, days that readers see of bulletins,
    quotes and totals by method, and the names of the incidents that stand."""

    scenario: str
    evening: int
    command: Command
    requests: int
    bulletins: int
    quotes: int
    totals: int
    incidents: tuple[str, ...]
    exit_code: int


@dataclass
class Rehearsal:
    """A live home, the site that it asks, and the evenings so far."""

    home: Path
    scale: Scale
    scenario: Scenario
    site: ExchangeSite
    routes: dict[str, str]

    @property
    def settings(self) -> Settings:
        return Settings(
            home=str(self.home),
            contact="rehearsal@carbonmart.example",
            page_budget_per_day=self.scenario.budget(self.scale),
            retries=0,
            backoff_s=0.0,
            publish=False,
        )

    def order(self, today: date) -> Order:
        """What the operator wants of the past: all of it, up to today."""
        return Order("seee", self.scale.first, today)

    def evenings(self) -> Iterator[tuple[Evening, RunReport]]:
        """Each evening of the scenario, with its report."""
        for number, command in enumerate(self.scenario.commands):
            day = self.scale.last + timedelta(days=number)
            self.site.until = day
            self.site.requests.clear()
            with self.on(day):
                report = self._run(command, day)
                released = [self.days_of(*told) for told in _TOLD]
            assert report.watched is not None
            open_now = tuple(sorted(each.name for each in report.watched.told.still_open))
            evening = Evening(
                scenario=self.scenario.name,
                evening=number + 1,
                command=command,
                requests=len(self.site.requests),
                bulletins=released[0],
                quotes=released[1],
                totals=released[2],
                incidents=open_now,
                exit_code=report.exit_code,
            )
            yield evening, report

    def _run(self, command: Command, day: date) -> RunReport:
        if command == "refresh":
            return refresh(self.settings, ["seee"])
        told = Conduct(tell=lambda line: None)
        return backfill(self.settings, self.order(day), conduct=told)

    def plan(self, day: date) -> list[dict[str, Any]]:
        """What `backfill --dry-run` would say on an evening."""
        with self.on(day):
            return plan(self.settings, self.order(day), is_sample=False, until=None)

    @contextmanager
    def on(self, day: date) -> Iterator[None]:
        """The evening of a day, for whatever asks what time it is; live sources are on loopback."""

        @contextmanager
        def live() -> Iterator[Sample]:
            yield Sample(self.routes)

        source = replace(source_of_loopback(), first_day=self.scale.first)
        source = replace(source, partition=self.scale.partition)
        with ExitStack() as stack:
            stack.enter_context(time_machine.travel(datetime.combine(day, EVENING), tick=True))
            for place in ("flows.jobs.backfill.backfill", "flows.jobs.nightly"):
                stack.enter_context(patch(f"{place}.no_sample", live))
            stack.enter_context(patch("flows.jobs.start.server_time", lambda *_: None))
            stack.enter_context(patch("extractors.seee.source.SOURCE", source))
            for place in ("extractors.sample.sites.seee.pages", "extractors.seee.lists"):
                stack.enter_context(patch(f"{place}.PAGE_SIZE", self.scale.page_size))
            yield

    def days_of(self, table: str, day: str, where: str) -> int:
        """The days of which readers see a row."""
        made = releases(Warehouse(self.home))
        versions = made[-1].versions if made else {}
        if table not in versions:
            return 0
        with Warehouse(self.home).connect(table, versions={table: versions[table]}) as connection:
            sql = f"select count(distinct {day}) from {table} where {where}"
            ((count,),) = connection.execute(sql).fetchall()
        return int(count)


_TOLD = (
    ("seee_bulletins", "period_end", "period = 'day'"),
    ("seee_quotes", "trade_date", "true"),
    ("seee_method_totals", "trade_date", "true"),
)


def source_of_loopback() -> Source:
    """The exchange as a live home asks it, under names that lead to loopback."""
    named = declaration("seee", is_sample=True)
    return replace(SEEE, hosts=named.hosts, aliases=named.aliases)


@contextmanager
def rehearsal(home: Path, scale: Scale, scenario: Scenario) -> Iterator[Rehearsal]:
    """An empty home, and the site."""
    week = scale.last + timedelta(days=7)
    site = ExchangeSite(
        market(scale.first, week),
        scale.last,
        scenario.is_query_walled,
        scenario.list_pages,
        unknown_wordings(scale),
    )
    with Serving(site) as serving:
        yield Rehearsal(home, scale, scenario, site, serving.routes)


def unknown_wordings(scale: Scale) -> frozenset[date]:
    """A day of each stretch of a backfill, in its last weeks, which ten pages of a list hold."""
    period = "%Y" if scale.partition == "year" else "%Y-%m"
    days: dict[str, list[date]] = {}
    for day in shipped().trading_days(scale.first, scale.last):
        days.setdefault(f"{day:{period}}", []).append(day)
    return frozenset(each[-5] for each in days.values())
