"""Prices, systems and revenue as the International Carbon Action Partnership publishes them."""

from __future__ import annotations

from schemas.core.table import Column, Kind, Table
from schemas.sources.icap.rules import PRICE_RULES

MARKETS = ("primary", "secondary")
SYSTEM_KINDS = ("national", "pilot", "other")
TERMS = (
    "International Carbon Action Partnership: non-commercial use only, with its prior "
    "written permission; ICE data needs ICE's consent as well"
)
STABILITY = tuple(f"stability_{number}_local" for number in range(1, 6))

_LOCAL = "local currency/t"

_SYSTEM = (
    Column("system_id", Kind.INT, "Number in the Explorer (14 is China National)", nullable=False),
    Column("system", Kind.TEXT, "Name in the Explorer", nullable=False),
    Column("place", Kind.TEXT, "The place that the name speaks of", nullable=False),
    Column(
        "system_kind",
        Kind.TEXT,
        "China's national market, one of its pilots, or another system",
        nullable=False,
        one_of=SYSTEM_KINDS,
    ),
)
_CURRENCY = Column("currency", Kind.TEXT, "ISO code of the local currency", nullable=False)
_TWIN = Column(
    "is_download_twin",
    Kind.BOOL,
    'A "(download)" system: weekly means with a lag of half a year, never to be joined with '
    "its main system",
    nullable=False,
)

ICAP_PRICES = Table(
    name="icap_prices",
    says="One row per system, market and date of the Allowance Price Explorer. What a price "
    "is (close, mean of trades) differs by system and period: see mart_price_comparison",
    key=("system_id", "market", "date"),
    prune_by="date",
    # What the Explorer's own document states counts more than a file that somebody kept.
    order_by=("stated_in", "retrieved_at"),
    aside=("stated_in",),
    terms=TERMS,
    rules=PRICE_RULES,
    own=(
        *_SYSTEM,
        Column("market", Kind.TEXT, "Auctions, or trade", nullable=False, one_of=MARKETS),
        Column(
            "date",
            Kind.DATE,
            "Date of the price; some lie on weekends",
            nullable=False,
        ),
        Column(
            "price_local",
            Kind.QUANTITY,
            "Price in `currency`, as published; null for an auction without a sale, which ICAP "
            "writes as 0",
            minimum=0,
            unit=_LOCAL,
        ),
        _CURRENCY,
        Column(
            "price_usd",
            Kind.QUANTITY,
            "The price in US dollars at the mean rate of its calendar month",
            minimum=0,
            unit="USD/t",
        ),
        Column(
            "price_eur",
            Kind.QUANTITY,
            "The price in euros at the mean rate of its calendar month",
            minimum=0,
            unit="EUR/t",
        ),
        *(
            Column(
                name,
                Kind.QUANTITY,
                f"Stability measure {number} (price limits and the like); 0 is none",
                minimum=0,
                unit=_LOCAL,
            )
            for number, name in enumerate(STABILITY, 1)
        ),
        Column("is_unsold", Kind.BOOL, "An auction without a sale", nullable=False),
        Column("is_restricted", Kind.BOOL, "ICAP restricts its use", nullable=False),
        _TWIN,
        Column("is_weekend", Kind.BOOL, "The date is a Saturday or Sunday", nullable=False),
        Column(
            "stated_in",
            Kind.TEXT,
            "The Explorer's document (json), or a download given to `ingest` (csv), whose USD "
            "and EUR prices are local price x printed rate, to the cent",
            nullable=False,
            one_of=("csv", "json"),
        ),
    ),
)

ICAP_DOWNLOAD_PRICES = Table(
    name="icap_download_prices",
    says="One row per price that a download given to `ingest` states, whatever the Explorer's "
    "own document says: the second witness of icap_prices",
    key=("system_id", "market", "date"),
    prune_by="date",
    terms=TERMS,
    own=tuple(
        column
        for column in ICAP_PRICES.own
        if column.name
        in {
            *("system_id", "system", "place", "system_kind", "market", "date"),
            *("price_local", "currency", "price_usd", "price_eur", "is_download_twin"),
        }
    ),
)

ICAP_REVENUE = Table(
    name="icap_revenue",
    says="One row per system and quarter: revenue of its auctions. The present quarter may "
    "stand before it has ended",
    key=("system_id", "quarter"),
    prune_by="quarter",
    terms=TERMS,
    own=(
        *_SYSTEM,
        Column("quarter", Kind.TEXT, "e.g. 2025-Q4", nullable=False),
        Column("quarter_start", Kind.DATE, "First day of the quarter", nullable=False),
        Column("quarter_end", Kind.DATE, "Last day of the quarter", nullable=False, ahead_days=92),
        Column("revenue_usd", Kind.QUANTITY, "Revenue, as published", minimum=0, unit="USD"),
        Column("revenue_eur", Kind.QUANTITY, "Revenue, as published", minimum=0, unit="EUR"),
    ),
)

ICAP_SYSTEMS = Table(
    name="icap_systems",
    says="One row per system of the Explorer: what it is, and how far its series reach",
    key=("system_id",),
    prune_by="system_id",
    terms=TERMS,
    own=(
        *_SYSTEM,
        _CURRENCY,
        Column("currency_symbol", Kind.TEXT, "As the Explorer shows it", nullable=False),
        Column("ets_id", Kind.INT, "Its number among the ETS pages, another number space"),
        Column("twin_of", Kind.INT, "Of a download twin: its main system"),
        _TWIN,
        Column(
            "default_market",
            Kind.TEXT,
            "The market that the Explorer shows first",
            one_of=MARKETS,
        ),
        *(
            column
            for market in MARKETS
            for column in (
                Column(
                    f"is_restricted_{market}",
                    Kind.BOOL,
                    f"ICAP restricts the use of the {market} series",
                    nullable=False,
                ),
                Column(
                    f"{market}_rows",
                    Kind.INT,
                    f"Dates in the {market} series",
                    nullable=False,
                    minimum=0,
                ),
                Column(f"{market}_first", Kind.DATE, f"First date of the {market} series"),
                Column(f"{market}_last", Kind.DATE, f"Last date of the {market} series"),
            )
        ),
        Column("revenue_quarters", Kind.INT, "Quarters with revenue", nullable=False, minimum=0),
    ),
)
