"""`ops_coverage`: which trading day is held, by source; derived, and so never out of step.

Of a source with daily tables a day is covered by its rows. Any other source publishes when
it has something to say: of it a day is covered by a run that looked, and came to its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from schemas.core.forms import quoted, text_literal
from schemas.core.table import Column, Kind, Table
from schemas.ops.tables import OPS_RUNS
from schemas.trading import LAUNCH, PUBLISHED_BY_HOUR, TradingCalendar

STATES = ("complete", "partial", "missing", "other witness", "watched", "unwatched")
_LOOKED = ("changed", "unchanged", "empty_expected")
"""Outcomes of runs after which nothing was left to ask."""

OPS_COVERAGE = Table(
    name="ops_coverage",
    says="One row per trading day and source: whether what is due that day is held; a day that "
    "nobody has announced is a trading day once something of it is held",
    key=("trade_date", "source"),
    order_by=(),
    is_log=True,
    own=(
        Column("trade_date", Kind.DATE, "Trading day of the national market", nullable=False),
        Column("source", Kind.TEXT, "Source that is due", nullable=False),
        Column(
            "state",
            Kind.TEXT,
            "complete, partial, missing: the day's rows are held in all, some, none of the "
            "daily tables; other witness: in none, and a table of another publisher of the same "
            "market has the day; watched, unwatched: a source without daily tables was, or was "
            "not, asked to the end that day",
            nullable=False,
            one_of=STATES,
        ),
        Column("tables_due", Kind.INT, "Daily tables of the source", nullable=False, minimum=0),
        Column("tables_held", Kind.INT, "Those that hold the day", nullable=False, minimum=0),
        Column("missing", Kind.TEXT, "Those that do not, separated by `; `"),
        Column("run_outcome", Kind.TEXT, "How the last run of that business day ended"),
        Column("known_from", Kind.INSTANT, "When the store learned the latest of the rows"),
        Column("is_simulated", Kind.BOOL, "True where a row is simulated, not published"),
    ),
)

_NONE_HELD = (
    "SELECT NULL::VARCHAR AS table_name, NULL::DATE AS day, NULL::TIMESTAMPTZ AS known_from, "
    "NULL::BOOLEAN AS is_simulated WHERE false"
)


def tables_needed(tables: Iterable[Table]) -> list[str]:
    """The tables that the view reads."""
    return [*(table.name for table in tables if table.daily), OPS_RUNS.name]


def coverage_sql(tables: Iterable[Table], calendar: TradingCalendar) -> str:
    """A SELECT over the views of the daily tables and of `ops_runs`."""
    known = list(calendar.days(LAUNCH, calendar.last_announced))
    closed = _dates(day.date for day in known if not day.may_trade)
    unsure = _dates(day.date for day in known if day.is_derived)
    daily = [(table, table.daily) for table in tables if table.daily]
    due = ", ".join(f"({text_literal(d.source)}, {text_literal(table.name)})" for table, d in daily)
    held = " UNION ALL ".join(
        f"SELECT {text_literal(table.name)} AS table_name, {quoted(table.prune_by)} AS day, "  # noqa: S608
        "max(known_from) AS known_from, bool_or(is_simulated) AS is_simulated "
        f"FROM {quoted(table.name)} WHERE {d.rows} GROUP BY ALL"
        for table, d in daily
    )
    standing = " UNION ALL ".join(
        f"SELECT {text_literal(d.witness_of)} AS source, {quoted(table.prune_by)} AS day "  # noqa: S608
        f"FROM {quoted(table.name)} WHERE {d.rows}"
        for table, d in daily
        if d.witness_of
    )
    looked = ", ".join(text_literal(outcome) for outcome in _LOOKED)
    # Shanghai is 8 hours ahead of UTC the whole year round, and sessions are in UTC.
    local = "(started_at + INTERVAL 8 HOUR)"
    return f"""
WITH due(source, table_name) AS (
  SELECT * FROM (VALUES {due or "(NULL, NULL)"}) WHERE col0 IS NOT NULL
), held AS (
  {held or _NONE_HELD}
), others AS (
  SELECT DISTINCT source, day FROM ({standing or "SELECT '' AS source, NULL::DATE AS day"})
), runs AS (
  SELECT source, business_day AS day, last(outcome ORDER BY started_at) AS outcome,
         bool_or(outcome IN ({looked})) AS looked,
         bool_or({local}::DATE > business_day OR hour({local}) >= {PUBLISHED_BY_HOUR}) AS is_late
  FROM {OPS_RUNS.name} WHERE job = 'refresh' AND business_day IS NOT NULL GROUP BY ALL
), marks AS (
  SELECT source, day, table_name IS NOT NULL AS is_row FROM held JOIN due USING (table_name)
  UNION ALL
  SELECT source, CASE WHEN is_late THEN day ELSE day - 1 END, false FROM runs
), spans AS (
  SELECT source, source IN (SELECT source FROM due) AS is_daily,
         coalesce(min(day) FILTER (is_row), min(day)) AS first, max(day) AS last
  FROM marks GROUP BY source
), days AS (
  SELECT source, is_daily,
         unnest(generate_series(greatest(first, DATE '{LAUNCH}'), last,
                                INTERVAL 1 DAY))::DATE AS day
  FROM spans
), wanted AS (
  SELECT days.source, is_daily, day, table_name
  FROM days LEFT JOIN due ON due.source = days.source
  WHERE isodow(day) < 6 AND NOT list_contains([{closed}]::DATE[], day)
), counted AS (
  SELECT wanted.source, is_daily, wanted.day, count(wanted.table_name) AS tables_due,
         count(held.table_name) AS tables_held,
         string_agg(wanted.table_name, '; ' ORDER BY wanted.table_name)
           FILTER (held.table_name IS NULL) AS missing,
         max(known_from) AS known_from, bool_or(is_simulated) AS is_simulated
  FROM wanted LEFT JOIN held USING (table_name, day)
  GROUP BY wanted.source, is_daily, wanted.day
)
SELECT counted.day AS trade_date, counted.source,
       CASE WHEN NOT is_daily THEN CASE WHEN runs.looked THEN 'watched' ELSE 'unwatched' END
            WHEN tables_held = tables_due THEN 'complete'
            WHEN tables_held > 0 THEN 'partial'
            WHEN (counted.source, counted.day) IN (FROM others) THEN 'other witness'
            ELSE 'missing' END AS state,
       tables_due, tables_held, missing, runs.outcome AS run_outcome, known_from, is_simulated
FROM counted LEFT JOIN runs ON runs.source = counted.source AND runs.day = counted.day
WHERE NOT is_daily OR tables_held > 0
   OR (counted.day <= DATE '{calendar.last_announced}'
       AND NOT list_contains([{unsure}]::DATE[], counted.day))
"""  # noqa: S608 - names of definitions


def _dates(days: Iterable[date]) -> str:
    return ", ".join(f"'{day}'" for day in days)
