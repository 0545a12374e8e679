"""The simulated market as the CSV files that the sample ships (`sites/seee/data`)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from extractors.sample.sites.seee.figures import Figures, Leg
from extractors.sample.sites.seee.quotes import COMPOSITE, METHODS
from tests.sample_market.bulletins import bulletins, yuan
from tests.sample_market.composite import MarketDay, Traded
from tests.sample_market.market import market
from tests.sample_market.paths import Band
from tests.sample_market.published import AUCTION_FROM, COMPOSITE_HOLES

Row = dict[str, object]
LEGS = ("listed", "block", "auction", "total", "ytd", "cumulative")
BULLETINS = (
    "# Days and weeks are simulated. Months and years: "
    "Source: Shanghai Environment and Energy Exchange, published aggregates; "
    "credit required, no republication without consent\n"
)
PRODUCTS = "# Simulated. COMCEA is the composite; a method that was not yet offered is empty.\n"


def files() -> dict[str, bytes]:
    """The text of each file by its name."""
    return {
        "bulletins.csv": BULLETINS.encode() + _csv(_bulletin(each) for each in bulletins()),
        "products.csv": PRODUCTS.encode() + _csv(row for day in market() for row in _products(day)),
    }


def _csv(rows: Iterable[Row]) -> bytes:
    rows = list(rows)
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _bulletin(of: Figures) -> Row:
    row: Row = {
        "kind": of.kind,
        "variety": of.variety,
        "period_start": of.period_start,
        "period_end": of.period_end,
        "price_basis": of.price_basis,
        "open_cny_per_t": of.open,
        "high_cny_per_t": of.high,
        "low_cny_per_t": of.low,
        "close_cny_per_t": of.close,
        "change_pct": of.change_pct,
    }
    for name in LEGS:
        row |= _leg(name, getattr(of, name))
    return row


def _leg(name: str, leg: Leg | None) -> Row:
    return {
        f"{name}_volume_t": leg.volume_t if leg else None,
        f"{name}_turnover_cny": leg.turnover_cny if leg else None,
    }


def _products(day: MarketDay) -> Iterator[Row]:
    """A day's rows: the composite, then the vintages, oldest first."""
    close = None if day.day in COMPOSITE_HOLES else day.close
    yield _quote(day, COMPOSITE, close, day.band) | _trades(day, None)
    for vintage, (close, band) in day.vintages.items():
        yield _quote(day, vintage, close, band) | _trades(day, vintage)


def _quote(day: MarketDay, product: str, close: int | None, band: Band | None) -> Row:
    """Without a listed trade a product opens at its close; without a close it has no quote."""
    fen: tuple[int | None, ...] = (close, close, None, None)
    if band and close is not None:
        fen = (band.open, close, band.low, band.high)
    prices = (None if price is None else yuan(price) for price in fen)
    names = ("open_cny_per_t", "close_cny_per_t", "low_cny_per_t", "high_cny_per_t")
    return {"trade_date": day.day, "product": product} | dict(zip(names, prices, strict=True))


def _trades(day: MarketDay, vintage: str | None) -> Row:
    row: Row = {}
    for name in METHODS.values():
        traded: Traded = getattr(day, name)
        sums = (traded.volume, traded.turnover)
        volume, turnover = traded.by_vintage.get(vintage, (0, 0)) if vintage else sums
        is_offered = name != "auction" or day.day >= AUCTION_FROM
        row |= _leg(name, Leg(volume, yuan(turnover)) if is_offered else None)
    return row
