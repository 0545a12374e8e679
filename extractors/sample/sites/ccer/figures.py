"""What the sample's exchange prints: simulated days that add up to what was published.

Published are the launch day, what had been traded by 2025-12-01, and the year 2025 (source:
Beijing Green Exchange, credit by name); the days between them are made up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import accumulate

from extractors.sample.sites.ccer.pages import ENERGY, FORESTRY, NOTHING, Sums
from extractors.sample.sites.seee.figures import days as national_days

LAUNCH, FIRST = date(2024, 1, 22), date(2025, 3, 7)
LAUNCHED: Sums = (375_315, Decimal("23835280.00"))
SO_FAR_ON = date(2025, 12, 1)
SO_FAR: Sums = (6_340_091, Decimal("457234689.16"))
YEAR: Sums = (8_844_114, Decimal("625801436.80"))
"""All of 2025, from 03-07 on."""
WITHOUT_TRADE = frozenset({date(2025, 3, 14), date(2025, 6, 20), date(2025, 10, 10)})
LAUNCH_FILE: Sums = (300, Decimal("27600.00"))
"""What the JSON says of the launch day: a part of it."""


def minus(one: Sums, *others: Sums) -> Sums:
    """What is left of a sum."""
    return one[0] - sum(o[0] for o in others), one[1] - sum((o[1] for o in others), NOTHING[1])


def simulate(
    days: Sequence[date],
    whole: Sums,
    stated: Mapping[date, Sums] | None = None,
    without_trade: Collection[date] = (),
) -> dict[date, Sums]:
    """Days that add up to a whole, those among them that are stated as they are."""
    found = {day: NOTHING for day in days if day in without_trade} | dict(stated or {})
    free = [day for day in days if day not in found]
    volume, turnover = minus(whole, *found.values())
    weights = [_dice(day, "weight") ** 2 // 4000 + 40 for day in free]
    volumes = _apportion(volume, weights)
    prices = [9000 + _dice(day, "price") for day in free]
    cents = _apportion(int(turnover * 100), [v * p for v, p in zip(volumes, prices, strict=True)])
    money = (Decimal(each) / 100 for each in cents)
    found |= dict(zip(free, zip(volumes, money, strict=True), strict=True))
    return {day: found[day] for day in sorted(found)}


def _dice(day: date, what: str) -> int:
    """A number below 2,000, the same for a day on every machine."""
    return int.from_bytes(hashlib.sha256(f"{day} {what}".encode()).digest()[:4]) % 2000


def _apportion(total: int, weights: Sequence[int]) -> list[int]:
    """The total in proportion to weights, to the last unit."""
    ends = [total * so_far // sum(weights) for so_far in accumulate(weights)]
    return [end - before for before, end in zip((0, *ends), ends, strict=False)]


@cache
def by_day() -> dict[date, Sums]:
    """Each day of trading after the launch, ascending."""
    every = [each.trade_date for each in national_days() if each.trade_date >= FIRST]
    until = minus(SO_FAR, LAUNCHED)
    early = simulate([d for d in every if d <= SO_FAR_ON], until, without_trade=WITHOUT_TRADE)
    return early | simulate([d for d in every if d > SO_FAR_ON], minus(YEAR, until))


@cache
def cumulative() -> dict[date, Sums]:
    """What was traded from the launch to each day."""
    found, so_far = {}, LAUNCHED
    for day, sums in by_day().items():
        so_far = so_far[0] + sums[0], so_far[1] + sums[1]
        found[day] = so_far
    return found


def types_of(day: date, sums: Sums) -> list[tuple[str, Sums]]:
    """A day by type of project; on a day in four there is something of forests."""
    forests = NOTHING
    if sums[0] >= 40 and _dice(day, "forests") % 4 == 0:
        forests = (sums[0] // 4, (sums[1] * (sums[0] // 4) / sums[0]).quantize(Decimal("0.01")))
    return [(ENERGY, minus(sums, forests)), (FORESTRY, forests)]
