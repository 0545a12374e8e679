"""Quotes by product and totals by trade method: what the JSON of the sample carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from extractors.sample.sites.seee.market.composite import MarketDay
from extractors.sample.sites.seee.market.model import NOTHING, Leg, yuan
from extractors.sample.sites.seee.market.published import AUCTION_FROM, vintages_on
from extractors.sample.sites.seee.market.simulation import market

COMPOSITE = "COMCEA"
COMPOSITE_HOLES = frozenset({date(2023, 8, 30)})
"""Days that the composite file of the real site lacks."""

METHODS = {"10": "listed", "20": "block", "21": "auction"}


@dataclass(frozen=True, slots=True)
class Quote:
    """A product's day: yuan per tonne, tonnes. High and low are None without listed trade."""

    trade_date: date
    product: str
    open: Decimal
    close: Decimal
    low: Decimal | None
    high: Decimal | None
    listed_volume_t: int


@dataclass(frozen=True, slots=True)
class MethodTotal:
    """A product's trade by one method (code as on the site): day, year to date, cumulative."""

    trade_date: date
    product: str
    method: str
    day: Leg
    ytd: Leg
    cumulative: Leg


@cache
def quotes(product: str) -> tuple[Quote, ...]:
    """The quotes of `COMCEA` or a vintage (`CEA`, `CEA21` ...), ascending.

    The composite lacks the days of `COMPOSITE_HOLES`. An unknown product has none.
    """
    if product == COMPOSITE:
        return tuple(_composite(day) for day in market() if day.day not in COMPOSITE_HOLES)
    return tuple(_vintage(day, product) for day in market() if product in day.vintages)


def _composite(day: MarketDay) -> Quote:
    got = day.band
    return Quote(
        day.day,
        COMPOSITE,
        yuan(got.open if got else day.close),
        yuan(day.close),
        yuan(got.low) if got else None,
        yuan(got.high) if got else None,
        day.listed.volume,
    )


def _vintage(day: MarketDay, product: str) -> Quote:
    close, got = day.vintages[product]
    volume = day.listed.by_vintage.get(product, (0, 0))[0]
    return Quote(
        day.day,
        product,
        yuan(got.open if got else close),
        yuan(close),
        yuan(got.low) if got else None,
        yuan(got.high) if got else None,
        volume,
    )


def _leg(day: MarketDay, method: str, product: str) -> Leg:
    trade = getattr(day, METHODS[method])
    if product == COMPOSITE:
        return Leg(trade.volume, yuan(trade.turnover))
    volume, turnover = trade.by_vintage.get(product, (0, 0))
    return Leg(volume, yuan(turnover))


@cache
def _all_method_totals() -> Mapping[date, tuple[MethodTotal, ...]]:
    made: dict[date, tuple[MethodTotal, ...]] = {}
    cumulative: dict[tuple[str, str], Leg] = {}
    ytd: dict[tuple[str, str], Leg] = {}
    year = 0
    for day in market():
        if day.day.year != year:
            year, ytd = day.day.year, {}
        rows = []
        for product in (COMPOSITE, *vintages_on(day.day)):
            for method in METHODS:
                if method == "21" and day.day < AUCTION_FROM:
                    continue
                key, leg = (product, method), _leg(day, method, product)
                ytd[key] = ytd.get(key, NOTHING) + leg
                cumulative[key] = cumulative.get(key, NOTHING) + leg
                rows.append(MethodTotal(day.day, product, method, leg, ytd[key], cumulative[key]))
        made[day.day] = tuple(rows)
    return made


def method_totals(day: date) -> tuple[MethodTotal, ...]:
    """The totals of a trading day, composite first; nothing on a closed day."""
    return _all_method_totals().get(day, ())


@cache
def vintage_tonnes(year: int) -> dict[str, int]:
    """All trades of a year by vintage, tonnes."""
    tonnes: dict[str, int] = {}
    for day in market():
        if day.day.year == year:
            for leg in (day.listed, day.block, day.auction):
                for name, (volume, _) in leg.by_vintage.items():
                    tonnes[name] = tonnes.get(name, 0) + volume
    return tonnes
