"""The voluntary market (CCER) by day, month and year, out of the exchange's bulletins and JSON."""

from __future__ import annotations

from schemas.core.table import Column, Kind
from schemas.marts.columns import count, derived, leg, mart, mean, percent, price

STATED_BY = ("bulletin", "day JSON")
_TOTAL = ("total_turnover_cny", "total_volume_t")
_DAY = "of the day's bulletin; without one, the subtotal of the day's JSON"
_RUNNING = "as printed; else the launch day and all days since, if none is missing"
_SUM = "sum of the days; null where a trading day so far is missing"
_YOY = "this / same period of the year before - 1, of periods that are over and whole"
_SUMS = ("volume_t", "turnover_cny")

MART_CCER_DAILY = mart(
    "mart_ccer_daily",
    "One row per trade date of the voluntary market (CCER)",
    key=("trade_date",),
    own=(
        Column("trade_date", Kind.DATE, "Trade date, Asia/Shanghai", nullable=False),
        *leg("total", "All trades", _DAY),
        price(
            "average",
            "Mean price of the day as printed, no close; null on a day without a trade",
            "of the bulletin",
        ),
        mean("mean_price", "Mean price of all trades", "turnover / volume", *_TOTAL),
        *leg("ytd", "Since 1 January", _SUM, "total"),
        *leg("cumulative", "Since the launch on 2024-01-22", _RUNNING, "total"),
        count("types", "Types of project that were traded, by the day's JSON", "count of types"),
        derived(
            "is_no_trade",
            Kind.BOOL,
            "Nothing was traded",
            "total volume = 0",
            nullable=False,
            rests_on=("total_volume_t",),
        ),
        derived(
            "stated_by",
            Kind.TEXT,
            "Which of the exchange's pages the row is from",
            "the bulletin is preferred",
            nullable=False,
            one_of=STATED_BY,
        ),
    ),
    sparse=(
        *("average_cny_per_t", "mean_price_cny_per_t"),
        *(f"{leg}_{amount}" for leg in ("ytd", "cumulative") for amount in _SUMS),
    ),
)


def _period(*key: Column) -> tuple[Column, ...]:
    return (
        *key,
        derived("first_trade_date", Kind.DATE, "First trade date", "min of days", nullable=False),
        derived("last_trade_date", Kind.DATE, "Last trade date", "max of days", nullable=False),
        count("trading_days", "Days held", "count of days"),
        count(
            "missing_days",
            "Trading days so far that are not held; before 2025-03-07 only the launch day was one",
            "trading calendar less days held",
        ),
        count(
            "no_trade_days",
            "Days on which nothing was traded",
            "count of days without volume",
            "is_no_trade",
        ),
        derived(
            "is_ended",
            Kind.BOOL,
            "Whether the period is over",
            "its last trading day, or a later one, is held",
            nullable=False,
        ),
        price("high_average", "Highest mean price of a day", "max of days", "average_cny_per_t"),
        derived(
            "high_average_on",
            Kind.DATE,
            "Its day",
            "first day with the highest mean price",
            rests_on=("average_cny_per_t",),
        ),
        price("low_average", "Lowest mean price of a day", "min of days", "average_cny_per_t"),
        derived(
            "low_average_on",
            Kind.DATE,
            "Its day",
            "first day with the lowest mean price",
            rests_on=("average_cny_per_t",),
        ),
        price(
            "last_average",
            "Mean price of the last day with a trade",
            "of the days",
            "average_cny_per_t",
        ),
        *leg("total", "All trades", _SUM),
        *leg(
            "days_total",
            "Sum of the days that are held: a part, where days are missing",
            "sum of days",
            "total",
        ),
        mean("mean_price", "Mean price of all trades", "turnover / volume", *_TOTAL),
        *leg("cumulative", "Since the launch, at the end", "of the last day"),
        percent("volume_yoy_pct", "Growth of volume on the year before", _YOY, _TOTAL[1]),
        percent("turnover_yoy_pct", "Growth of turnover on the year before", _YOY, _TOTAL[0]),
    )


_SPARSE = (
    *("high_average_cny_per_t", "high_average_on", "low_average_cny_per_t", "low_average_on"),
    *("last_average_cny_per_t", "mean_price_cny_per_t", "volume_yoy_pct", "turnover_yoy_pct"),
    *(f"{leg}_{amount}" for leg in ("total", "cumulative") for amount in _SUMS),
)

MART_CCER_MONTHLY = mart(
    "mart_ccer_monthly",
    "One row per month of the voluntary market (CCER)",
    key=("month",),
    own=_period(Column("month", Kind.DATE, "First calendar day of the month", nullable=False)),
    sparse=_SPARSE,
)

MART_CCER_ANNUAL = mart(
    "mart_ccer_annual",
    "One row per year of the voluntary market (CCER)",
    key=("year",),
    own=_period(Column("year", Kind.INT, "Calendar year", nullable=False)),
    sparse=_SPARSE,
)

CCER_MARTS = (MART_CCER_DAILY, MART_CCER_MONTHLY, MART_CCER_ANNUAL)
