"""What a brief tells, read from the store at one point of its past."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from flows.core.errors import UsageError
from flows.core.query.ask import past_of
from flows.core.query.sql import Snapshot
from schemas.core.table import Kind
from schemas.registry import SOURCES, SPOKEN_IN, TABLES
from schemas.trading import LAUNCH

if TYPE_CHECKING:
    import duckdb

    from warehouse.store.store import Warehouse

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReportSpan:
    """The year or quarter that a brief is about."""

    year: int
    quarter: int | None = None

    def __post_init__(self) -> None:
        if not LAUNCH.year <= self.year <= 9998:
            raise UsageError(f"the market was launched in {LAUNCH.year}: no brief of {self.year}")
        if self.quarter not in (None, 1, 2, 3, 4):
            raise UsageError(f"a quarter is 1, 2, 3 or 4, not {self.quarter}")

    @property
    def first(self) -> date:
        return date(self.year, 3 * (self.quarter or 1) - 2, 1)

    @property
    def last(self) -> date:
        """The last calendar day."""
        month = 3 * (self.quarter or 4)
        return date(self.year, month, 31 if month in (3, 12) else 30)


@dataclass
class Facts:
    """Everything a brief says, before it is put into words."""

    span: ReportSpan
    is_sample: bool
    stamp: datetime | None
    """When the store learned the last thing that the brief rests on."""
    release: Row | None = None
    """The release whose rows these are; None of rows that are not released."""
    rows: str = ""
    """Which rows these are, in words."""
    figures: list[Row] = field(default_factory=list)
    """All key figures, of all periods."""
    days: list[Row] = field(default_factory=list)
    due: list[date] = field(default_factory=list)
    """The trading days of the span, up to the newest of which anything is known."""
    months: list[Row] = field(default_factory=list)
    years: list[Row] = field(default_factory=list)
    bulletins: dict[str, Row] = field(default_factory=dict)
    """Monthly bulletins by month, to be cited."""
    quarters: list[Row] = field(default_factory=list)
    penalties: list[Row] = field(default_factory=list)
    notices: list[Row] = field(default_factory=list)
    news: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    stats: list[Row] = field(default_factory=list)
    runs: list[Row] = field(default_factory=list)
    newest: list[Row] = field(default_factory=list)
    differences: list[Row] = field(default_factory=list)
    """See `differences`."""
    checks: list[Row] = field(default_factory=list)
    failed: list[Row] = field(default_factory=list)
    before: Row | None = None
    """The release that the brief before this one could tell of."""
    changes: list[Row] = field(default_factory=list)

    def figure(self, figure_id: str, period: str, source: str = "") -> Row | None:
        """The key figure of that name and period: of that source, else the preferred one."""
        for row in self.figures:
            if (row["figure_id"], row["period"]) == (figure_id, period) and (
                row["source"] == source if source else row["is_preferred"]
            ):
                return row
        return None


def gather(warehouse: Warehouse, span: ReportSpan, snapshot: Snapshot, *, is_sample: bool) -> Facts:
    """Read it all. Raises `UsageError` if the store knew nothing of the period then."""
    with warehouse.connect(**past_of(snapshot)) as connection:
        facts = Facts(span, is_sample, _stamp(connection, snapshot), rows=snapshot.label)
        _market(connection, facts)
        # What the registry alone states is in no sum with the exchange's days.
        asked = "select max(trade_date) as day from mart_market_daily where stated_by <> 'registry'"
        newest = _rows(connection, asked)
        if (day := newest[0]["day"]) is not None:
            until = min(day, span.last)
            facts.due = list(warehouse.calendar.announced_days(span.first, until))
        if not facts.days and not facts.figures:
            raise UsageError(
                f"nothing is known of {span.year} ({snapshot.label}): run `carbonmart refresh` "
                "(or `demo`) first, or choose another year"
            )
        _others(connection, facts)
        _upkeep(connection, facts)
    _changes(warehouse, facts, snapshot)
    return facts


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, **values: Any) -> list[Row]:
    answer = connection.execute(sql, values)
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _stamp(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> datetime | None:
    """The latest instant at which anything that is read was learned."""
    parts = [
        f"select max({table.learned}) as learned from {table.name}"  # noqa: S608
        + ("" if table.is_log else "__history")
        for table in TABLES.values()
        if table.learned and table.name != "ops_releases"
    ]
    ((moment,),) = connection.execute(
        f"select max(learned) from ({' union all '.join(parts)})"  # noqa: S608
    ).fetchall()
    return moment.astimezone(UTC) if moment else None


def _market(connection: duckdb.DuckDBPyConnection, facts: Facts) -> None:
    first, last = facts.span.first, facts.span.last
    facts.figures = _rows(
        connection, "select * from mart_key_figures order by figure_id, period, source"
    )
    facts.days = _rows(
        connection,
        "select * from mart_market_daily where trade_date between $first and $last "
        "and stated_by <> 'registry' order by 1",
        first=first,
        last=last,
    )
    facts.months = _rows(
        connection,
        "select * from mart_market_monthly where month between $first and $last order by month",
        first=first,
        last=last,
    )
    facts.years = _rows(
        connection,
        "select * from mart_market_annual where year <= $year order by year",
        year=facts.span.year,
    )
    bulletins = _rows(
        connection,
        "select * from seee_bulletins where period = 'month' "
        "and period_end between $first and $last",
        first=first,
        last=last,
    )
    facts.bulletins = {f"{row['period_end']:%Y-%m}": row for row in bulletins}
    facts.quarters = _rows(
        connection,
        "select quarter, any_value(quarter_concept) as concept, count(icap_cny_per_t) as days, "
        "avg(close_cny_per_t) as close, avg(listed_vwap_cny_per_t) as listed_vwap, "
        "avg(total_vwap_cny_per_t) as total_vwap, avg(icap_cny_per_t) as icap, "
        "max(abs(icap_minus_close_cny_per_t)) as greatest_gap, "
        "count(*) filter (icap_equals = 'none') as unlike, "
        "bool_or(is_simulated) as is_simulated "
        "from mart_price_comparison where trade_date between $first and $last "
        "group by 1 having count(icap_cny_per_t) > 0 order by 1",
        first=first,
        last=last,
    )


def _others(connection: duckdb.DuckDBPyConnection, facts: Facts) -> None:
    first, last = facts.span.first, facts.span.last
    facts.penalties = _rows(
        connection,
        "select * from mee_penalties where valid_from is null or valid_from <= $last "
        "order by regulation, article, item",
        last=last,
    )
    facts.notices = _rows(
        connection,
        "select * from mee_notices where is_relevant and published_on between $first and $last "
        "order by published_on, document_key",
        first=first,
        last=last,
    )
    facts.news = _rows(
        connection,
        "select * from icap_news where jurisdictions = 'CN' "
        "and coalesce(event_on, published_on) between $first and $last "
        "order by coalesce(event_on, published_on), article_key",
        first=first,
        last=last,
    )
    facts.events = _rows(
        connection,
        "select e.*, r.title from core_climate_events e left join hkex_releases r using "
        "(release_id) where e.event_date <= $last order by e.event_date, e.release_id, e.event_no",
        last=last,
    )
    facts.stats = _rows(
        connection,
        "select s.*, coalesce(s.as_of, r.published_on) as at_ from core_climate_stats s "
        "left join hkex_releases r using (release_id) "
        "where coalesce(s.as_of, r.published_on) <= $last order by at_, release_id, metric",
        last=last,
    )


def days_stated() -> Iterator[tuple[str, str, str]]:
    """Source, table and column of every date that says how far a source has come."""
    for source, tables in SOURCES.items():
        for table in tables:
            if table.name == SPOKEN_IN.get(source):
                yield source, table.name, "published_on"
            elif table.prune_by and table.column(table.prune_by).kind is Kind.DATE:
                yield source, table.name, table.prune_by


def _upkeep(connection: duckdb.DuckDBPyConnection, facts: Facts) -> None:
    facts.runs = _rows(
        connection,
        "select source, outcome, started_at, business_day from ops_runs "
        "qualify row_number() over (partition by source order by started_at desc) = 1 "
        "order by source",
    )
    stated = " union all ".join(
        f"select '{source}' as source, max({day}) as newest from {table}"  # noqa: S608
        for source, table, day in days_stated()
    )
    facts.newest = _rows(
        connection,
        f"select source, max(newest) as newest from ({stated}) group by 1",  # noqa: S608
    )
    last = "run_id = (select arg_max(run_id, checked_at) from ops_checks where name = c.name)"
    facts.checks = _rows(
        connection,
        f"select verdict, count(distinct name) as names, count(*) as found from ops_checks c "  # noqa: S608
        f"where {last} group by 1 order by 1",
    )
    facts.failed = _rows(
        connection,
        f"select name, scope, expected, found, difference, verdict, evidence from ops_checks c "  # noqa: S608
        f"where {last} and verdict <> 'pass' order by verdict, name, scope limit 40",
    )


def _changes(warehouse: Warehouse, facts: Facts, snapshot: Snapshot) -> None:
    """What differs from the release before the one that is told; of rows that are not released,
    from the current one."""
    from flows.core.query.time_travel import of_release
    from warehouse.store.diff import diff
    from warehouse.store.releases import releases

    seen = list(releases(warehouse))
    if not snapshot.is_working:
        seen = [one for one in seen if one.release_id <= snapshot.release]
        if seen:
            told = seen.pop()
            facts.release = {"release_id": told.release_id, "created_at": told.created_at}
    if not seen:
        return
    old = seen[-1]
    facts.before = {"release_id": old.release_id, "created_at": old.created_at}
    past = of_release(warehouse, old.release_id)
    for name in ("mart_key_figures", "mart_market_annual", "mart_market_monthly"):
        sides = (
            warehouse.source(name, versions={name: past.versions.get(name)}),
            warehouse.source(name, **past_of(snapshot)),
        )
        facts.changes += [
            {
                "table": name,
                "key": change.key,
                "action": change.action,
                "changed": change.changed,
            }
            for change in diff(*sides)
        ]


def rows_of(figures: Sequence[Row], period: str) -> list[dict[str, Any]]:
    """The preferred figures of a period with what other publishers say beside them."""
    found = []
    for row in figures:
        if row["period"] == period and row["is_preferred"]:
            others = [
                other
                for other in figures
                if (other["figure_id"], other["period"]) == (row["figure_id"], period)
                and not other["is_preferred"]
            ]
            found.append({**row, "others": others})
    return found


def anchor(row: Row) -> str:
    """The name of a key figure's place on the page."""
    return f"f-{row['figure_id']}-{row['period']}-{row['source']}"
