"""European prices: of CBAM certificates (the Commission's), and of allowance auctions (EEX's)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas.core.table import Column, Kind, Rule, Table
from schemas.sources.eu.periods import FIRST_QUARTER, due_on

if TYPE_CHECKING:
    import pandas as pd

CONTRACTS = ("T3PA", "EAA3")
"""General allowances (EUA), and aviation's (EUAA)."""
STATUSES = ("successful",)
_LATEST_DAYS = 31


def _is_positive(column: str) -> Rule:
    return Rule(
        f"{column}_is_positive",
        f"{column} is more than 0",
        (column,),
        lambda frame: frame[column] > 0,
    )


def _is_said_after(frame: pd.DataFrame) -> pd.Series[Any]:
    days = [
        (said - end).days
        for said, end in zip(frame["published_on"], frame["period_end"], strict=True)
    ]
    told: pd.Series[Any] = frame["published_on"].map(lambda _: True).astype(bool)
    told[:] = [0 < each <= _LATEST_DAYS for each in days]
    return told


def _is_on_schedule(frame: pd.DataFrame) -> pd.Series[Any]:
    told: pd.Series[Any] = frame["period_end"].map(due_on) == frame["published_on"]
    return told


def _has_begun(frame: pd.DataFrame) -> pd.Series[Any]:
    told: pd.Series[Any] = frame["period_start"].map(lambda day: day >= FIRST_QUARTER).astype(bool)
    return told


def _is_weekday(frame: pd.DataFrame) -> pd.Series[Any]:
    told: pd.Series[Any] = frame["auction_date"].map(lambda day: day.weekday() < 5).astype(bool)
    return told


EU_CBAM_PRICES = Table(
    name="eu_cbam_prices",
    says="One row per quarter: the price of a CBAM certificate, for goods imported in that "
    "quarter. It is the mean of the quarter's allowance auctions, weighted by volume, and no "
    "price of a day",
    key=("period",),
    prune_by="period",
    terms="European Commission: reuse with the source credited (CC BY 4.0)",
    rules=(
        _is_positive("price_eur_per_t"),
        Rule(
            "has_cbam_price",
            "there are prices from the first quarter of 2026 on",
            ("period_start",),
            _has_begun,
        ),
        Rule(
            "said_after_its_quarter",
            f"a price is published after its quarter, within {_LATEST_DAYS} days",
            ("published_on", "period_end"),
            _is_said_after,
        ),
        Rule(
            "said_on_schedule",
            "a price is published on the first working day of the second week after its quarter",
            ("published_on", "period_end"),
            _is_on_schedule,
            hard=False,
        ),
    ),
    own=(
        Column("period", Kind.TEXT, "The quarter, as 2026Q1", nullable=False),
        Column("period_start", Kind.DATE, "Its first day", nullable=False),
        Column("period_end", Kind.DATE, "Its last day", nullable=False),
        Column("published_on", Kind.DATE, "Day of publication, as the page states", nullable=False),
        Column(
            "price_eur_per_t",
            Kind.PRICE,
            "Price of a certificate, for a tonne of CO2 equivalent",
            nullable=False,
            minimum=0,
            unit="EUR/t",
        ),
    ),
)

EU_AUCTIONS = Table(
    name="eu_auctions",
    says="One row per successful primary auction of allowances of the European Union, as EEX's "
    "yearly workbook has it. Kept in the store it was read into, and in nothing that is published",
    key=("auction_date", "auction_name", "contract"),
    prune_by="auction_date",
    terms="European Energy Exchange: terms to be asked for; its rows are not to be republished",
    is_republished=False,
    sparse=("cover_ratio", "seller"),
    rules=(
        _is_positive("price_eur_per_t"),
        _is_positive("volume_t"),
        Rule(
            "auctions_on_weekdays", "auctions are held on weekdays", ("auction_date",), _is_weekday
        ),
    ),
    own=(
        Column("auction_date", Kind.DATE, "Day of the auction, Leipzig time", nullable=False),
        Column("auction_name", Kind.TEXT, "Name of the auction, as printed", nullable=False),
        Column(
            "contract",
            Kind.TEXT,
            "What is sold: T3PA general allowances (EUA), EAA3 aviation's",
            nullable=False,
            one_of=CONTRACTS,
        ),
        Column("status", Kind.TEXT, "How it ended", nullable=False, one_of=STATUSES),
        Column(
            "price_eur_per_t",
            Kind.PRICE,
            "Clearing price: what every bidder who got something paid",
            nullable=False,
            minimum=0,
            unit="EUR/t",
        ),
        Column("volume_t", Kind.INT, "Sold", nullable=False, minimum=0, unit="t"),
        Column("cover_ratio", Kind.QUANTITY, "Bids for each tonne sold, as printed", minimum=0),
        Column("seller", Kind.TEXT, "Whose allowances: EU, or a member state, as printed"),
    ),
)
TABLES: tuple[Table, ...] = (EU_CBAM_PRICES, EU_AUCTIONS)
SPOKEN_IN = EU_CBAM_PRICES
