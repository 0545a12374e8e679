"""Ask a source's checks of the current rows and book every finding in `ops_checks`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import duckdb

from flows.night import Night
from flows.outcome import Tally, Trouble
from flows.sources import Road
from schemas.calendar import trading_days
from schemas.ops import OPS_CHECKS
from transforms.checks import Check


def run_checks(night: Night, road: Road, tally: Tally, since: date) -> list[str]:
    """Run the source's checks from `since` on; gives the names of hard ones that failed.

    A check without a finding is booked as one `pass`. Findings of a freshness check
    go to `tally.stale`, unless the job is to take what somebody has saved, new or old.
    """
    due = night.due_day(road.source)
    tally.is_due = road.source.is_daily and due == night.today(road.source)
    if due is None:
        return []
    # A calendar that has run out is no matter of a source that asks nothing of it.
    has_days = any("$days" in check.sql for check in road.checks)
    days = list(trading_days(since, due)) if has_days else []
    window = {"since": since, "due": due, "days": days}
    rows: list[dict[str, Any]] = []
    failed: list[str] = []
    tables = dict.fromkeys(table for check in road.checks for table in check.tables)
    held = {table for table in tables if night.warehouse.version(table) is not None}
    with night.warehouse.connect(*tables) as connection:
        for check in road.checks:
            if not held.issuperset(check.tables):
                continue
            findings = _findings(connection, check, window)
            rows += [_row(night, check, finding) for finding in findings]
            if not findings:
                rows.append(_row(night, check, None))
            if findings and check.is_hard:
                failed.append(check.name)
            troubles = [
                Trouble(check.name, "", f"expected {f[1]}, found {f[2]}", f"{f[0]}: {f[4]}")
                for f in findings
            ]
            if check.name in road.freshness and night.job == "refresh":
                tally.stale += troubles
            else:
                tally.remarks += troubles
    night.warehouse.append_log(OPS_CHECKS, rows, run_id=night.run_id)
    return failed


def _findings(
    connection: duckdb.DuckDBPyConnection, check: Check, window: dict[str, Any]
) -> list[tuple[Any, ...]]:
    used = {name: value for name, value in window.items() if f"${name}" in check.sql}
    return connection.execute(check.sql, used).fetchall()


def _row(night: Night, check: Check, finding: tuple[Any, ...] | None) -> dict[str, Any]:
    scope, expected, found, difference, evidence = finding or ("all", "", "", "", check.says)
    verdict = "pass" if finding is None else ("fail" if check.is_hard else "warn")
    return {
        "run_id": night.run_id,
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
