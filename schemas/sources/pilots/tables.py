"""The regional pilot markets, each as its own exchange publishes it, in one form."""

from __future__ import annotations

from schemas.core.market_columns import PILOTS, PRICE_CONCEPTS, price_column
from schemas.core.table import Column, Kind, Table
from schemas.sources.pilots.rules import DAILY_RULES, ON_AN_OPEN_DAY

FAMILIES = {
    "beijing": "BEA",
    "chongqing": "CQEA",
    "fujian": "FJEA",
    "guangdong": "GDEA",
    "hubei": "HBEA",
    "shanghai": "SHEA",
    "shenzhen": "SZEA",
    "tianjin": "TJEA",
}
"""The allowance of each pilot market."""
METHODS = ("listed", "block", "fixed", "auction", "all")
NOT_PRINTED = "(none printed)"
"""The product of a row that names none: nobody knows whether it is the allowance."""
TERMS = "Exchanges of the pilot markets: terms unknown, to be credited by name"

_PILOT = Column("pilot", Kind.TEXT, "The pilot market", nullable=False, one_of=PILOTS)
_DAY = Column("trade_date", Kind.DATE, "Trade date, Asia/Shanghai", nullable=False)
_VOLUME = Column("volume_t", Kind.INT, "Volume; 0 as printed", nullable=False, minimum=0, unit="t")

PILOT_DAILY = Table(
    name="pilot_daily",
    says="One row per pilot market, trade date, product and trade method, as published. A day "
    "without a row is never filled, and one of dashes alone has none",
    key=("pilot", "trade_date", "product", "method"),
    prune_by="trade_date",
    terms=TERMS,
    # Each market prints other columns, and no price where nothing was traded.
    sparse=(
        *("product_family", "open_cny_per_t", "high_cny_per_t", "low_cny_per_t"),
        *("close_cny_per_t", "average_cny_per_t", "turnover_cny", "turnover_step_cny"),
        *("printed_change_cny_per_t", "printed_change_pct", "printed_previous_close_cny_per_t"),
    ),
    rules=DAILY_RULES,
    own=(
        _PILOT,
        _DAY,
        Column(
            "product",
            Kind.TEXT,
            f"Product as printed (GDEA, SZA-2019, TJEA22, PCER ...); `{NOT_PRINTED}` of a row that "
            "names none",
            nullable=False,
        ),
        Column(
            "method",
            Kind.TEXT,
            "Trade method; `all` of a market that does not part them",
            nullable=False,
            one_of=METHODS,
        ),
        Column(
            "product_family",
            Kind.TEXT,
            "The pilot's allowance that the product is one of (SZA-2019: SZEA); null of credits, "
            "other assets and what nobody knows: never to be taken for the allowance",
            one_of=tuple(FAMILIES.values()),
        ),
        price_column("open", "Open, where the market prints one"),
        price_column("high", "Highest price"),
        price_column("low", "Lowest price"),
        price_column("close", "Close; of Hubei the last price"),
        price_column("average", "Mean price, as printed"),
        Column(
            "price_concept",
            Kind.TEXT,
            "Which price is the market's of the day: close, last (in close_cny_per_t), average, or "
            "derived (none is printed; turnover / volume is). carried: nothing was traded, and "
            "prices that stand there are of an earlier day",
            nullable=False,
            one_of=PRICE_CONCEPTS,
        ),
        _VOLUME,
        Column(
            "turnover_cny",
            Kind.MONEY,
            "Turnover; 0 as printed. Exact to turnover_step_cny",
            minimum=0,
            unit="CNY",
        ),
        Column(
            "turnover_step_cny",
            Kind.MONEY,
            "The last place that is printed of the turnover: 0.01, or more where it is printed in "
            "ten thousands of yuan",
            minimum=0,
            unit="CNY",
        ),
        Column(
            "printed_change_cny_per_t",
            Kind.PRICE,
            "Change from the close before, as printed",
            unit="CNY/t",
        ),
        Column(
            "printed_change_pct",
            Kind.PERCENT,
            "Change from the close before, as printed",
            unit="%",
        ),
        price_column("printed_previous_close", "The close before, as printed beside the day"),
    ),
)

PILOT_SERIES = Table(
    name="pilot_series",
    says="One row per pilot market and trade date of the series behind the chart on an exchange's "
    "home page (Hubei's): a second statement of what pilot_daily has, without product or turnover",
    key=("pilot", "trade_date"),
    prune_by="trade_date",
    terms=TERMS,
    rules=(ON_AN_OPEN_DAY,),
    own=(_PILOT, _DAY, price_column("price", "Price of the day"), _VOLUME),
)

TABLES: tuple[Table, ...] = (PILOT_DAILY, PILOT_SERIES)
