"""What somebody would have to look at, source by source and in the store: `carbonmart check`.

Nobody is asked but the store. A look never raises for what a disk or a table can do: what
could not be looked at is a finding itself, and closes no incident.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.core.clock import GRACE, IN_THE_FUTURE, clock_behind
from flows.core.context import RunContext, Sample
from flows.core.errors import UsageError, words_of_error
from flows.core.outcome import Issue, Outcome, next_step
from flows.core.query.gates import gates_of
from flows.core.settings import Settings
from flows.core.sources import known, switched_off
from flows.core.sources import pipeline as pipeline_of
from flows.stages.monitor import checks, table_checks
from flows.stages.monitor.damage import damages
from flows.stages.monitor.model import STORE, Finding, OpenStore, SourceStatus
from schemas.registry import IncompleteSource
from warehouse.errors import WarehouseError
from warehouse.store.home import Home, open_home
from warehouse.store.releases import Release, releases
from warehouse.store.store import Warehouse
from warehouse.store.trading import said_by_persons

CALENDAR_ZONE = "Asia/Shanghai"
CALENDAR_WARNS, CALENDAR_FAILS = timedelta(days=31), timedelta(days=12)
"""How long before a year its days are told to be missing, and are an alarm: 1 and 20 December."""
CALENDAR_STEP = (
    "When they are announced: `carbonmart refresh calendar`; or save the page of the notice and "
    "`carbonmart ingest PAGE --url ADDRESS`; or write the closed days into {file}."
)
_MB = 1_000_000
BYTES_S = 20.0
"""Seconds for the archive's part of a night; the next night looks at another."""

CHECKS: Mapping[str, Callable[[SourceStatus], Iterable[Finding]]] = {
    "run": checks.last_run,
    "overdue": checks.overdue,
    "freshness": checks.freshness,
    "coverage": table_checks.coverage,
    "held": table_checks.held,
    "identities": table_checks.identities,
    "quarantine": table_checks.quarantine,
    "gates": table_checks.gates,
}
OF_TABLES = frozenset({"freshness", "coverage", "identities", "gates"})


@dataclass
class CheckRun:
    """A look at the store: the findings, and which checks of which sources came to an end."""

    context: RunContext
    store: OpenStore
    made: Sequence[Release]
    findings: list[Finding] = field(default_factory=list)
    looked: set[tuple[str, str]] = field(default_factory=set)

    @property
    def failed(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.verdict == "fail"]

    def take(self, check: str, source: str, ask: Callable[[], Iterable[Finding]]) -> None:
        """Add a check's findings."""
        try:
            self.findings += ask()
        except Exception as error:  # noqa: BLE001 - nothing that one check meets ends another
            is_known = isinstance(error, (WarehouseError, OSError, IncompleteSource))
            told = f"could not be looked at: {error if is_known else words_of_error(error)}"
            self.findings.append(Finding(check, source, "unlooked", "fail", told))
            return
        self.looked.add((check, source))


def look(
    settings: Settings,
    sources: Sequence[str] = (),
    *,
    until: date | None = None,
    remembers: bool = False,
) -> CheckRun:
    """Look at the sources (all, where none is named) and at the store.

    `until` is the day that a sample's world has come to: else that of its last run. One that
    `remembers` does not ask again what passed on the same rows (see `Passed`).
    Raises `UsageError`, `WrongHome`, `UnknownSource`, `GateError`, `WrongCalendarFile` and
    `WarehouseError`.
    """
    chosen = known(sources)
    home = open_home(settings.home, None)
    if until and home.kind == "live":
        raise UsageError("--until goes with a sample store: live sources have no day but today")
    said_by_persons(home.path)
    declared, made = gates_of(settings), releases(Warehouse(home.path))
    sample = Sample({}, until or _last_day(home)) if home.kind == "sample" else None
    context = RunContext(home, settings, job="check", sample=sample)
    seen = CheckRun(context, OpenStore(context.warehouse, remembers), made)
    for name in chosen:
        if off := switched_off(name, settings, is_sample=home.kind == "sample"):
            if name in settings.disabled:
                told = f"{off}: nobody asks it"
                seen.findings.append(Finding("run", name, "disabled", "warn", told))
            continue
        try:
            pipeline = pipeline_of(name, is_sample=home.kind == "sample")
        except IncompleteSource as error:
            seen.take("run", name, partial(_not_whole, name, error))
            continue
        standing = SourceStatus(context, pipeline, declared, made, seen.store)
        for check, ask in CHECKS.items():
            seen.take(check, name, partial(_ask, check, ask, standing))
    now = context.started_at.astimezone(ZoneInfo(CALENDAR_ZONE)).date()
    today = sample.until if sample and sample.until else now
    seen.take("calendar", STORE, partial(_calendar, context, today))
    seen.take("clock", STORE, partial(_clock, context))
    seen.take("disk", STORE, partial(_disk, home, settings))
    if isinstance(home.path, Path):  # in S3 each look is a download
        seen.take("bytes", STORE, partial(_bytes, home, today))
    return seen


