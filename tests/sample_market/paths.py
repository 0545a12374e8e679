"""Simulated closes: a walk through published levels, within the exchange's limits.

Prices are in fen per tonne. `random.Random` is used through `randrange` alone, which is the same
on every platform.

Simulated closes of the vintages, whose mean is the composite close.

From 2023-08-28 to 2025-12-31 all listed vintages weigh the same. A vintage that is not traded on
a day keeps its close; a traded one stays within 10 % of its last. Prices are in fen per tonne.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tests.sample_market.fit import Unfit, fit

TRIES = 60
GOOD_TILT = 250


@dataclass(frozen=True, slots=True)
class Band:
    """Open, high and low of a day, fen per tonne."""

    open: int
    high: int
    low: int


def within_limit(price: int, previous: int, percent: int = 10) -> bool:
    """Whether the price is within the limit around the previous close."""
    return abs(price - previous) * 100 <= previous * percent


def around(rng: Random, centre: int, reach: int) -> int:
    return centre + rng.randrange(-reach, reach + 1)


def walk(
    rng: Random,
    start: int,
    anchors: Mapping[int, int],
    days: int,
    low: int,
    high: int,
    pull: int,
    reach: int,
) -> list[int]:
    """Closes of `days` days after a close of `start`, through `anchors` (index -> close).

    Between anchors the walk leans towards `pull` and strays up to `reach`;
    all closes lie in [low, high] and within the daily limit. Raises `Unfit` where
    an anchor is out of reach.
    """
    closes: list[int] = []
    previous, at, level = start, -1, start
    for i in range(days):
        if i in anchors:
            close = anchors[i]
            at, level = i, close
        elif i and rng.randrange(12) == 0 and low <= previous <= high:
            close = previous
        else:
            ahead = min((a for a in anchors if a > i), default=i)
            target = anchors.get(ahead, pull)
            line = level + (target - level) * (i - at) // max(ahead - at, 1)
            lean = line if ahead - i <= 2 else (line + 3 * pull) // 4
            close = max(low, min(high, around(rng, lean, reach)))
            close = max(previous - previous * 8 // 100, min(previous + previous * 8 // 100, close))
        if not within_limit(close, previous) or not low <= close <= high:
            raise Unfit(f"close {close} is out of reach of {previous}")
        closes.append(close)
        previous = close
    return closes


@dataclass(frozen=True, slots=True)
class ListedPath:
    """A month of listed closes, and the days of its highest and lowest price."""

    closes: list[int]
    high_day: int
    low_day: int


def listed_path(
    rng: Random,
    start: int,
    days: int,
    bounds: tuple[int, int],
    fixed: Mapping[int, int],
    weights: Sequence[int],
    volume: int,
    turnover: int,
) -> ListedPath:
    """Closes that reach the month's low and high, end at its close and carry its turnover.

    `fixed` are closes that are known (the last day's at least). Of several tries
    the one that bends the volume weights least is taken.
    """
    low, high = bounds
    mean = turnover // volume
    best: tuple[int, ListedPath] | None = None
    for _ in range(TRIES):
        try:
            anchors = {**_extremes(rng, days, bounds, mean), **fixed}
            reach = max(1, min(mean // 80, (high - low) // 4))
            pull = around(rng, mean, reach)
            closes = walk(rng, start, anchors, days, low, high, pull, reach)
            path = ListedPath(closes, *_extreme_days(closes, start, low, high))
            tilt = fit(closes, weights, volume, turnover).tilt
        except Unfit:
            continue
        if best is None or tilt < best[0]:
            best = (tilt, path)
        if tilt <= GOOD_TILT:
            break
    if best is None:
        raise Unfit(f"no path of {days} days within {low}-{high} to {fixed}")
    return best[1]


def _extremes(rng: Random, days: int, bounds: tuple[int, int], mean: int) -> dict[int, int]:
    """Anchors that bring the high and the low within the daily limit of the close before."""
    low, high = bounds
    anchors: dict[int, int] = {}
    if high * 100 > mean * 108:
        day = rng.randrange(1, days)
        before = high * 100 // 109
        anchors |= {day - 1: before, day: (before + high) // 2}
    if low * 100 < mean * 92:
        day = rng.randrange(1, days)
        before = low * 100 // 91
        anchors |= {day - 1: before, day: low + (before - low) // 4}
    return anchors


def _extreme_days(closes: Sequence[int], start: int, low: int, high: int) -> tuple[int, int]:
    before = [start, *closes]
    ups = [i for i in range(len(closes)) if within_limit(high, before[i])]
    downs = [i for i in range(len(closes)) if within_limit(low, before[i])]
    if not ups or not downs:
        raise Unfit(f"{high} or {low} is out of reach on every day")
    high_day = max(ups, key=lambda i: (before[i] + closes[i], -i))
    low_day = min(downs, key=lambda i: (before[i] + closes[i], i))
    return high_day, low_day


def band(
    rng: Random,
    previous: int,
    close: int,
    floor: int = 0,
    ceiling: int = 10**9,
    limit: int = 10,
) -> Band:
    """Open, high and low around a close, within `floor`, `ceiling` and the daily limit.

    The range is at least a fen to each side of the close where the bounds allow,
    since a mean of several trades lies between them.
    """
    floor = max(floor, previous - previous * limit // 100)
    ceiling = min(ceiling, previous + previous * limit // 100)
    reach = max(1, close // 150)
    middle = previous + (close - previous) * rng.randrange(0, 101) // 100
    opening = max(floor, min(ceiling, around(rng, middle, reach // 2)))
    high = min(ceiling, max(opening, close) + rng.randrange(1, reach + 1))
    low = max(floor, min(opening, close) - rng.randrange(1, reach + 1))
    return Band(opening, high, low)


LIMIT = 10


@dataclass(frozen=True, slots=True)
class VintageCloses:
    """Closes of all listed vintages on a day, and which of them were traded."""

    closes: dict[str, int]
    traded: tuple[str, ...]


def offsets(vintages: tuple[str, ...], ratio: int) -> dict[str, int]:
    """Where each vintage should stand, in per mille of the composite.

    `ratio` is the listed mean of the month against the composite, in per mille
    less 1000. The two newest vintages carry most of the trade, so they stand
    somewhat past it, and the others balance them.
    """
    lead = ratio * 12 // 10
    newest, others = vintages[-2:], vintages[:-2]
    spread = {newest[0]: lead + 7, newest[1]: lead - 7}
    return spread | {name: -2 * lead // len(others) for name in others}


def move(
    rng: Random,
    previous: Mapping[str, int],
    vintages: tuple[str, ...],
    composite: int,
    aims: Mapping[str, int],
) -> VintageCloses:
    """The day's vintage closes, adding up to `composite` times their number.

    Raises `Unfit` where the daily limits do not allow it.
    """
    closes = {name: previous.get(name, composite) for name in vintages}
    new = [name for name in vintages if name not in previous]
    need = composite * len(vintages) - sum(closes.values())
    order = _by_chance(rng, vintages)
    traded = [n for n in order if n in new or n in vintages[-2:] or rng.randrange(10) < 5]
    for name in order:
        steps = _steps(rng, closes, traded, composite, aims, need)
        if steps is not None:
            moved = {n: closes[n] + steps.get(n, 0) for n in vintages}
            return VintageCloses(moved, tuple(n for n in vintages if n in traded))
        if name not in traded:
            traded.append(name)
    raise Unfit(f"vintages {closes} can't reach a composite of {composite}")


def _by_chance(rng: Random, vintages: tuple[str, ...]) -> list[str]:
    keyed = sorted((rng.randrange(1000), i) for i in range(len(vintages)))
    return [vintages[i] for _, i in keyed]


def _steps(
    rng: Random,
    closes: Mapping[str, int],
    traded: list[str],
    composite: int,
    aims: Mapping[str, int],
    need: int,
) -> dict[str, int] | None:
    """Changes of the traded vintages that sum to `need`, or None if the limits forbid."""
    room = {n: closes[n] * LIMIT // 100 for n in traded}
    steps = {}
    for n in traded:
        aim = composite * (1000 + aims[n]) // 1000
        wish = (aim - closes[n]) // 4 + around(rng, 0, composite // 200)
        steps[n] = max(-room[n], min(room[n], wish))
    rest = need - sum(steps.values())
    while rest:
        sign = 1 if rest > 0 else -1
        free = [n for n in traded if room[n] - sign * steps[n] > 0]
        if not free:
            return None
        part = max(1, abs(rest) // len(free))
        for n in free:
            step = min(part, abs(rest), room[n] - sign * steps[n])
            steps[n] += sign * step
            rest -= sign * step
    return steps
