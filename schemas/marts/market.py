"""The national market by day, month and year, out of the exchange's tables."""

from __future__ import annotations

from schemas.core.table import Column, Kind
from schemas.marts.columns import count, derived, leg, mart, mean, percent, price

STATED_BY = ("bulletin", "quote and query JSON", "quote JSON", "query JSON", "registry")
TOTALS_FROM = ("bulletin", "days", "part of the days")

_LISTED = ("listed_turnover_cny", "listed_volume_t")
_TOTAL = ("total_turnover_cny", "total_volume_t")
_BULLETIN = "of the day's bulletin; without one, of quote and query JSON; else the registry's"
_PERIOD = "of the period's own bulletin where it states it, else of its days"
_SUM = f"{_PERIOD}, if none of those so far is missing"
_AMOUNTS = ("volume_t", "turnover_cny")

MART_MARKET_DAILY = mart(
    "mart_market_daily",
    "One row per trade date: the national market, reconciled over the exchange's pages; a day "
    "that the exchange lacks is its registry's",
    key=("trade_date",),
    own=(
        Column("trade_date", Kind.DATE, "Trade date, Asia/Shanghai", nullable=False),
        price("open", "First listed trade", _BULLETIN),
        price("high", "Highest price", _BULLETIN),
        price("low", "Lowest price", _BULLETIN),
        price("close", "Close", _BULLETIN),
        percent(
            "close_change_pct",
            "Change of the close",
            "close / close of the row before - 1",
            "close_cny_per_t",
        ),
        *leg("listed", "Listed trades", _BULLETIN),
        *leg("block", "Block trades", _BULLETIN),
        *leg("auction", "One-way auctions; null before they were offered", _BULLETIN),
        *leg("total", "All trades", _BULLETIN),
        mean("listed_mean_price", "Mean listed price", "turnover / volume", *_LISTED),
        mean("mean_price", "Mean price of all trades", "turnover / volume", *_TOTAL),
        *leg(
            "ytd",
            "Since 1 January",
            "as stated, else cumulative less cumulative of the last trading day of the year before",
        ),
        *leg("cumulative", "Since the launch", _BULLETIN),
        derived(
            "is_no_trade",
            Kind.BOOL,
            "Nothing was traded",
            "total volume = 0",
            nullable=False,
            rests_on=("total_volume_t",),
        ),
        derived(
            "is_no_listed",
            Kind.BOOL,
            "No listed trade",
            "listed volume = 0",
            nullable=False,
            rests_on=("listed_volume_t",),
        ),
        derived(
            "price_basis",
            Kind.TEXT,
            "What the prices are: of listed trades, or the composite over vintages",
            "of the bulletin, else by date: composite from 2023-08-28",
            nullable=False,
            one_of=("listed", "composite"),
        ),
        derived("weight_regime", Kind.TEXT, "Vintages in the price and weights", "of the bulletin"),
        derived(
            "stated_by",
            Kind.TEXT,
            "Which of the exchange's pages the row is from; `registry` of a day on which only "
            "the registry states anything: such rows are in no sum over days",
            "the bulletin is preferred, the registry comes last",
            nullable=False,
            one_of=STATED_BY,
        ),
    ),
    # A day without a listed trade has no price but its close; auctions came in 2025.
    sparse=(
        *("open_cny_per_t", "high_cny_per_t", "low_cny_per_t", "close_change_pct"),
        *("listed_mean_price_cny_per_t", "mean_price_cny_per_t"),
        *(f"{leg}_{a}" for leg in ("auction", "ytd", "cumulative") for a in _AMOUNTS),
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
            "Trading days so far of which no volume is held: their volume is in no sum",
            "trading calendar less days with a volume",
            "total_volume_t",
        ),
        count(
            "no_trade_days",
            "Days on which nothing was traded",
            "count of days without volume",
            "is_no_trade",
        ),
        count(
            "no_listed_days",
            "Days without a listed trade",
            "count of days without listed trades",
            "is_no_listed",
        ),
        derived(
            "is_ended",
            Kind.BOOL,
            "Whether the period is over",
            "its last trading day, or a later one, is held",
            nullable=False,
        ),
        price(
            "open",
            "First open of the period",
            "of the first day with listed trades, if its page states one",
        ),
        price("high", "Highest price", f"{_PERIOD}: max of highs"),
        price("low", "Lowest price", f"{_PERIOD}: min of lows"),
        price("close", "Last close", "close of the last day"),
        price("high_close", "Highest close", "max of closes", "close_cny_per_t"),
        derived(
            "high_close_on",
            Kind.DATE,
            "Its day",
            "first day with the highest close",
            rests_on=("close_cny_per_t",),
        ),
        price("low_close", "Lowest close", "min of closes", "close_cny_per_t"),
        derived(
            "low_close_on",
            Kind.DATE,
            "Its day",
            "first day with the lowest close",
            rests_on=("close_cny_per_t",),
        ),
        percent(
            "close_change_pct",
            "Change of the close",
            "last close / last close of the period before - 1",
            "close_cny_per_t",
        ),
        *leg("listed", "Listed trades", _SUM),
        *leg("block", "Block trades", _SUM),
        *leg("auction", "One-way auctions; null before they were offered", _SUM),
        *leg("total", "All trades", _SUM),
        derived(
            "totals_from",
            Kind.TEXT,
            "Where volumes and turnovers are from",
            "the period's own bulletin is preferred to the sum of days; of a part of the days "
            "there are no totals",
            nullable=False,
            one_of=TOTALS_FROM,
        ),
        *leg(
            "days_total",
            "Sum of the days that are held, beside what the bulletin says: a part, where days are "
            "missing",
            "sum of days",
            "total",
        ),
        mean("listed_mean_price", "Mean listed price", "turnover / volume", *_LISTED),
        mean("mean_price", "Mean price of all trades", "turnover / volume", *_TOTAL),
        percent("volume_yoy_pct", "Growth of volume on the year before", _YOY, _TOTAL[1]),
        percent("turnover_yoy_pct", "Growth of turnover on the year before", _YOY, _TOTAL[0]),
        *leg("cumulative", "Since the launch, at the end", "of the last day, else of the bulletin"),
        derived("price_basis", Kind.TEXT, "Bases of the prices", "of the days, `; `-joined"),
        derived("weight_regimes", Kind.TEXT, "Weight regimes", "of the days, `; `-joined"),
    )


