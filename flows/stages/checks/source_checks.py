"""Ask a source's checks of the current rows and book every finding in `ops_checks`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from flows.core.context import RunContext
from flows.core.errors import words_of_error
from flows.core.outcome import Issue
from flows.core.source_run import SourceRun
from flows.core.sources import Pipeline
from schemas.ops.tables import OPS_CHECKS
from schemas.trading import TradingCalendar
from transforms.checks import Check

if TYPE_CHECKING:
    import duckdb

UNASKED = "unasked"
Answered = tuple[Check, list[tuple[Any, ...]]]
"""A check with its findings: scope, expected, found, difference, evidence."""


@dataclass(frozen=True, slots=True)
class CheckWindow:
    """What checks look at: from which day on, up to which something is due, by which calendar."""

    since: date
    due: date
    calendar: TradingCalendar


def run_checks(run: SourceRun, since: date) -> list[str]:
    """Run the source's checks from `since` on; gives the names of hard ones that failed.

    A check without a finding is booked as one `pass`. Findings of a freshness check
    go to `tally.stale`, unless the job is to take what somebody has saved, new or old.
    """
    due = run.context.due_day(run.pipeline.source)
    run.tally.is_due = run.pipeline.source.is_daily and due == run.context.today(
        run.pipeline.source
    )
    if due is None:
        return []
    rows: list[dict[str, Any]] = []
    failed: list[str] = []
    for check, findings in _ask(run.context, run.pipeline, since, due):
        rows += [row_of(run.context, check, finding) for finding in findings]
        if not findings:
            rows.append(row_of(run.context, check, None))
        if findings and check.is_hard:
            failed.append(check.name)
        issues = [
            Issue(check.name, "", f"expected {f[1]}, found {f[2]}", f"{f[0]}: {f[4]}")
            for f in findings
        ]
        if check.name in run.pipeline.freshness and run.context.job == "refresh":
            run.tally.stale += issues
        else:
            run.tally.remarks += issues
    run.context.warehouse.append_log(OPS_CHECKS, rows, run_id=run.context.run_id)
    return failed


def _ask(context: RunContext, pipeline: Pipeline, since: date, due: date) -> list[Answered]:
    tables = dict.fromkeys(table for check in pipeline.checks for table in check.tables)
    held = {table for table in tables if context.warehouse.version(table) is not None}
    with context.warehouse.connect(*tables) as connection:
        window = CheckWindow(since, due, context.calendar)
        return list(findings_of(connection, held, pipeline.checks, window))


def findings_of(
    connection: duckdb.DuckDBPyConnection,
    held: Collection[str],
    checks: Iterable[Check],
    window: CheckWindow,
) -> Iterator[Answered]:
    """What each of the checks finds in the window, where its tables are `held`.

    A check that can't be asked finds that (scope `unasked`), and ends no other.
    """
    import duckdb

    checks = list(checks)
    if any("trading_calendar" in check.sql for check in checks):
        take_calendar(connection, window.calendar, window.since, window.due)
    bounds = {"since": window.since, "due": window.due}
    for check in checks:
        if set(check.tables) <= set(held):
            used = {name: value for name, value in bounds.items() if f"${name}" in check.sql}
            try:
                found = connection.execute(check.sql, used).fetchall()
            except duckdb.Error as error:
                found = [(UNASKED, "an answer", words_of_error(error), None, check.says)]
            yield check, found


def take_calendar(
    connection: duckdb.DuckDBPyConnection, calendar: TradingCalendar, first: date, last: date
) -> None:
    """A table `trading_calendar` of the days from the first to the last, for SQL."""
    days = list(calendar.days(first, last))
    connection.execute(
        "create or replace temp table trading_calendar as select unnest($days::date[]) as day, "
        "unnest($trading::boolean[]) as is_trading, unnest($derived::boolean[]) as is_derived",
        {
            "days": [day.date for day in days],
            "trading": [day.is_trading for day in days],
            "derived": [day.is_derived for day in days],
        },
    )


def row_of(context: RunContext, check: Check, finding: tuple[Any, ...] | None) -> dict[str, Any]:
    """A row of `ops_checks` about a finding; without one, that the check found nothing."""
    scope, expected, found, difference, evidence = finding or ("all", "", "", "", check.says)
    verdict = "pass" if finding is None else ("fail" if check.is_hard else "warn")
    return {
        "run_id": context.run_id,
        "checked_at": datetime.now(UTC),
        "name": check.name,
        "scope": _text(scope),
        "expected": _text(expected),
        "found": _text(found),
        "difference": _text(difference),
        "tolerance": check.tolerance,
        "verdict": verdict,
        "evidence": _text(evidence),
    }


def _text(value: object) -> str:
    return "" if value is None else str(value)
