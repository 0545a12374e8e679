"""The regional pilot markets by day and year: the allowance of each, all its products together."""

from __future__ import annotations

from schemas.core.market_columns import PILOTS, PRICE_CONCEPTS
from schemas.core.table import Column, Kind
from schemas.marts.columns import count, derived, mart, mean, price

_FAMILY = "of the allowance's products, never of credits or other assets"
_HELD = "sum of the days that are held; no calendar says whether these are all"
_PILOT = Column("pilot", Kind.TEXT, "The pilot market", nullable=False, one_of=PILOTS)
_SUMS = ("volume_t", "turnover_cny")
_TRADED = ("turnover_cny", "volume_t")


def _sums(name: str, says: str, formula: str) -> tuple[Column, Column]:
    volume, turnover = _SUMS
    return (
        derived(
            f"{name}{volume}",
            Kind.INT,
            f"{says}: volume",
            formula,
            unit="t",
            minimum=0,
            rests_on=(volume,) if name else (),
        ),
        derived(
            f"{name}{turnover}",
            Kind.MONEY,
            f"{says}: turnover; null where a day's is not printed",
            formula,
            unit="CNY",
            minimum=0,
            rests_on=(turnover,) if name else (),
        ),
    )


MART_PILOT_DAILY = mart(
    "mart_pilot_daily",
    "One row per pilot market and trade date: its allowance. A day without a row is never filled",
    key=("trade_date", "pilot"),
    own=(
        Column("trade_date", Kind.DATE, "Trade date, Asia/Shanghai", nullable=False),
        _PILOT,
        price(
            "price",
            "Price of the day, as price_concept says",
            "of the allowance itself, or of its one product of the day; null of several vintages, "
            "whose prices are no mean, and of a day without a trade",
        ),
        derived(
            "price_concept",
            Kind.TEXT,
            "Which price it is: close, last, average, derived (turnover / volume)",
            "of the row that the price is of",
            one_of=PRICE_CONCEPTS,
            rests_on=("price_cny_per_t",),
        ),
        price("high", "Highest price", "of the row that the price is of"),
        price("low", "Lowest price", "of the row that the price is of"),
        *_sums("", "All trades", f"sum over products and methods {_FAMILY}"),
        mean("mean_price", "Mean price of all trades", "turnover / volume", *_TRADED),
        count("products", "Products of the allowance with a row", "count of products"),
        derived(
            "is_no_trade",
            Kind.BOOL,
            "Nothing was traded",
            "volume = 0",
            nullable=False,
            rests_on=("volume_t",),
        ),
    ),
    sparse=(
        *("price_cny_per_t", "price_concept", "high_cny_per_t", "low_cny_per_t"),
        *("turnover_cny", "mean_price_cny_per_t"),
    ),
)

MART_PILOT_ANNUAL = mart(
    "mart_pilot_annual",
    "One row per pilot market and year, of the days that are held",
    key=("year", "pilot"),
    own=(
        Column("year", Kind.INT, "Calendar year", nullable=False),
        _PILOT,
        derived("first_trade_date", Kind.DATE, "First day held", "min of days", nullable=False),
        derived("last_trade_date", Kind.DATE, "Last day held", "max of days", nullable=False),
        count("days", "Days held", "count of days"),
        count("traded_days", "Of these, days with a trade", "count of days with a volume"),
        *_sums("held_", "All trades of the days held", _HELD),
        mean("mean_price", "Mean price of all trades", "turnover / volume", *_TRADED),
        price("high_price", "Highest price of a day", "max of days", "price_cny_per_t"),
        price("low_price", "Lowest price of a day", "min of days", "price_cny_per_t"),
        price("last_price", "Price of the last day with a price", "of that day", "price_cny_per_t"),
        derived(
            "price_concepts",
            Kind.TEXT,
            "What its prices are",
            "of the days, `; `-joined",
            rests_on=("price_cny_per_t",),
        ),
    ),
    sparse=(
        *("held_turnover_cny", "mean_price_cny_per_t", "high_price_cny_per_t"),
        *("low_price_cny_per_t", "last_price_cny_per_t", "price_concepts"),
    ),
)

PILOT_MARTS = (MART_PILOT_DAILY, MART_PILOT_ANNUAL)
