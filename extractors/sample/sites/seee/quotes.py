"""Quotes by product and totals by trade method: what the JSON of the sample carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from extractors.sample.sites.seee.figures import NOTHING, Leg, optional_leg, price_of, rows_of

COMPOSITE = "COMCEA"
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
def _rows() -> tuple[Mapping[str, str], ...]:
    return tuple(rows_of("products.csv"))


@cache
def quotes(product: str) -> tuple[Quote, ...]:
    """The quotes of `COMCEA` or a vintage (`CEA`, `CEA21` ...), ascending.

    A day without a price has none, and an unknown product no day.
    """
    return tuple(
        Quote(
            trade_date=date.fromisoformat(row["trade_date"]),
            product=product,
            open=Decimal(row["open_cny_per_t"]),
            close=Decimal(row["close_cny_per_t"]),
            low=price_of(row, "low_cny_per_t"),
            high=price_of(row, "high_cny_per_t"),
            listed_volume_t=int(row["listed_volume_t"]),
        )
        for row in _rows()
        if row["product"] == product and row["close_cny_per_t"]
    )


@cache
def _all_method_totals() -> Mapping[date, tuple[MethodTotal, ...]]:
    made: dict[date, tuple[MethodTotal, ...]] = {}
    sums: dict[tuple[str, str, int | None], Leg] = {}
    for row in _rows():
        day, product = date.fromisoformat(row["trade_date"]), row["product"]
        for method, name in METHODS.items():
            leg = optional_leg(row, name)
            if leg is None:
                continue
            ytd, whole = (product, method, day.year), (product, method, None)
            sums[ytd] = sums.get(ytd, NOTHING) + leg
            sums[whole] = sums.get(whole, NOTHING) + leg
            total = MethodTotal(day, product, method, leg, sums[ytd], sums[whole])
            made[day] = (*made.get(day, ()), total)
    return made


def method_totals(day: date) -> tuple[MethodTotal, ...]:
    """The totals of a trading day, composite first; nothing on a closed day."""
    return _all_method_totals().get(day, ())


def vintage_tonnes(year: int) -> dict[str, int]:
    """All trades of a year by vintage, tonnes."""
    tonnes: dict[str, int] = {}
    for row in _rows():
        if row["trade_date"].startswith(f"{year}-") and row["product"] != COMPOSITE:
            traded = sum(int(row[f"{name}_volume_t"] or 0) for name in METHODS.values())
            tonnes[row["product"]] = tonnes.get(row["product"], 0) + traded
    return tonnes
