"""All Chinese carbon markets side by side."""

from __future__ import annotations

from schemas.core.market_columns import PILOTS
from schemas.core.table import Column, Kind
from schemas.marts.columns import derived, mart, percent, price

MARKETS = ("CEA", "CCER", *PILOTS)
MARKET_KINDS = ("national allowances", "national credits", "regional allowances")
CONCEPTS = ("close", "last", "average", "derived")
_OF = "of the market's own mart"

MART_MARKETS = mart(
    "mart_markets",
    "One row per trade date and Chinese carbon market: price with its concept, volume, turnover",
    key=("trade_date", "market"),
    own=(
        Column("trade_date", Kind.DATE, "Trade date, Asia/Shanghai", nullable=False),
        Column(
            "market",
            Kind.TEXT,
            "CEA (national allowances), CCER (national credits), or a pilot market",
            nullable=False,
            one_of=MARKETS,
        ),
        Column("kind", Kind.TEXT, "What is traded there", nullable=False, one_of=MARKET_KINDS),
        price("price", "Price of the day, as price_concept says", _OF),
        derived(
            "price_concept",
            Kind.TEXT,
            "Which price it is; prices of two concepts are not to be compared without saying so",
            _OF,
            one_of=CONCEPTS,
            rests_on=("price_cny_per_t",),
        ),
        derived("volume_t", Kind.INT, "All trades: volume", _OF, unit="t", minimum=0),
        derived("turnover_cny", Kind.MONEY, "All trades: turnover", _OF, unit="CNY", minimum=0),
        derived(
            "ytd_volume_t",
            Kind.INT,
            "Volume since 1 January; null where a day is missing, and of pilot markets, of which "
            "no calendar says which days are all",
            _OF,
            unit="t",
            minimum=0,
            rests_on=("volume_t",),
        ),
        derived(
            "ytd_turnover_cny",
            Kind.MONEY,
            "Turnover since 1 January, alike",
            _OF,
            unit="CNY",
            minimum=0,
            rests_on=("turnover_cny",),
        ),
        percent(
            "volume_share_pct",
            "Share in the day's volume of all markets that state the day",
            "volume / volume of all rows of the day",
            "volume_t",
        ),
        derived(
            "markets_on_day",
            Kind.INT,
            "Markets that state a volume of the day",
            "count of rows with a volume",
            nullable=False,
            minimum=0,
            rests_on=("volume_t",),
        ),
        derived(
            "minus_cea_close_cny_per_t",
            Kind.PRICE,
            "Price less the close of CEA on the day; the concepts may differ: `spread_concept`",
            "price - close of CEA",
            unit="CNY/t",
            rests_on=("price_cny_per_t",),
        ),
        derived(
            "spread_concept",
            Kind.TEXT,
            "What the difference is of, as `average less close`",
            "of both prices",
            rests_on=("price_cny_per_t",),
        ),
    ),
    sparse=(
        *("price_cny_per_t", "price_concept", "volume_t", "turnover_cny"),
        *("ytd_volume_t", "ytd_turnover_cny", "volume_share_pct"),
        *("minus_cea_close_cny_per_t", "spread_concept"),
    ),
)
