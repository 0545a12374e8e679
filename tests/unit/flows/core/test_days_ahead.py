"""Which days of a row may still be to come: those that their columns declare, and no other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from flows.core.clock import Days
from flows.stages.read.corrections import correct
from schemas.contracts.corrections import Correction
from schemas.core.table import Column, Kind, Table
from schemas.registry import TABLES
from tests.support.rows import bulletin

CAPTURED = datetime(2026, 11, 30, 14, 30, tzinfo=UTC)
TODAY = date(2026, 11, 30)
AHEAD = {
    "calendar_days.date",
    "ccer_details.display_from",
    "ccer_details.display_until",
    "core_climate_event_quotes.event_date",
    "core_climate_events.event_date",
    "icap_revenue.quarter_end",
    "icap_facts.date",
    "icap_news.event_on",
    "mee_facts.as_of",
    "mee_aliases.published_on",
    "mee_facts.due_on",
    "mee_notices.effective_on",
    "mee_notices.generated_on",
    "mee_notices.published_on",
    "mee_notices.url_dated_on",
    "mee_penalties.valid_from",
    "mee_penalties.valid_to",
    "seee_bulletins.period_end",
    "seee_bulletins.trade_date",
}
"""Deadlines, days of taking effect, announced events, ends of periods that run, and the days of
notices that are put out before the day that they bear."""
CELLS = [
    pytest.param(table, column, id=f"{table.name}.{column.name}")
    for table in TABLES.values()
    if table.is_core
    for column in table.dated
]


def ahead(table: Table, **cells: Any) -> tuple[str, str] | None:
    row = {column.name: None for column in table.stated} | {"retrieved_at": CAPTURED} | cells
    return Days("Asia/Shanghai").ahead(table, row)


def test_these_columns_may_lie_ahead() -> None:
    declared = {
        f"{table.name}.{column.name}"
        for table in TABLES.values()
        if table.is_core
        for column in table.dated
        if column.ahead_days
    }
    assert declared == AHEAD


@pytest.mark.parametrize(("table", "column"), CELLS)
def test_a_day_lies_no_further_ahead_than_its_column_says(table: Table, column: Column) -> None:
    last: Any = TODAY + timedelta(days=column.ahead_days)
    one: timedelta = timedelta(days=1)
    if column.kind is Kind.INSTANT:
        last, one = CAPTURED + timedelta(minutes=5), timedelta(seconds=1)
    beside = {column.ahead_as: last} if column.ahead_as else {}
    assert ahead(table, **{column.name: last}, **beside) is None
    late = last + one
    beside = dict.fromkeys(beside, late)
    found = ahead(table, **{column.name: late}, **beside)
    assert found in [(name, str(late)) for name in (column.name, *beside)]


def test_a_figure_is_counted_to_a_day_that_has_come_and_a_deadline_is_its_own_day() -> None:
    table, day = TABLES["mee_facts"], date(2027, 12, 31)
    assert ahead(table, as_of=day, due_on=day) is None
    assert ahead(table, as_of=day) == ("as_of", "2027-12-31")
    assert ahead(table, as_of=TODAY + timedelta(days=1)) == ("as_of", "2026-12-01")
    row = {c.name: None for c in table.stated} | {"retrieved_at": CAPTURED.replace(day=3)}
    assert Days("Asia/Shanghai").ahead(table, row | {"as_of": TODAY}) is None, "截至11月底"
    assert ahead(table, as_of=day, due_on=date(2027, 12, 30)) == ("as_of", "2027-12-31")
    assert ahead(table, as_of=TODAY, due_on=day) is None


@pytest.mark.parametrize(
    ("value", "told"),
    [(date(2025, 3, 2), ""), (date(2025, 3, 5), "2025-03-05 is after the capture")],
)
def test_a_correction_to_a_day_after_the_capture_leaves_the_row_as_published(
    value: date, told: str
) -> None:
    day, table = date(2025, 3, 3), TABLES["seee_bulletins"]
    row = bulletin(day, retrieved_at=datetime(2025, 3, 3, 14, tzinfo=UTC), published_on=day)
    key = tuple(row[name] for name in table.key)
    one = Correction(table.name, key, "published_on", day, value, "why", "who", day, "proof", 1)
    (made,), issues = correct(table, [row], [one], Days("Asia/Shanghai"))
    assert made["published_on"] == (day if told else value)
    assert told in " ".join(issue.detail for issue in issues)
    assert len(issues) == bool(told)
