"""The simulated market, day by day, in integers (tonnes, fen, fen per tonne).

Every day is made up from a fixed seed, under the exchange's rules (close is the
mean of the day's listed trades, limits of 10 % and 30 %, blocks of 100,000 t and
more), so that its months are the published ones to the fen. How: closes are walked
first, on the fen; then listed volumes are fitted so that volume x close gives the
month's turnover (`fit.fit`), the rest going into the turnovers as less than
half a fen a tonne; under the composite the same is done over all vintages at once.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import pairwise
from random import Random

from extractors.sample.days import FIRST_DAY
from extractors.sample.sites.seee.figures import COMPOSITE_FROM
from tests.sample_market.composite import (
    VINTAGE_TONNES_2023,
    MarketDay,
    Traded,
    VintageBooks,
    block_days,
    block_turnovers,
    composite_month,
    settle_2023,
)
from tests.sample_market.fit import Fit, Unfit, fit
from tests.sample_market.paths import GOOD_TILT, Band, ListedPath, band, listed_path
from tests.sample_market.published import (
    AUCTION_DAYS,
    LAUNCH_CLOSE,
    LAUNCH_OPEN,
    NO_LISTED_DAYS,
    NO_TRADE_DAYS,
    Month,
    published_months,
    published_years,
    trading_days,
    vintages_on,
)

SEED = 20210716
COMPOSITE_TRIES = 25

LOWEST_CLOSE_MONTH_2023 = (2023, 4)


@cache
def market() -> tuple[MarketDay, ...]:
    """All days, 2021-07-16 to 2025-12-31. The same on every platform."""
    done: list[MarketDay] = []
    for month in published_months():
        rng = Random(SEED + month.year * 100 + month.month)
        days = [d for d in trading_days() if (d.year, d.month) == (month.year, month.month)]
        done += _month(rng, month, days, done[-1] if done else None)
    _book_2023(done)
    return tuple(done)


def _month(rng: Random, month: Month, days: list[date], last: MarketDay | None) -> list[MarketDay]:
    start = last.close if last else LAUNCH_OPEN
    weights = [rng.randrange(2, 30) ** 2 for _ in days]
    if month.close is None:
        made = _best_composite_month(rng, month, days, last, weights)
    else:
        path = _listed_closes(rng, month, days, start, weights)
        made = _listed_days(rng, month, days, start, path)
    _trade_listed(made, month, weights)
    _trade_blocks(rng, made, month)
    for day in made:
        if day.day in AUCTION_DAYS:
            day.auction = Traded(month.auction_volume, month.auction_turnover)
            newest = vintages_on(day.day)[-1]
            day.auction.by_vintage[newest] = (day.auction.volume, day.auction.turnover)
    return made


def _listed_closes(
    rng: Random, month: Month, days: list[date], start: int, weights: list[int]
) -> ListedPath:
    if month.high is None or month.low is None or month.close is None:
        raise Unfit(f"{month.year}-{month.month:02}: no listed prices are published")
    fixed = {len(days) - 1: month.close}
    if start == LAUNCH_OPEN:
        fixed[0] = LAUNCH_CLOSE
    if (month.year, month.month) == LOWEST_CLOSE_MONTH_2023:
        lowest = published_years()[month.year].lowest_close
        if lowest is None:
            raise Unfit(f"{month.year}: no lowest close is published")
        fixed |= {8: lowest * 100 // 92, 9: lowest}
    bounds = (month.low, month.high)
    turnover, volume = month.listed_turnover, month.listed_volume
    return listed_path(rng, start, len(days), bounds, fixed, weights, volume, turnover)


def _listed_days(
    rng: Random, month: Month, days: list[date], start: int, path: ListedPath
) -> list[MarketDay]:
    made = []
    for i, (day, (previous, close)) in enumerate(
        zip(days, pairwise([start, *path.closes]), strict=True)
    ):
        got = band(rng, previous, close, month.low or 0, month.high or 0)
        opening = LAUNCH_OPEN if i == 0 and previous == LAUNCH_OPEN else got.open
        high = (month.high or 0) if i == path.high_day else max(got.high, opening)
        low = (month.low or 0) if i == path.low_day else min(got.low, opening)
        day_band = Band(opening, high, low)
        made.append(MarketDay(day, previous, close, day_band, {"CEA": (close, day_band)}))
    return made


def _best_composite_month(
    rng: Random, month: Month, days: list[date], last: MarketDay | None, weights: list[int]
) -> list[MarketDay]:
    """The try of several whose listed volumes are bent least."""
    best: tuple[int, list[MarketDay]] | None = None
    for _ in range(COMPOSITE_TRIES):
        try:
            made = composite_month(rng, month, days, last)
            tilt = _fit_listed(made, month, weights)[1].tilt
        except Unfit:
            continue
        if best is None or tilt < best[0]:
            best = (tilt, made)
        if tilt <= GOOD_TILT:
            break
    if best is None:
        raise Unfit(f"{month.year}-{month.month:02}: no composite path carries the turnover")
    return best[1]


def _fit_listed(
    made: list[MarketDay], month: Month, weights: list[int]
) -> tuple[list[tuple[int, str]], Fit]:
    """Fit the month's listed volume and turnover to the closes of all traded vintages."""
    cells = [
        (i, name, price)
        for i, day in enumerate(made)
        for name, (price, got) in day.vintages.items()
        if got is not None
    ]
    shares = [
        weights[i] * (4 if name in list(made[i].vintages)[-2:] else 1) for i, name, _ in cells
    ]
    prices = [price for _, _, price in cells]
    fitted = fit(prices, shares, month.listed_volume, month.listed_turnover)
    return [(i, name) for i, name, _ in cells], fitted


def _trade_listed(made: list[MarketDay], month: Month, weights: list[int]) -> None:
    cells, fitted = _fit_listed(made, month, weights)
    for (i, name), volume, turnover in zip(cells, fitted.volumes, fitted.turnovers, strict=True):
        listed = made[i].listed
        listed.volume += volume
        listed.turnover += turnover
        listed.by_vintage[name] = (volume, turnover)


def _trade_blocks(rng: Random, made: list[MarketDay], month: Month) -> None:
    # The launch bulletin has no block clause, so its day has no block.
    none = NO_TRADE_DAYS | {FIRST_DAY}
    days = [i for i, day in enumerate(made) if day.day not in none]
    forced = [i for i, day in enumerate(made) if day.day in NO_LISTED_DAYS]
    volumes = block_days(rng, days, forced, month.block_volume)
    previous = [day.previous for day in made]
    turnovers = block_turnovers(rng, volumes, previous, month.block_turnover)
    books = VintageBooks(rng)
    for i, volume in volumes.items():
        day = made[i]
        day.block = Traded(volume, turnovers[i])
        books.assign(day.day, day.block, {n: p for n, (p, _) in day.vintages.items()})


def _book_2023(done: list[MarketDay]) -> None:
    year = [day for day in done if day.day.year == 2023]
    whole = published_years()[2023].total_volume
    tonnes = VINTAGE_TONNES_2023 | {"CEA22": whole - sum(VINTAGE_TONNES_2023.values())}
    for day in year:
        legs = [day.listed] if day.day >= COMPOSITE_FROM else [day.listed, day.block]
        for leg in legs:
            for name, (volume, _) in leg.by_vintage.items():
                tonnes[name] -= volume
    settle_2023({day.day: day.block for day in year}, tonnes)
