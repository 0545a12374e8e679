"""What the sample's Explorer has of prices: made-up numbers in the real layout.

The series are data (`data/prices.csv`, see its README); here is what is computed of them: which
quarters are out on an evening, and the values in other currencies.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
CENT = Decimal("0.01")
LAG = timedelta(days=45)
"""From the end of a quarter until its values appear, prepared by hand."""

Triple = list[Decimal]


@cache
def series() -> dict[tuple[int, str], dict[date, Decimal]]:
    """Local prices by date, of each system's number and market."""
    found: dict[tuple[int, str], dict[date, Decimal]] = {}
    with (DATA / "prices.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            own = found.setdefault((int(row["system_id"]), row["market"]), {})
            own[date.fromisoformat(row["date"])] = Decimal(row["price"])
    return found


def quarter_end(until: date) -> date:
    """The end of the newest quarter whose values are out on an evening."""
    shown = until - LAG
    first_of_quarter = date(shown.year, (shown.month - 1) // 3 * 3 + 1, 1)
    if (shown + timedelta(days=1)).month != shown.month and shown.month % 3 == 0:
        return shown
    return first_of_quarter - timedelta(days=1)


def rates(currency: str, day: date) -> tuple[Decimal, Decimal]:
    """Made-up USD and EUR per unit of a currency, one pair a calendar month."""
    usd, eur = _LEVELS[currency]
    month = day.year * 12 + day.month
    drift = Decimal(month * 37 % 23 - 11) / 1000
    return (
        usd if currency == "USD" else significant(usd * (1 + drift)),
        eur if currency == "EUR" else significant(eur * (1 + drift / 2)),
    )


def triple(local: Decimal, currency: str, day: date, stability: tuple[int, ...] = ()) -> Triple:
    """`[USD, EUR, local]`, with five stability entries after it where there are any."""
    usd, eur = rates(currency, day)
    return [cents(local * usd), cents(local * eur), local, *map(Decimal, stability)]


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def significant(value: Decimal) -> Decimal:
    """Four significant digits: a printed rate."""
    return value.quantize(Decimal(1).scaleb(value.adjusted() - 3), ROUND_HALF_UP)


_LEVELS = {
    code: (Decimal(usd), Decimal(eur))
    for code, usd, eur in (
        ("CNY", "0.14", "0.125"),
        ("USD", "1", "0.9"),
        ("EUR", "1.1", "1"),
        ("CAD", "0.73", "0.66"),
        ("KRW", "0.00074", "0.00067"),
        ("NZD", "0.6", "0.54"),
        ("GBP", "1.26", "1.14"),
        ("CHF", "1.12", "1.02"),
    )
}
