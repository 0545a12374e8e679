"""Which days the store covers: table by table, and night by night what the runs came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flows.reports.catalog.calendar_heatmap import DayState, Strip, strips
from schemas.core.forms import quoted
from schemas.core.market_columns import PILOTS
from schemas.core.table import Kind, Table
from schemas.trading import TradingCalendar

if TYPE_CHECKING:
    import duckdb

    from schemas.contracts.gates import Gates

HELD = DayState("held", "held")
MISSING = DayState("missing", "missing", pointed=True)
EXTRA = DayState("extra", "held on a closed day", pointed=True)
OTHER = DayState("other", "weekdays without a row")
UNSURE = DayState("other", "no row, and nobody has announced whether the market was open")
GOOD = DayState("held", "night that went well")
POOR = DayState("poor", "night that went poorly", pointed=True)
BAD = DayState("missing", "night that failed", pointed=True)

OUTCOME_STATES = {
    "changed": GOOD,
    "unchanged": GOOD,
    "empty_expected": GOOD,
    "skipped": POOR,
    "partial": POOR,
    "empty_suspicious": POOR,
    "blocked": BAD,
    "drifted": BAD,
    "failed": BAD,
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """A calendar: what it is of, its strips, and its numbers in words."""

    name: str
    says: str
    summary: str
    legend: tuple[DayState, ...]
    strips: tuple[Strip, ...]
    held: int = 0
    due: int = 0
    missing: tuple[date, ...] = ()
    parts: tuple[Coverage, ...] = ()
    """Of a table of several markets: a calendar of each, in place of strips of all of them."""


def dated(table: Table) -> str:
    """The column that dates a table's rows: the date it is pruned by, or else the only date
    that every row has; empty if there is none."""
    dates = [column.name for column in table.own if column.kind is Kind.DATE]
    if table.prune_by in dates:
        return table.prune_by
    filled = [name for name in dates if not table.column(name).nullable]
    return filled[0] if len(filled) == 1 else ""


def market_of(table: Table) -> str:
    """The column of the key that says whose day it is, of a table of pilot markets; else empty."""
    return next((name for name in table.key if {*PILOTS} <= {*table.column(name).one_of}), "")


def table_coverage(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    gates: Gates | None,
    until: date,
    calendar: TradingCalendar,
) -> Coverage | None:
    """The days of a table's rows, from its first one.

    A table whose gates name trading days should have one for each, up to `until` or to its
    newest row; of any other only the days that have one are known. None without dated rows.
    """
    column = dated(table)
    if not column:
        return None
    is_daily = gates is not None and gates.asks_for_days
    chosen = dict(gates.where) if gates and is_daily else {}
    where = "".join(f" AND {quoted(name)}::VARCHAR = ?" for name in chosen)
    counts: dict[date, int] = dict(
        connection.execute(
            f"SELECT {quoted(column)}, count(*) FROM {quoted(table.name)} "  # noqa: S608
            f"WHERE {quoted(column)} IS NOT NULL{where} GROUP BY ALL",
            list(chosen.values()),
        ).fetchall()
    )
    if not counts:
        return None
    if is_daily:
        said = ", ".join(f"{name} {value}" for name, value in chosen.items())
        says = f"Rows by {column}" + (f" ({said})" if said else "") + ", against trading days"
        return replace(_against_calendar(counts, until, calendar), name=table.name, says=says)
    whole = _as_it_comes(table.name, f"Rows by {column}, on whatever day there are some", counts)
    if not (market := market_of(table)):
        return whole
    return replace(whole, strips=(), parts=tuple(_by_market(connection, table, column, market)))


def _by_market(
    connection: duckdb.DuckDBPyConnection, table: Table, column: str, market: str
) -> Iterator[Coverage]:
    """A calendar of each market that has rows, by name."""
    found: dict[str, dict[date, int]] = {}
    for name, day, count in connection.execute(
        f"SELECT {quoted(market)}, {quoted(column)}, count(*) FROM {quoted(table.name)} "  # noqa: S608
        f"WHERE {quoted(column)} IS NOT NULL GROUP BY ALL ORDER BY 1"
    ).fetchall():
        found.setdefault(name, {})[day] = count
    for name, counts in found.items():
        yield _as_it_comes(f"{table.name}, {name}", name, counts)


def _against_calendar(
    counts: Mapping[date, int], until: date, calendar: TradingCalendar
) -> Coverage:
    days: dict[date, DayState] = {}
    for each in calendar.days(min(counts), max(until, *counts)):
        if each.may_trade and each.date in counts:
            days[each.date] = HELD
        elif each.is_trading:
            days[each.date] = UNSURE if each.is_derived else MISSING
    days |= {day: EXTRA for day in counts if day not in days}
    due = Counter(_month(day) for day, state in days.items() if state in (HELD, MISSING))
    held = Counter(_month(day) for day, state in days.items() if state is HELD)

    def month(year: int, number: int) -> str:
        key = (year, number)
        return f"{held[key]} of {due[key]}" if due[key] else "-"

    missing = tuple(day for day, state in days.items() if state is MISSING)
    summary = f"{held.total():,} of {due.total():,} trading days from {min(days)} to {max(days)}"
    states = (HELD, MISSING, EXTRA, UNSURE)
    return Coverage(
        "",
        "",
        summary,
        tuple(state for state in states if state is not UNSURE or state in days.values()),
        tuple(strips(days, month)),
        held.total(),
        due.total(),
        missing,
    )


def _as_it_comes(name: str, says: str, counts: Mapping[date, int]) -> Coverage:
    days = dict.fromkeys(_weekdays(min(counts), max(counts)), OTHER)
    days |= dict.fromkeys(sorted(counts), HELD)
    rows: Counter[tuple[int, int]] = Counter()
    for day, count in counts.items():
        rows[_month(day)] += count

    def month(year: int, number: int) -> str:
        return f"{rows[(year, number)]:,}"

    total = f"{sum(counts.values()):,} rows on {len(counts):,} days"
    summary = f"{total} from {min(counts)} to {max(counts)}"
    return Coverage(name, says, summary, (HELD, OTHER), tuple(strips(days, month)), len(counts))


def night_coverage(source: str, runs: Iterable[Mapping[str, Any]]) -> Coverage | None:
    """The nights of a source, each by the outcome of its last run; None before the first."""
    last: dict[date, str] = {}
    for run in sorted(runs, key=lambda run: run["started_at"]):
        if run["source"] == source:
            last[run["business_day"] or run["started_at"].date()] = run["outcome"]
    if not last:
        return None
    days = {day: OUTCOME_STATES[outcome] for day, outcome in last.items()}
    nights: dict[tuple[int, int], Counter[str]] = {}
    for day, outcome in last.items():
        nights.setdefault(_month(day), Counter())[outcome] += 1

    def month(year: int, number: int) -> str:
        found = nights.get((year, number), Counter())
        return ", ".join(f"{count} {outcome}" for outcome, count in found.items()) or "-"

    good = sum(state is GOOD for state in days.values())
    summary = f"{good:,} of {len(days):,} nights went well, {min(days)} to {max(days)}"
    legend = (GOOD, POOR, BAD)
    return Coverage(source, "Nights by outcome", summary, legend, tuple(strips(days, month, last)))


def missing_in_words(days: Sequence[date], most: int = 12) -> str:
    """The first days of a list, and how many more."""
    told = ", ".join(map(str, days[:most]))
    return told + (f" and {len(days) - most:,} more" if len(days) > most else "")


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _weekdays(first: date, last: date) -> Iterable[date]:
    day = first
    while day <= last:
        if day.weekday() < 5:
            yield day
        day += timedelta(days=1)
