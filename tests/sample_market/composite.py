"""Simulated block trades and auctions: which day, how much, of which vintage.

A block trade is of 100,000 t or more, at a price within 30 % of the last close.

Days under the composite price: its close, and the vintages it is the mean of.

Prices are in fen per tonne.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from extractors.sample.sites.seee.figures import COMPOSITE_FROM
from tests.sample_market.fit import Unfit, apportion
from tests.sample_market.paths import (
    Band,
    around,
    band,
    move,
    offsets,
    walk,
    within_limit,
)
from tests.sample_market.published import (
    CLOSE_OUTSIDE_RANGE_DAYS,
    NO_LISTED_DAYS,
    NO_TRADE_DAYS,
    Month,
    fen,
    published_years,
    vintages_on,
)

BLOCK_MINIMUM = 100_000
BLOCK_LIMIT = 30

VINTAGE_TONNES_2023 = {"CEA": 47_528_400, "CEA21": 41_676_000}
"""All trades of 2023 as the yearly text has them (in 0.01 of 万吨); CEA22 is the rest."""


@dataclass(slots=True)
class Traded:
    """Volume (t) and turnover (fen) of one method on one day, in all and by vintage."""

    volume: int = 0
    turnover: int = 0
    by_vintage: dict[str, tuple[int, int]] = field(default_factory=dict)


def block_days(
    rng: Random, days: Sequence[int], forced: Sequence[int], volume: int
) -> dict[int, int]:
    """Day index -> block volume, summing to `volume`; `forced` days have one for sure."""
    if not volume:
        return {}
    most = volume // BLOCK_MINIMUM
    wanted = min(len(days) * 9 // 10, most * 2 // 3, len(days))
    wanted = max(wanted, len(forced), 1)
    chance = sorted((rng.randrange(10_000), i) for i in days if i not in forced)
    chosen = sorted([*forced, *(i for _, i in chance[: wanted - len(forced)])])
    weights = [rng.randrange(1, 40) ** 2 for _ in chosen]
    rest = apportion(volume - BLOCK_MINIMUM * len(chosen), weights)
    return {i: BLOCK_MINIMUM + extra for i, extra in zip(chosen, rest, strict=True)}


def block_turnovers(
    rng: Random, volumes: Mapping[int, int], previous: Sequence[int], turnover: int
) -> dict[int, int]:
    """Day index -> block turnover in fen, summing to `turnover`, each within the limit."""
    if not volumes:
        return {}
    weights = [v * previous[i] * (1000 + rng.randrange(-40, 41)) for i, v in volumes.items()]
    shares = dict(zip(volumes, apportion(turnover, weights), strict=True))
    for i, share in shares.items():
        if not within_limit(share // volumes[i], previous[i], BLOCK_LIMIT - 1):
            raise Unfit(f"block price {share // volumes[i]} is too far from {previous[i]}")
    return shares


class VintageBooks:
    """Assigns whole block trades to vintages; in 2023 so that the year's tonnes come out."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def assign(self, day: date, block: Traded, previous: Mapping[str, int]) -> None:
        """Give the day's block to one, two or three vintages whose price limit allows it."""
        if not block.volume:
            return
        price = block.turnover // block.volume
        fitting = [
            name
            for name in vintages_on(day)
            if name not in previous or within_limit(price, previous[name], BLOCK_LIMIT - 1)
        ]
        if not fitting:
            raise Unfit(f"{day}: no vintage allows a block price of {price}")
        most = min(len(fitting), block.volume // BLOCK_MINIMUM, 3)
        start = self._rng.randrange(len(fitting))
        names = [fitting[(start + n) % len(fitting)] for n in range(1 + self._rng.randrange(most))]
        weights = [self._rng.randrange(1, 20) for _ in names]
        rest = apportion(block.volume - BLOCK_MINIMUM * len(names), weights)
        volumes = [BLOCK_MINIMUM + extra for extra in rest]
        split(block, dict(zip(names, volumes, strict=True)))


def split(trade: Traded, volumes: Mapping[str, int]) -> None:
    """Book a trade on vintages at one price, volumes given and turnover in proportion."""
    names = [name for name, volume in volumes.items() if volume]
    turnovers = apportion(trade.turnover, [volumes[name] for name in names])
    trade.by_vintage = {
        name: (volumes[name], turnover) for name, turnover in zip(names, turnovers, strict=True)
    }


def settle_2023(blocks: Mapping[date, Traded], tonnes: Mapping[str, int]) -> None:
    """Re-book the composite blocks of 2023 so that each vintage ends at `tonnes` (t).

    Large blocks are shared in proportion to what each vintage still needs; the
    last unit is settled on the largest one.
    """
    days = [day for day, block in blocks.items() if day >= COMPOSITE_FROM and block.volume]
    days.sort(key=lambda day: (-blocks[day].volume, day))
    need = dict(tonnes)
    if sum(need.values()) != sum(blocks[day].volume for day in days):
        raise Unfit(f"blocks of 2023 do not sum to {tonnes}")
    books: dict[date, dict[str, int]] = {}
    for day in days:
        volume = blocks[day].volume
        shares = apportion(volume, [max(n, 0) for n in need.values()])
        book = dict(zip(need, shares, strict=True))
        if any(0 < part < BLOCK_MINIMUM for part in shares):
            neediest = max(need, key=lambda name: need[name])
            book = {name: volume if name == neediest else 0 for name in need}
        books[day] = book
        need = {name: need[name] - book[name] for name in need}
    first = books[days[0]]
    for name, rest in need.items():
        first[name] += rest
    for day in days:
        if any(0 < part < BLOCK_MINIMUM or part < 0 for part in books[day].values()):
            raise Unfit(f"{day}: a block below {BLOCK_MINIMUM} t in {books[day]}")
        split(blocks[day], books[day])


# Year ends and the extremes of 2023-2025 are published; the other levels are
# ours, chosen between the listed means of neighbouring months.
_LEVELS = """
2023-08-25 71.20  2023-08-31 72.00  2023-09-28 78.20  2023-10-20 81.67  2023-10-31 77.60
2023-11-30 72.40  2023-12-29 79.42  2024-01-17 69.67  2024-01-31 76.00  2024-02-29 84.20
2024-03-29 91.00  2024-04-30 99.60  2024-05-31 96.10  2024-06-28 91.40  2024-07-31 90.60
2024-08-30 95.70  2024-09-30 101.10 2024-10-31 103.20 2024-11-13 105.65 2024-11-29 101.80
2024-12-31 97.49  2025-01-02 97.01  2025-01-24 93.60  2025-02-28 88.10  2025-03-31 83.20
2025-04-30 73.80  2025-05-30 70.30  2025-06-30 75.20  2025-07-31 72.90  2025-08-29 68.40
2025-09-30 58.10  2025-10-29 51.24  2025-10-31 52.70  2025-11-28 60.80  2025-12-31 74.63
"""
LEVELS = {
    date.fromisoformat(day): fen(close)
    for day, close in zip(_LEVELS.split()[::2], _LEVELS.split()[1::2], strict=True)
}
HIGHEST_2024 = (date(2024, 11, 13), 10602)


@dataclass(slots=True)
class MarketDay:
    """One simulated day. `band` is None without a listed trade."""

    day: date
    previous: int
    close: int
    band: Band | None
    vintages: dict[str, tuple[int, Band | None]]
    listed: Traded = field(default_factory=Traded)
    block: Traded = field(default_factory=Traded)
    auction: Traded = field(default_factory=Traded)


def composite_month(
    rng: Random, month: Month, days: list[date], last: MarketDay | None
) -> list[MarketDay]:
    """A month of days under the composite, without volumes; to 2023-08-25 of one vintage.

    Raises `Unfit` where a level or a vintage is out of reach of the daily limits.
    """
    if last is None:
        raise Unfit("the composite needs a close to start from")
    open_days = [d for d in days if d not in NO_TRADE_DAYS | NO_LISTED_DAYS]
    anchors = {i: LEVELS[d] for i, d in enumerate(open_days) if d in LEVELS}
    year = published_years()[month.year]
    low, high = year.lowest_close or 0, year.highest_close or 10**9
    pull = (last.close + anchors[max(anchors)]) // 2
    reach = pull // 110
    walked = walk(rng, last.close, anchors, len(open_days), low, high, pull, reach)
    closes = dict(zip(open_days, walked, strict=True))
    ratio = month.listed_average * 1000 * len(walked) // sum(walked) - 1000 + around(rng, 0, 30)
    made: list[MarketDay] = []
    previous = last
    for day in days:
        previous = _composite_day(rng, day, previous, closes.get(day), ratio)
        made.append(previous)
    return made


def _composite_day(
    rng: Random, day: date, last: MarketDay, close: int | None, ratio: int
) -> MarketDay:
    before = {name: price for name, (price, _) in last.vintages.items()}
    if close is None:
        carried: dict[str, tuple[int, Band | None]] = {n: (p, None) for n, p in before.items()}
        return MarketDay(day, last.close, last.close, None, carried)
    if day < COMPOSITE_FROM:
        got = band(rng, last.close, close)
        return MarketDay(day, last.close, close, got, {"CEA": (close, got)})
    names = vintages_on(day)
    moved = move(rng, before, names, close, offsets(names, ratio))
    vintages = {
        name: (price, band(rng, before.get(name, price), price) if name in moved.traded else None)
        for name, price in moved.closes.items()
    }
    return MarketDay(day, last.close, close, _composite_band(rng, day, last.close, close), vintages)


def _composite_band(rng: Random, day: date, previous: int, close: int) -> Band:
    if day in CLOSE_OUTSIDE_RANGE_DAYS:
        return Band(close - 40, close - 12, close - 55)
    if day == HIGHEST_2024[0]:
        return Band(min(previous, close), HIGHEST_2024[1], min(previous, close) - 31)
    return band(rng, previous, close, 0, HIGHEST_2024[1] - 1)
