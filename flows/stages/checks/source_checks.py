"""Ask a source's checks of the current rows and book every finding in `ops_checks`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from flows.core.context import RunContext
from flows.core.errors import words_of_error
from flows.core.outcome import Issue
from flows.core.query.gates import gates_of
from flows.core.source_run import SourceRun
from flows.core.sources import Pipeline
from flows.stages.checks.passed import Passed
from flows.stages.checks.window import Answered, CheckWindow
from schemas.contracts.gate_files import Declaration, GateError
from schemas.ops.tables import OPS_CHECKS
from schemas.trading.calendar import CalendarDay
from transforms.checks import Basis, Check, CheckFinding
from warehouse.errors import WarehouseError
from warehouse.store.held import Unreleased
from warehouse.store.releases import current

if TYPE_CHECKING:
    import duckdb

UNASKED = "unasked"


def run_checks(run: SourceRun, since: date) -> list[str]:
    """Run the source's checks from `since` on, or from the earliest day of a row that is not
    released yet; gives the names of hard ones that found what nobody has accepted.

    A check without a finding is booked as one `pass`. Findings of a freshness check
    go to `tally.stale`, unless the job is to take what somebody has saved, new or old.
    """
    due = run.context.due_day(run.pipeline.source)
    run.tally.is_due = run.pipeline.source.is_daily and due == run.context.today(
        run.pipeline.source
    )
    if due is None:
        return []
    present = ((t.name, run.context.warehouse.version(t.name)) for t in run.pipeline.tables)
    run.tally.checked = {name: version for name, version in present if version is not None}
    since = min(since, unreleased_since(run.context, run.pipeline) or since)
    accepts = _gates(run.context).accepts
    rows: list[dict[str, Any]] = []
    failed: list[str] = []
    for check, findings in _ask(run.context, run.pipeline, since, due):
        rows += [row_of(run.context, check, finding) for finding in findings]
        if not findings:
            rows.append(row_of(run.context, check, None))
        if check.is_hard and any(not accepts(check.name, f.scope, f.suspects) for f in findings):
            failed.append(check.name)
        issues = [
            Issue(check.name, "", f"expected {f.expected}, found {f.found}", _where(f))
            for f in findings
        ]
        if check.name in run.pipeline.freshness and run.context.job == "refresh":
            run.tally.stale += issues
        else:
            run.tally.remarks += issues
    run.context.warehouse.append_log(OPS_CHECKS, rows, run_id=run.context.run_id)
    return failed


def _gates(context: RunContext) -> Declaration:
    """The gates in force; where they can't be used, which the release tells, none is accepted."""
    try:
        return gates_of(context.settings)
    except GateError:
        return Declaration({})


def unreleased_since(context: RunContext, pipeline: Pipeline) -> date | None:
    """The earliest day of a row that the last release does not show: added, revised, withdrawn
    or held back since, however long ago. None where there is none."""
    released = current(context.warehouse)
    pinned = released.of(pipeline.source.name) if released else {}
    days = []
    for table in pipeline.tables:
        before = pinned.get(table.name)
        fresh = Unreleased(context.warehouse, table, before.table_version if before else None)
        days.append(fresh.earliest())
    found = [day for day in days if day is not None]
    return max(min(found), pipeline.source.first_day) if found else None


def _ask(context: RunContext, pipeline: Pipeline, since: date, due: date) -> list[Answered]:
    window = CheckWindow(since, due, context.calendar)
    passed = Passed(context.warehouse, f"{pipeline.source.name} release")
    return passed.or_asked(
        pipeline.checks, window, lambda checks: _asked_anew(context, pipeline, checks, window)
    )


def _asked_anew(
    context: RunContext, pipeline: Pipeline, checks: Sequence[Check], window: CheckWindow
) -> list[Answered]:
    tables = tables_of(checks)
    if not tables:
        return []
    connection, unreadable = context.warehouse.connect_readable(*tables)
    with connection:
        if mine := [unreadable[t.name] for t in pipeline.tables if t.name in unreadable]:
            raise WarehouseError("; ".join(mine))
        # What is unreadable of another source is told by that one.
        readable = [name for name in tables if name not in unreadable]
        held = {name for name in readable if context.warehouse.version(name) is not None}
        return list(findings_of(connection, held, checks, window))


def tables_of(checks: Iterable[Check]) -> list[str]:
    """The tables that the checks read."""
    return list(dict.fromkeys(table for c in checks for table in (*c.tables, *c.beside)))


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

    checks = [check for check in checks if _is_asked(check, set(held))]
    if any("trading_calendar" in sql for check in checks for sql in _all_sql(check)):
        take_calendar(connection, window.days())
    made: set[Basis] = set()
    for check in checks:
        try:
            for basis in (each for each in check.bases if each not in made):
                table = f"create or replace temp table {basis.name} as {basis.sql}"
                _answer(connection, table, window)
                made.add(basis)
            found = [_finding(row) for row in _answer(connection, check.sql, window).fetchall()]
        except duckdb.Error as error:
            told = words_of_error(error)
            found = [CheckFinding(UNASKED, "an answer", told, None, check.says)]
        yield check, found


def _is_asked(check: Check, held: set[str]) -> bool:
    return set(check.tables) <= held and not held.isdisjoint((*check.tables, *check.beside))


def _all_sql(check: Check) -> list[str]:
    return [check.sql, *(basis.sql for basis in check.bases)]


def _answer(
    connection: duckdb.DuckDBPyConnection, sql: str, window: CheckWindow
) -> duckdb.DuckDBPyConnection:
    bounds = {"since": window.since, "due": window.due}
    return connection.execute(sql, {n: day for n, day in bounds.items() if f"${n}" in sql})


def take_calendar(connection: duckdb.DuckDBPyConnection, days: Iterable[CalendarDay]) -> None:
    """A table `trading_calendar` of these days, for SQL."""
    taken = list(days)
    connection.execute(
        "create or replace temp table trading_calendar as select unnest($days::date[]) as day, "
        "unnest($trading::boolean[]) as is_trading, unnest($derived::boolean[]) as is_derived",
        {
            "days": [day.date for day in taken],
            "trading": [day.is_trading for day in taken],
            "derived": [day.is_derived for day in taken],
        },
    )


def _finding(row: tuple[Any, ...]) -> CheckFinding:
    scope, expected, found, difference, evidence, *suspects = row
    named = suspects[0] if suspects else ()
    return CheckFinding(scope, expected, found, difference, evidence, tuple(named or ()))


def _where(finding: CheckFinding) -> str:
    return f"{finding.scope}: {finding.evidence}"


def row_of(context: RunContext, check: Check, finding: CheckFinding | None) -> dict[str, Any]:
    """A row of `ops_checks` about a finding; without one, that the check found nothing."""
    scope, expected, found, difference, evidence, _ = finding or CheckFinding(
        "all", "", "", "", check.says
    )
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