def _bytes(home: Home, today: date) -> Iterator[Finding]:
    """What is not what was written: tables, publication, and tonight's part of the archive."""
    found = list(damages(home, today.toordinal(), until=time.monotonic() + BYTES_S))
    for damage in found:
        told = f"{damage.file}: {damage.what}; {damage.costs}"
        yield Finding("bytes", STORE, damage.file, "fail", told, damage.remedy)
    if not found:
        yield Finding("bytes", STORE, "", "pass", "tables and published files are as written")


def _ask(
    check: str, ask: Callable[[SourceStatus], Iterable[Finding]], at: SourceStatus
) -> list[Finding]:
    """A check's findings; what looks at tables is not asked of some of them."""
    if check in OF_TABLES:
        at.require_tables()
    return list(ask(at))


def _not_whole(name: str, error: IncompleteSource) -> Iterator[Finding]:
    """A source of which a part is missing can't be run, nor be looked at."""
    step = next_step(Outcome.FAILED, Issue("IncompleteSource", "", "", "")) or ""
    yield Finding("run", name, "failed", "fail", str(error), step)


def _clock(context: RunContext) -> Iterator[Finding]:
    """Whether this machine's clock, or that of anyone who wrote here, stood wrong."""
    step = "`carbonmart withdraw` names what claims to be of the future, and takes it back."
    if behind := clock_behind(context):
        yield Finding("clock", STORE, "behind", "fail", behind, step)
        return
    found = context.archive.of_the_future(context.started_at + GRACE)
    taken = [entry for entry in found if entry.verdict != IN_THE_FUTURE]
    if not taken:
        yield Finding("clock", STORE, "", "pass", "nothing claims to be of the future")
        return
    last = taken[-1]
    told = f"{len(taken):,} captures claim to be of the future, up to {last.retrieved_at:%Y-%m-%d}"
    yield Finding("clock", STORE, "ahead", "fail", f"{told}: {last.url}", step)


def _last_day(home: Home) -> date | None:
    """The day to which a sample's world had come when it was last read."""
    warehouse = Warehouse(home.path)
    if warehouse.version("ops_runs") is None:
        return None
    with warehouse.connect("ops_runs") as connection:
        found = connection.execute("select max(business_day) from ops_runs").fetchone()
    return found[0] if found else None


def _calendar(context: RunContext, today: date) -> Iterator[Finding]:
    """Whether the closed days of this year, and from 1 December of the next, are announced, and
    whether all could be read that is."""
    calendar, year = context.calendar, (today + CALENDAR_WARNS).year
    if calendar.trouble:
        told = f"what was announced can't be read: {calendar.trouble}"
        step = "`carbonmart replay` makes the tables again from the archive."
        yield Finding("calendar", STORE, "unread", "fail", told, step)
    basis, is_new = calendar.basis_of_year(year), year > today.year or today.month == 1
    step = CALENDAR_STEP.format(file=context.home.path / "calendar.yml")
    told = f"the closed days of {year} are known ({basis})"
    if basis == "derived":
        told = f"nobody has announced the closed days of {year}: they are derived from rules"
        is_late = (today + CALENDAR_FAILS).year >= year
        yield Finding("calendar", STORE, str(year), "fail" if is_late else "warn", told, step)
    elif basis == "state_council" and is_new:
        told += ", and the exchange has not said on which more it closes"
        yield Finding("calendar", STORE, f"{year} exchange", "warn", told, step)
    elif not calendar.trouble:
        yield Finding("calendar", STORE, "", "pass", told)


def _disk(home: Home, settings: Settings) -> Iterator[Finding]:
    """Whether the next nights still find room where this machine writes."""
    from warehouse.engine.storage.s3 import cache_of

    place = home.path if isinstance(home.path, Path) else cache_of(home.path)
    there = next(path for path in (place, *place.parents) if path.exists())
    free = shutil.disk_usage(there).free // _MB
    told = f"{free:,} MB free at {there}"
    if free >= settings.min_free_mb:
        yield Finding("disk", STORE, "", "pass", told)
        return
    step = "Make room: `carbonmart vacuum` drops what no kept release needs."
    told += f", less than {settings.min_free_mb:,} (CARBONMART_MIN_FREE_MB)"
    yield Finding("disk", STORE, "", "fail", told, step)
