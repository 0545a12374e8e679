"""Datasets for a BI tool: what a chart may ask, with the columns' meanings and metrics from them.

Every published table is one, under its own name. Beside them are the market by day, month
and year: one row per period, so that sums make sense. They come from the marts where those
are published and else from the exchange's bulletins, in the same columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from schemas.core.forms import quoted
from schemas.core.table import Column, Kind, Table
from schemas.registry import TABLES, VIEWS
from schemas.sources.seee.tables import SEEE_BULLETINS

NUMBERS = (Kind.INT, Kind.PRICE, Kind.MONEY, Kind.PERCENT, Kind.QUANTITY, Kind.SECONDS)


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure over rows: `sql` aggregates, `says` tells what it is of."""

    name: str
    title: str
    sql: str
    says: str
    number_format: str = ",d"


@dataclass(frozen=True, slots=True)
class Dataset:
    """What charts are made from. Without `sql` it is the table of that name.

    `needs` are the published tables that it reads, `time` its column of time, if any.
    Values of an `is_additive` one add up over its rows.
    """

    name: str
    says: str
    columns: tuple[Column, ...]
    needs: tuple[str, ...]
    time: str = ""
    sql: str = ""
    is_additive: bool = False

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Metrics that the columns allow for."""
        return (
            Metric("count", "Rows", "COUNT(*)", "Number of rows"),
            *(m for column in self.columns for m in _metrics(column, self.is_additive)),
        )


def title_of(column: Column) -> str:
    """`total_volume_t` as `Total volume (t)`: its unit in brackets, not in the name."""
    unit = column.unit
    tail = "_" + unit.lower().replace("/", "_per_").replace("%", "pct") if unit else ""
    words = column.name.removesuffix(tail).replace("_", " ")
    return words[:1].upper() + words[1:] + (f" ({unit})" if unit else "")


def _metrics(column: Column, is_additive: bool) -> Iterable[Metric]:
    """Sums of what adds up, the greatest of running totals, range and mean of prices."""
    if column.kind not in NUMBERS or not column.unit:
        return
    name, title = quoted(column.name), title_of(column)
    decimals = ",d" if column.kind is Kind.INT else ",.2f"
    runs = column.name.startswith(("ytd_", "cumulative_"))
    if is_additive and not runs and column.unit in ("t", "CNY"):
        yield Metric(f"sum_{column.name}", title, f"SUM({name})", column.says, decimals)
        return
    highest = title if runs else f"{title}, highest"
    yield Metric(f"max_{column.name}", highest, f"MAX({name})", column.says, decimals)
    if runs:
        return
    yield Metric(f"min_{column.name}", f"{title}, lowest", f"MIN({name})", column.says, decimals)
    if is_additive:
        # Charts show one row at a time, whose own value this is.
        says = f"{column.says}; over several rows their mean, not weighted"
        yield Metric(f"avg_{column.name}", title, f"AVG({name})", says, ",.2f")


def _picked(names: Sequence[str], *first: Column) -> tuple[Column, ...]:
    """Columns of the market, as the bulletins define them, after those of the period."""
    return (*first, *(replace(SEEE_BULLETINS.column(n), nullable=True) for n in names))


_PRICES = ("high_cny_per_t", "low_cny_per_t", "close_cny_per_t")
_LEGS = tuple(
    f"{leg}_{what}"
    for leg in ("listed", "block", "auction", "total")
    for what in ("volume_t", "turnover_cny")
)
_RUNNING = ("cumulative_volume_t", "cumulative_turnover_cny")
_DAILY = ("open_cny_per_t", *_PRICES, *_LEGS, "ytd_volume_t", "ytd_turnover_cny", *_RUNNING)
_FIGURES = (*_PRICES, *_LEGS, *_RUNNING)


def _list(names: Iterable[str], prefix: str = "") -> str:
    return ", ".join(prefix + quoted(name) for name in names)


def _days_sql(unit: str) -> str:
    """Of each period the range, last close and last running totals of its days."""
    last = ", ".join(
        f"arg_max({quoted(n)}, trade_date) AS {quoted(n)}" for n in ("close_cny_per_t", *_RUNNING)
    )
    return (
        f"SELECT date_trunc('{unit}', trade_date)::DATE AS {unit}, {last}, "  # noqa: S608
        "max(high_cny_per_t) AS high_cny_per_t, min(low_cny_per_t) AS low_cny_per_t "
        "FROM seee_bulletins WHERE period = 'day' GROUP BY ALL"
    )


def _periods_sql(unit: str) -> str:
    """Totals of the monthly bulletins, which state all of them; prices from the days."""
    sums = ", ".join(f"sum({quoted(n)}) AS {quoted(n)}" for n in _LEGS)
    totals = (
        f"SELECT date_trunc('{unit}', period_start)::DATE AS {unit}, {sums} "  # noqa: S608
        "FROM seee_bulletins WHERE period = 'month' GROUP BY ALL"
    )
    return (
        f"SELECT totals.{unit}, {_list(_PRICES, 'days.')}, {_list(_LEGS, 'totals.')}, "  # noqa: S608
        f"{_list(_RUNNING, 'days.')} "
        f"FROM ({totals}) AS totals LEFT JOIN ({_days_sql(unit)}) AS days "
        f"ON days.{unit} = totals.{unit}"
    )


_DAY = Column("trade_date", Kind.DATE, "Trade date, Asia/Shanghai", nullable=False)
_MONTH = Column("month", Kind.DATE, "First calendar day of the month", nullable=False)
_YEAR = Column("year", Kind.DATE, "First calendar day of the year", nullable=False)


def _market(
    name: str, says: str, time: Column, names: Sequence[str], mart: str, bulletins: str
) -> tuple[Dataset, Dataset]:
    """The two ways to a dataset of the market, the preferred one first."""
    columns = _picked(names, time)
    own = f"mart_market_{name}"
    chosen = _list(names)
    derived = f"SELECT {mart} AS {quoted(time.name)}, {chosen} FROM {quoted(own)}"  # noqa: S608
    title = f"national_market_{name}"
    return (
        Dataset(title, f"{says}, from {own}", columns, (own,), time.name, derived, True),
        Dataset(
            title,
            f"{says}, from bulletins",
            columns,
            ("seee_bulletins",),
            time.name,
            bulletins,
            True,
        ),
    )


FRESHNESS = Dataset(
    "freshness",
    "One row per table of the current release: rows, state, since when",
    tuple(
        TABLES["ops_releases"].column(name)
        for name in (
            "table_name",
            "source",
            "row_count",
            "status",
            "known_until",
            "stale_since",
            "reason",
        )
    ),
    ("ops_releases",),
    sql="SELECT table_name, source, row_count, status, known_until, stale_since, reason "
    "FROM ops_releases WHERE release_id = (SELECT release_id FROM release)",
)

_ALTERNATIVES: tuple[Dataset, ...] = (
    *_market(
        "daily",
        "One row per trade date of the national market",
        _DAY,
        _DAILY,
        "trade_date",
        f"SELECT trade_date, {_list(_DAILY)} FROM seee_bulletins WHERE period = 'day'",  # noqa: S608
    ),
    *_market(
        "monthly",
        "One row per month of the national market",
        _MONTH,
        _FIGURES,
        "month",
        _periods_sql("month"),
    ),
    *_market(
        "annual",
        "One row per year of the national market",
        _YEAR,
        _FIGURES,
        'make_date("year", 1, 1)',
        _periods_sql("year"),
    ),
    FRESHNESS,
)


def datasets(published: Collection[str]) -> dict[str, Dataset]:
    """The datasets that the published tables allow for, by name."""
    found: dict[str, Dataset] = {}
    for dataset in _ALTERNATIVES:
        if dataset.name not in found and set(dataset.needs) <= set(published):
            found[dataset.name] = dataset
    for table in (*TABLES.values(), *VIEWS.values()):
        if table.name in published:
            found[table.name] = _whole(table)
    return found


def needs_of(name: str) -> tuple[str, ...]:
    """The tables that a dataset reads: those of its last way, and of no table its own name."""
    ways = [dataset.needs for dataset in _ALTERNATIVES if dataset.name == name]
    return ways[-1] if ways else (name,)


def _whole(table: Table) -> Dataset:
    """A table as it is. Its rows are of several periods, products or methods: no sums."""
    time = table.instant or table.prune_by
    has_time = time and table.column(time).kind in (Kind.DATE, Kind.INSTANT)
    return Dataset(table.name, table.says, table.columns, (table.name,), time if has_time else "")
