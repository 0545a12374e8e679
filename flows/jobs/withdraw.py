"""Taking back what a wrong clock had written: captures and runs that claim to be of the future.

Nothing is deleted. Rows get a tombstone that any other statement of their keys revives, however
old; fetches are judged `withdrawn`, so that no reader takes them again; what the archive holds
of the same addresses is read anew. What was withdrawn is written down in the archive.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from extractors.warc.exchange import Entry
from flows.core.clock import GRACE, WITHDRAWN, Withdrawal, withdrawals
from flows.core.context import RunContext
from flows.core.errors import UsageError
from flows.core.outcome import Tally
from flows.core.settings import Settings
from flows.core.sources import pipeline, whole
from flows.jobs.monitor import after_run
from flows.jobs.replay import last_day
from flows.jobs.report.result import RunReport
from flows.jobs.start import require_servers_day
from flows.stages.release.publish import publish_current
from flows.stages.release.release import release
from flows.stages.source_run import SourceWork, run_source
from schemas.core.table import Kind, Table, end_of_month
from schemas.ops.tables import OPS_QUARANTINE, OPS_RUNS
from warehouse.store.home import open_home

Key = tuple[Any, ...]


@dataclass
class Doubtful:
    """What of a source was written by a wrong clock: fetches, and rows by table with the
    addresses that ever stated their keys."""

    source: str
    fetches: list[Entry] = field(default_factory=list)
    rows: dict[str, list[Key]] = field(default_factory=dict)
    urls: set[str] = field(default_factory=set)


@dataclass
class Plan:
    """All that would be withdrawn."""

    run_ids: list[str]
    sources: dict[str, Doubtful]

    def as_rows(self) -> list[dict[str, Any]]:
        """A line for each run, for a source's fetches, and for a table's rows."""
        found: list[dict[str, Any]] = [_line("", "run", 1, run_id) for run_id in self.run_ids]
        for each in self.sources.values():
            if each.fetches:
                first, last = each.fetches[0], each.fetches[-1]
                span = (
                    f"{first.retrieved_at:%Y-%m-%d %H:%M}Z to {last.retrieved_at:%Y-%m-%d %H:%M}Z"
                )
                told = f"{span}, one of them {first.url}"
                found.append(_line(each.source, "fetches", len(each.fetches), told))
            for table, keys in each.rows.items():
                told = "; ".join(" ".join(map(str, key)) for key in keys[:3])
                found.append(_line(each.source, f"rows of {table}", len(keys), told))
        return found


def _line(source: str, what: str, count: int, told: str) -> dict[str, Any]:
    return {"source": source, "what": what, "count": count, "which": told}


def plan(settings: Settings, run_ids: Sequence[str] = ()) -> Plan:
    """What claims to be of the future, and what the runs of these ids wrote; writes nothing.

    Raises `WrongHome`, `UsageError` for a run that left nothing.
    """
    context = RunContext(open_home(settings.home, None), settings, job="withdraw")
    return _planned(context, run_ids)


def withdraw(settings: Settings, run_ids: Sequence[str] = ()) -> RunReport:
    """Withdraw it, read again what is held of the same addresses, and release.

    Killed anywhere and run again, it comes to the same end. Raises as `plan`, and `ClockError`
    where the sources' servers say that it is this machine's clock that is wrong now.
    """
    context = RunContext(open_home(settings.home, None), settings, job="withdraw")
    if context.home.kind == "sample":
        context.day = last_day(context, list(whole()))
    require_servers_day(context)
    found = _planned(context, run_ids)
    report = RunReport(
        context.run_id, context.job, str(context.home.path), context.home.kind == "sample"
    )
    if not found.sources and not found.run_ids:
        return report
    fetch_ids = tuple(f.fetch_id for each in found.sources.values() for f in each.fetches)
    Withdrawal(context.started_at, tuple(found.run_ids), fetch_ids).keep(context.home.path)
    for each in found.sources.values():
        tally = _take_back(context, each)
        kinds = [k.name for k in pipeline(each.source).source.kinds if k.yields_records]
        entries = context.archive.newest_at(each.source, kinds, sorted(each.urls))
        report.runs.append(run_source(context, each.source, SourceWork(entries, tally)))
    report.released = release(context, report.runs)
    report.published = publish_current(context)
    report.watched = after_run(context, report)
    report.seconds = (datetime.now(UTC) - context.started_at).total_seconds()
    return report


def _take_back(context: RunContext, each: Doubtful) -> Tally:
    """End the rows, have what else is held of their addresses read again, and judge the fetches.

    In this order: killed in between, the same is found again, or the next night reads.
    """
    tally, archive = Tally(each.source), context.archive
    evidence = json.dumps({"withdrawn": "a clock was wrong", "run_id": context.run_id})
    for table in pipeline(each.source).tables:
        if keys := each.rows.get(table.name):
            done = context.warehouse.withdraw(
                table,
                keys,
                known_from=context.started_at,
                run_id=context.run_id,
                evidence=evidence,
            )
            tally.retired.append(f"{done.revised:,} withdrawn from {table.name}")
    archive.mark_unread(each.source, sorted(each.urls))
    for fetch in each.fetches:
        archive.judge(fetch.fetch_id, WITHDRAWN)
    _release_quarantine(context, each)
    return tally


def _release_quarantine(context: RunContext, each: Doubtful) -> None:
    """What was refused of the fetches is no matter any more."""
    if context.warehouse.version(OPS_QUARANTINE.name) is None:
        return
    names = [column.name for column in OPS_QUARANTINE.own]
    with context.warehouse.connect(OPS_QUARANTINE.name) as connection:
        found = connection.execute(
            f"select {', '.join(names)} from ops_quarantine where status = 'open' "  # noqa: S608
            "and list_contains(?::varchar[], fetch_id)",
            [[fetch.fetch_id for fetch in each.fetches]],
        ).fetchall()
    now = {"status": "released", "run_id": context.run_id, "refused_at": datetime.now(UTC)}
    rows = [dict(zip(names, row, strict=True)) | now for row in found]
    context.warehouse.append_log(OPS_QUARANTINE, rows, run_id=context.run_id)


def _planned(context: RunContext, named: Sequence[str]) -> Plan:
    limit = context.started_at + GRACE
    known = {run_id for each in withdrawals(context.home.path) for run_id in each.run_ids}
    runs = [*dict.fromkeys([*_future_runs(context, limit, known), *named])]
    sources: dict[str, Doubtful] = {}
    for fetch in context.archive.of_the_future(limit, runs):
        sources.setdefault(fetch.source, Doubtful(fetch.source)).fetches.append(fetch)
    booked = {fetch.run_id for each in sources.values() for fetch in each.fetches}
    if strangers := [run_id for run_id in named if run_id not in booked]:
        raise UsageError(f"no such run, or nothing of it stands: {', '.join(strangers)}")
    for name in whole():
        each = sources.get(name) or Doubtful(name)
        for table in pipeline(name).tables:
            _find_rows(context, table, each, limit)
        if each.fetches or each.rows:
            each.urls |= {fetch.url for fetch in each.fetches}
            sources[name] = each
    return Plan(runs, sources)


def _future_runs(context: RunContext, limit: datetime, known: set[str]) -> Iterator[str]:
    """Runs that began after now and are not withdrawn."""
    for source in whole():
        for run in context.archive.history().runs(source):
            if run.started_at > limit and run.run_id not in known:
                yield run.run_id
    if context.warehouse.version(OPS_RUNS.name) is None:
        return
    with context.warehouse.connect(OPS_RUNS.name) as connection:
        found = connection.execute(
            "select distinct run_id from ops_runs where started_at > ? order by run_id", [limit]
        ).fetchall()
    yield from (run_id for (run_id,) in found if run_id not in known)


def _find_rows(context: RunContext, table: Table, each: Doubtful, limit: datetime) -> None:
    """The last rows and tombstones of the table's keys that claim to be of the future or to be
    known since then, speak of a day to come as of one that has been, or were taken from one of
    the fetches; but for what is withdrawn."""
    if context.warehouse.version(table.name) is None:
        return
    zone = ZoneInfo(whole()[each.source].timezone)
    today = limit.astimezone(zone).date()
    bounds = {
        c.name: limit
        if c.kind is Kind.INSTANT
        else (end_of_month(today) if c.ahead_as else today + timedelta(days=c.ahead_days))
        for c in table.dated
    }
    unless = {
        c.name: f' and "{c.name}" is distinct from "{c.ahead_as}"'
        for c in table.dated
        if c.ahead_as
    }
    ahead = " or ".join(f'("{name}" > ${name}{unless.get(name, "")})' for name in bounds)
    keys = ", ".join(f'"{name}"' for name in table.key)
    # `known_to` is null in the last revision of each key, and only there.
    doubtful = (
        f"select {keys} from {table.name}__history where known_to is null "  # noqa: S608
        "and retrieved_at > epoch_ms(0) and (retrieved_at > $limit or known_from > $limit "
        f"or list_contains($taken::varchar[], source_url || ' ' || epoch_us(retrieved_at)) "
        f"{f'or {ahead}' if ahead else ''})"
    )
    asked = {"limit": limit, "taken": list(_taken(each.fetches)), **bounds}
    with context.warehouse.connect(table.name) as connection:
        found = connection.execute(f"{doubtful} order by all", asked).fetchall()
        if not found:
            return
        urls = connection.execute(
            f"select distinct source_url from {table.name}__history "  # noqa: S608
            f"semi join ({doubtful}) using ({keys})",
            asked,
        ).fetchall()
    each.rows[table.name] = found
    each.urls |= {url for (url,) in urls}


def _taken(fetches: Iterable[Entry]) -> Iterator[str]:
    """How a row names the fetch that it was taken from: its address and instant."""
    for fetch in fetches:
        if not fetch.refers_to:
            at = fetch.retrieved_at.astimezone(UTC)
            yield f"{fetch.url} {int(at.timestamp()) * 1_000_000 + at.microsecond}"
