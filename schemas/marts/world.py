"""Prices of carbon side by side: China's markets, Europe's, and others as ICAP compiles them."""

from __future__ import annotations

from schemas.core.table import Column, Kind, Table
from schemas.marts.columns import derived, mart
from schemas.marts.markets import CONCEPTS, MARKET_KINDS

CERTIFICATE = "mean of the quarter's auctions, as the Commission states it"
AUCTIONS = "mean of the quarter's auctions, weighted by volume"
COMPILED = {
    "primary": "price at auction, as ICAP compiles it",
    "secondary": "price in the market, as ICAP compiles it",
}
PRICE_CONCEPTS = (*CONCEPTS, CERTIFICATE, AUCTIONS, *COMPILED.values())
KINDS = (*MARKET_KINDS, "border certificates", "auctioned allowances", "allowances elsewhere")
AT_DAYS_RATE, NO_RATE = "rate of the day", "no rate of the day"


def _price(currency: str, formula: str) -> Column:
    return derived(
        f"price_{currency.lower()}",
        Kind.QUANTITY,
        f"The price in {currency}, at the euro's reference rates of that very day; null on a day "
        "without them",
        formula,
        unit=currency,
        minimum=0,
        rests_on=("price_local",),
    )


MART_PRICE_WORLD: Table = mart(
    "mart_price_world",
    "One row per date and market: a price of carbon, with what it is a price of. Prices of two "
    "concepts are not to be compared without saying so; the mart has no difference of any two",
    key=("date", "market"),
    own=(
        Column(
            "date",
            Kind.DATE,
            "Trade date; of CBAM the day of publication, of the auctions' mean the quarter's last",
            nullable=False,
        ),
        Column(
            "market",
            Kind.TEXT,
            "CEA, CCER, a pilot market, CBAM, EUA auctions; of ICAP's systems the name with "
            "primary or secondary",
            nullable=False,
        ),
        Column("kind", Kind.TEXT, "What is priced", nullable=False, one_of=KINDS),
        derived(
            "concept",
            Kind.TEXT,
            "Which price it is",
            "of the market's own table",
            nullable=False,
            one_of=PRICE_CONCEPTS,
            rests_on=("price_local",),
        ),
        Column("period", Kind.TEXT, "The quarter that the price is of; null of a day's price"),
        derived(
            "currency",
            Kind.TEXT,
            "ISO 4217 code of the price as stated",
            "of the market's own table",
            nullable=False,
            rests_on=("price_local",),
        ),
        derived(
            "price_local",
            Kind.QUANTITY,
            "Price of an allowance, credit or certificate, in that currency: for a tonne (of RGGI "
            "for a short ton)",
            "of the market's own table; of the auctions price x volume / volume, over quarters "
            "that are over and of which all is held",
            nullable=False,
            minimum=0,
        ),
        _price("EUR", "price / units of its currency for one euro"),
        _price("CNY", "price in EUR x yuan for one euro"),
        derived(
            "fx_basis",
            Kind.TEXT,
            "Whether the day has the reference rates that are needed; no rate of another day is "
            "taken",
            "of fx_rates",
            nullable=False,
            one_of=(AT_DAYS_RATE, NO_RATE),
            rests_on=("price_local",),
        ),
    ),
    sparse=("period", "price_eur", "price_cny"),
)
