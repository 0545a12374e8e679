"""Made-up auctions, and the made-up prices of CBAM certificates that are their means.

Prices swing about a round level, so that no figure is one that a publisher has stated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from zlib import crc32

from extractors.sample.days import FIRST_DAY
from extractors.sample.sites.eu import LAST_DAY

_BEGIN = FIRST_DAY - timedelta(days=10)
"""On the sample's first evening there is an auction already."""
_LEVEL = 64
_CENT = Decimal("0.01")
_SELLERS = {0: ("EU", 3_250_000), 1: ("EU", 3_250_000), 3: ("DE", 1_875_000)}
"""Weekday -> who sells, and about how much."""


@dataclass(frozen=True, slots=True)
class Auction:
    """An auction: everybody pays `price`."""

    held_on: date
    seller: str
    price: Decimal
    volume_t: int
    cover_ratio: Decimal


@cache
def auctions() -> tuple[Auction, ...]:
    """All auctions, ascending; before 2026 one a week, to keep the sample small."""
    found = []
    for n in range((LAST_DAY - _BEGIN).days + 1):
        day = _BEGIN + timedelta(days=n)
        sold = _SELLERS.get(day.weekday())
        if sold is None or (day.year < 2026 and day.weekday() != 1):
            continue
        if (day.month, day.day) > (12, 16) or (day.month, day.day) < (1, 8):
            continue
        chance = crc32(f"auction {day}".encode())
        price = _LEVEL * (1 + 0.11 * math.sin(n / 29)) + chance % 200 / 100
        volume = sold[1] + chance % 400 * 500
        cover = Decimal(120 + chance % 130) / 100
        found.append(Auction(day, sold[0], _cents(Decimal(f"{price:.6f}")), volume, cover))
    return tuple(found)


def mean(begins: date, ends: date) -> Decimal:
    """The mean price of the auctions of a range of days, weighted by volume, to the cent."""
    some = [each for each in auctions() if begins <= each.held_on <= ends]
    paid = sum((each.price * each.volume_t for each in some), Decimal(0))
    return _cents(paid / sum(each.volume_t for each in some))


def _cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)
