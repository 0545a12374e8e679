"""One source as it stands: how its last run ended, when that was, and how fresh its figures are.

Asks the store alone. Each check looks at one thing and gives its findings.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flows.core.outcome import GOOD, Issue, Outcome, next_step
from flows.core.query.format import age
from flows.stages.monitor.model import Finding, SourceStatus, summed
from schemas.contracts.gates import Verdict

_ASK_AGAIN = "Run `carbonmart refresh`; where a schedule does, see whether it lives."


def last_run(at: SourceStatus) -> Iterator[Finding]:
    """How the last nightly run of the source ended."""
    name = at.name
    row = at.store.first(
        "select outcome, cause, detail, next_step, started_at from ops_runs "
        "where source = ? and job = 'refresh' order by started_at desc limit 1",
        name,
    )
    if row is None:
        yield Finding("run", name, "never", "warn", "was never run", _ASK_AGAIN)
        return
    outcome, cause, detail, step, started_at = row
    told = f"{outcome}, {age(at.context.started_at - started_at)} ago"
    if outcome in GOOD:
        yield Finding("run", name, outcome, "pass", told)
        return
    step = step or next_step(Outcome(outcome), Issue(cause or "", "", "", ""))
    told += f": {detail}" if detail else ""
    yield Finding("run", name, outcome, "fail", told, step or "")


def overdue(at: SourceStatus) -> Iterator[Finding]:
    """Whether there was a run lately, however it ended: a schedule that died, or a run that was
    killed each night, says nothing by itself."""
    name, today = at.name, at.context.today(at.pipeline.source)
    row = at.store.first(
        "select max(business_day) from ops_runs where source = ? and job = 'refresh'", name
    )
    if row is None or row[0] is None:
        yield Finding("overdue", name, "", "warn", "no run is booked yet", _ASK_AGAIN)
        return
    late, told = (today - row[0]).days, f"the last run is of {row[0]}"
    if late <= at.context.settings.overdue_days:
        yield Finding("overdue", name, "", "pass", told)
        return
    told += f", {late} days ago: it is to run each day"
    yield Finding("overdue", name, "", "fail", told, _ASK_AGAIN)


def freshness(at: SourceStatus) -> list[Finding]:
    """Whether the newest figures are those that are due, by the source's calendar; and of a
    source that publishes when it likes, whether it has been quiet for oddly long."""
    name, due = at.name, at.due
    found = []
    if due is not None:
        for check, rows in at.answered:
            if check.name in at.pipeline.freshness and rows:
                told = "; ".join(f"{r[0]}: {r[2]}, due is {r[1]} ({r[4]})" for r in rows)
                step = next_step(Outcome.EMPTY_SUSPICIOUS, Issue("", "", "", "")) or ""
                # Of a store that no night has read yet nothing is due today.
                verdict: Verdict = "fail" if at.asked_for is None else "warn"
                found.append(Finding("freshness", name, check.name, verdict, told, step))
    learned = _learned(at)
    if learned is None:
        return [
            *found,
            Finding("freshness", name, "rows", "warn", "no row is held yet", _ASK_AGAIN),
        ]
    found += _quiet(at)
    fine = f"due is {due}; the newest row was learned {age(at.context.started_at - learned)} ago"
    return summed("freshness", name, found, fine)


def _quiet(at: SourceStatus) -> Iterator[Finding]:
    """Whether the publisher has been silent for longer than it ever was.

    By the days that its pages state, or where one states none, the day it was learned: a
    backfill of old pages is no news. The sample tells a choice of what was published; its
    silences are its own.
    """
    source, table = at.pipeline.source, at.pipeline.spoken_in
    if not (source.quiet_days and table in at.store.tables) or at.context.home.kind == "sample":
        return
    today = at.context.today(source)
    row = at.store.first(
        "select max(coalesce(published_on, known_from::date)) as day "  # noqa: S608
        f"from {table} where coalesce(published_on, known_from::date) <= ?",
        today,
    )
    if row is None or row[0] is None or (quiet := (today - row[0]).days) <= source.quiet_days:
        return
    told = f"nothing published since {row[0]}, {quiet} days ago; over {source.quiet_days} are odd"
    step = (
        f"Look at {source.homepage}: if there is news, its list has moved without a word and "
        "the reader has to follow; if there is none, the alarm is over with the next."
    )
    yield Finding("freshness", source.name, "quiet", "fail", told, step)


def _learned(at: SourceStatus) -> datetime | None:
    """When the newest row of the source's tables was learned; None if there is none."""
    held = (at.store.tables.get(table.name) for table in at.pipeline.tables)
    moments = [info.last_known_from for info in held if info and info.last_known_from]
    return max(moments, default=None)
