"""What the sample's pilot exchanges print: made-up figures around the made-up prices of the
sample's Explorer, so that both publishers say the same of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from zlib import crc32

from extractors.sample.days import FIRST_DAY
from extractors.sample.sites.icap.series import series
from extractors.sample.sites.pilots import LAST_DAY

SYSTEMS = {
    "guangdong": 21,
    "hubei": 24,
    "shenzhen": 18,
    "beijing": 20,
    "shanghai": 19,
    "tianjin": 23,
    "chongqing": 25,
    "fujian": 26,
}
"""The number of each market in the Explorer."""
_CENT = Decimal("0.01")
_EACH = {"guangdong": 1, "hubei": 2}
"""Every so many days something is traded; at the other markets every third."""


@dataclass(frozen=True, slots=True)
class PilotDay:
    """A market's day: its price is the close and the mean; `before` is the close before."""

    trade_date: date
    price: Decimal
    before: Decimal
    high: Decimal
    low: Decimal
    volume_t: int
    turnover_cny: Decimal

    @property
    def change(self) -> Decimal:
        return self.price - self.before

    @property
    def change_pct(self) -> Decimal:
        return (self.change / self.before * 100).quantize(_CENT, ROUND_HALF_UP)


@cache
def by_day(pilot: str) -> Mapping[date, PilotDay]:
    """The days on which something was traded, ascending, and some on which nothing was."""
    found: dict[date, PilotDay] = {}
    before: Decimal | None = None
    for day, price in series().get((SYSTEMS[pilot], "secondary"), {}).items():
        chance = crc32(f"{pilot} {day}".encode())
        if not FIRST_DAY <= day <= LAST_DAY or day.weekday() > 4:  # ICAP dates some on weekends
            continue
        if chance % _EACH.get(pilot, 3):
            if chance % 11 == 0 and before:
                found[day] = PilotDay(day, before, before, before, before, 0, Decimal(0))
            continue
        before, held = price, before or price
        volume = 100 + chance // 7 % (20_000 if pilot in _EACH else 4_000)
        off = (Decimal(chance % 9 - 4) / 1000 * volume).quantize(_CENT)
        edge = Decimal(chance % 40) / 100
        high, low = max(price, held) + edge, min(price, held) - edge
        found[day] = PilotDay(day, price, held, high, low, volume, price * volume + off)
    return found


def until(pilot: str, day: date) -> list[PilotDay]:
    """The days that the market shows on an evening, the newest first."""
    return [each for each in reversed(list(by_day(pilot).values())) if each.trade_date <= day]