# Of a period of which a day is missing there are no sums, and in its first year no growth.
_SPARSE = (
    *("open_cny_per_t", "high_cny_per_t", "low_cny_per_t", "close_change_pct"),
    *("listed_mean_price_cny_per_t", "mean_price_cny_per_t"),
    *(
        f"{leg}_{amount}"
        for leg in ("listed", "block", "auction", "total", "days_total", "cumulative")
        for amount in _AMOUNTS
    ),
    *("volume_yoy_pct", "turnover_yoy_pct"),
)
_YOY = "this / same period of the year before - 1, of periods that are over"

MART_MARKET_MONTHLY = mart(
    "mart_market_monthly",
    "One row per month of the national market",
    key=("month",),
    own=_period(Column("month", Kind.DATE, "First calendar day of the month", nullable=False)),
    sparse=_SPARSE,
)

MART_MARKET_ANNUAL = mart(
    "mart_market_annual",
    "One row per year of the national market",
    key=("year",),
    own=(
        *_period(Column("year", Kind.INT, "Calendar year", nullable=False)),
        percent(
            "q4_volume_share_pct",
            "Share of the fourth quarter in the volume of the days",
            "volume of October to December / volume of all days",
            "total_volume_t",
        ),
    ),
    sparse=(*_SPARSE, "q4_volume_share_pct"),
)
