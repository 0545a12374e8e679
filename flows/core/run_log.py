"""Which days of a source a run asks for, and how much of what is held already.

The books of a run: `ops_runs` and `ops_fetches`, and what past runs tell the next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from extractors.source import Source
from flows.core.context import RunContext, software_version
from flows.core.outcome import Outcome, next_step
from schemas.ops.tables import OPS_FETCHES, OPS_RUNS
from warehouse.store.store import Warehouse

if TYPE_CHECKING:
    from flows.core.result import SourceResult

Asks = Literal["young", "all", "missing"]


@dataclass(frozen=True, slots=True)
class Window:
    """The days from `first` to `last`.

    `asks`: beside what is not held, `young` asks again for what the source may still
    correct (a night's way), `all` for everything, `missing` for nothing. What was answered
    at `fresh_from` or later is not asked for again: lists that have no end in the window
    name the pages of its neighbours, too.
    """

    first: date
    last: date
    asks: Asks = "young"
    fresh_from: datetime | None = None

    def of(self, source: Source) -> Source:
        """The source as it is asked: where everything is, all of the window is young."""
        if self.asks != "all":
            return source
        return replace(source, reread_days=(self.last - self.first).days)


OVERLAP = timedelta(days=1)
"""Runs may overlap: one that began this long before the last booked one may be unbooked yet."""
COMPLETE = (Outcome.CHANGED, Outcome.UNCHANGED, Outcome.EMPTY_EXPECTED)


@dataclass(frozen=True, slots=True)
class CompleteRun:
    """A run after which nothing of the source was left to fetch, up to its `business_day`."""

    started_at: datetime
    business_day: date | None


def last_complete_run(warehouse: Warehouse, source: str) -> CompleteRun | None:
    """The source's last run down its whole road, or None if there was none.

    A run that claims to be of the future, by a clock that was ahead, says nothing of the past.
    """
    if warehouse.version(OPS_RUNS.name) is None:
        return None
    outcomes = ", ".join(f"'{outcome}'" for outcome in COMPLETE)
    with warehouse.connect(OPS_RUNS.name) as connection:
        found = connection.execute(
            "select started_at, business_day from ops_runs "  # noqa: S608 - the outcomes are ours
            f"where source = ? and job = 'refresh' and outcome in ({outcomes}) "
            "and started_at <= ? order by started_at desc limit 1",
            [source, datetime.now(UTC)],
        ).fetchone()
    return CompleteRun(*found) if found else None


def window_opens(source: Source, last: CompleteRun | None, today: date) -> date:
    """Where a night's window opens: all history until one run has completed it.

    It reaches back from the last complete run, not from today: what was missed for
    longer than the window is wide would otherwise never be asked for.
    """
    if last is None or last.business_day is None:
        return source.first_day
    newest = min(today, last.business_day)
    return max(source.first_day, newest - timedelta(days=source.reread_days))


def record_run(context: RunContext, run: SourceResult, business_day: date | None) -> None:
    """Append the run and its fetches. The run's row comes last: it says all the rest is there.

    Fetches of killed runs, which could not book them, are booked with it. A run that is
    reading what it fetched looks like a killed one: whoever comes first books its fetches.
    """
    fetches = [
        {
            "fetch_id": entry.fetch_id,
            "run_id": entry.run_id,
            "source": entry.source,
            "kind": entry.kind,
            "url": entry.url,
            "status": entry.status,
            "verdict": entry.verdict,
            "retrieved_at": entry.retrieved_at,
            "payload_sha256": entry.payload_sha256,
            "warc": entry.warc,
            "offset": entry.offset,
        }
        for run_id in (*_killed_runs(context, run.source), context.run_id)
        for entry in context.archive.entries(source=run.source, run_id=run_id)
    ]
    context.warehouse.append_log(
        OPS_FETCHES, fetches, run_id=context.run_id, once_by=("run_id", "source")
    )
    tally, why = run.tally, run.why
    row = {
        "run_id": context.run_id,
        "source": run.source,
        "job": context.job,
        "started_at": run.started_at,
        "finished_at": datetime.now(UTC),
        "business_day": business_day,
        "outcome": str(run.outcome),
        "cause": why.rule if why else None,
        "detail": str(why) if why else None,
        "next_step": next_step(run.outcome, why),
        "changes": tally.summary or None,
        "fetched": tally.fetched,
        "not_modified": tally.not_modified,
        "parsed": tally.parsed,
        "accepted": tally.accepted,
        "quarantined": tally.quarantined,
        "duplicates": tally.duplicates,
        "new": tally.new,
        "revised": tally.revised,
        "seconds": run.seconds,
        "software_version": software_version(),
    }
    context.warehouse.append_log(OPS_RUNS, [row], run_id=context.run_id)


def _killed_runs(context: RunContext, source: str) -> list[str]:
    """Earlier runs whose fetches are in the archive and in no book."""
    warehouse = context.warehouse
    with warehouse.connect(OPS_RUNS.name, OPS_FETCHES.name) as connection:
        booked = connection.execute(
            "select run_id, started_at from ops_runs where source = ?", [source]
        ).fetchall()
        since = max(at for _, at in booked) - OVERLAP if booked else None
        known = {run_id for run_id, _ in booked} | {context.run_id}
        ended = [r for r in context.archive.ended_runs(source, since) if r not in known]
        if not ended:
            return []
        # Killed between its fetches and its own row, or booked by a run after it.
        found = connection.execute(
            "select distinct run_id from ops_fetches "
            "where source = ? and list_contains(?::varchar[], run_id)",
            [source, ended],
        ).fetchall()
    return [run_id for run_id in ended if (run_id,) not in found]
