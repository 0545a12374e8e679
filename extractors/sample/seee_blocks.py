"""Simulated block trades and auctions: which day, how much, of which vintage.

A block trade is of 100,000 t or more, at a price within 30 % of the last close.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from extractors.sample.seee_fit import Unfit, apportion
from extractors.sample.seee_paths import within_limit
from extractors.sample.seee_published import COMPOSITE_FROM, vintages_on

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
