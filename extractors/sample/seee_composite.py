"""Days under the composite price: its close, and the vintages it is the mean of.

Prices are in fen per tonne.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random

from extractors.sample.seee_blocks import Traded
from extractors.sample.seee_fit import Unfit
from extractors.sample.seee_paths import Band, around, band, walk
from extractors.sample.seee_published import (
    CLOSE_OUTSIDE_RANGE_DAYS,
    COMPOSITE_FROM,
    NO_LISTED_DAYS,
    NO_TRADE_DAYS,
    Month,
    fen,
    published_years,
    vintages_on,
)
from extractors.sample.seee_vintages import move, offsets

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
