"""The made-up price series of the sample's Explorer, as the CSV file that the sample ships.

Only the national series of China is more than invented: it follows the exchange's simulated days
by the concept that ICAP's values had in each period (see `concept_on`). Prices are decimals with
two places in the market's own currency.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from io import StringIO
from random import Random

from extractors.sample.days import FIRST_DAY
from extractors.sample.sites.icap.series import cents
from extractors.sample.sites.seee.figures import COMPOSITE_FROM, Figures, days

NATIONAL = 14
LAST_DAY = date(2026, 3, 31)
NOTE = (
    "# Made up, all of it: no value of ICAP's is in this file. The national market's (14) follow\n"
    "# the simulated days of the exchange.\n"
)
CLOSE, LISTED_VWAP, TOTAL_VWAP = "close", "listed_vwap", "total_vwap"

TOTAL_FROM, TOTAL_UNTIL = date(2025, 7, 1), date(2025, 9, 30)
CLOSE_DAYS = frozenset({date(2023, 9, 14)})
"""Single days on which the value is the published close, in a time of listed means."""
WEEKENDS_2023 = tuple(
    date.fromisoformat(day) for day in ("2023-06-10", "2023-06-17", "2023-07-15", "2023-07-16")
)
WEEKENDS_2024 = (date(2024, 7, 27), date(2024, 7, 28))


@dataclass(frozen=True, slots=True)
class PriceWalk:
    """How a made-up series walks: its dates, its level, and the share of days without a move."""

    first: date
    last: date | None
    level: int
    step_days: int = 7
    flat: int = 0
    weekends: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Walks:
    """How the series of a system walk."""

    system_id: int
    secondary: PriceWalk | None = None
    primary: PriceWalk | None = None
    unsold: frozenset[date] = field(default_factory=frozenset)


def concept_on(day: date) -> str:
    """What the sample's national value is on a trading day, as it was found on the real one.

    Listed mean to 2023-08-25, when it was the close too; the listed mean over all vintages
    to 2025-06-30, but for single days; the mean over all trades, blocks too, in the third
    quarter of 2025; the listed mean again after it.
    """
    if day < COMPOSITE_FROM or day in CLOSE_DAYS:
        return CLOSE
    return TOTAL_VWAP if TOTAL_FROM <= day <= TOTAL_UNTIL else LISTED_VWAP


def national_value(day: Figures) -> Decimal | None:
    """The value of a trading day by its concept; None where it has no trade to be a mean of."""
    concept = concept_on(day.trade_date)
    leg = day.total if concept == TOTAL_VWAP else day.listed
    if not leg.volume_t:
        return None
    return day.close if concept == CLOSE else cents(leg.turnover_cny / leg.volume_t)


@cache
def national() -> dict[date, Decimal]:
    """The national market's values by date. Four dates of 2023 lie on weekends, as on the
    real site: they carry the value before them."""
    values = {d.trade_date: v for d in days() if (v := national_value(d)) is not None}
    for weekend in WEEKENDS_2023:
        values[weekend] = values[max(day for day in values if day < weekend)]
    return dict(sorted(values.items()))


def walked(walk: PriceWalk, seed: int, until: date) -> dict[date, Decimal]:
    """A made-up series to a day: a walk that stands still on so many of a hundred days."""
    rng = Random(seed)
    price, values = Decimal(walk.level), {}
    for day in _dates(walk, until):
        if rng.randrange(100) >= walk.flat and day not in walk.weekends:
            moved = price * Decimal(1000 + rng.randrange(-18, 20)) / 1000
            price = cents(min(max(moved, Decimal(walk.level) / 2), Decimal(walk.level) * 2))
        values[day] = price
    return values


def _dates(walk: PriceWalk, until: date) -> Iterator[date]:
    last = min(walk.last or until, until)
    if walk.step_days == 1:
        traded = [d.trade_date for d in days() if walk.first <= d.trade_date <= last]
        yield from sorted({*traded, *(d for d in walk.weekends if walk.first <= d <= last)})
        return
    day = walk.first
    while day <= last:
        yield day
        day += timedelta(days=walk.step_days)


def _pilot(number: int, level: int, flat: int, primary: date | None, more: str = "") -> Walks:
    """A pilot: an average that stands still on the days without trades."""
    weekends = (*WEEKENDS_2023, *WEEKENDS_2024, *map(date.fromisoformat, more.split()))
    return Walks(
        number,
        PriceWalk(FIRST_DAY, None, level, 1, flat, tuple(sorted(weekends))),
        PriceWalk(primary, None, level, 364) if primary else None,
    )


def _weekly(first: str, level: int, last: str = "") -> PriceWalk:
    return PriceWalk(date.fromisoformat(first), date.fromisoformat(last) if last else None, level)


def _auctions(first: str, level: int, last: str = "") -> PriceWalk:
    until = date.fromisoformat(last) if last else None
    return PriceWalk(date.fromisoformat(first), until, level, 91)


WALKS: tuple[Walks, ...] = (
    Walks(
        4,
        primary=_auctions("2021-08-18", 30),
    ),
    Walks(
        5,
        _weekly("2021-08-07", 12),  # a Saturday: the real series has weekend dates too
        _auctions("2021-09-08", 11),
    ),
    Walks(
        6,
        _weekly("2021-08-04", 28),
        _auctions("2021-08-18", 26),
    ),
    Walks(
        7,
        primary=_auctions("2017-03-22", 18, "2018-05-15"),
    ),
    Walks(
        8,
        _weekly("2021-08-02", 20000),
        _auctions("2021-08-11", 19000),
    ),
    Walks(
        11,
        primary=_auctions("2020-06-10", 24, "2022-12-07"),
    ),
    Walks(
        13,
        _weekly("2021-08-04", 45),
        _auctions("2021-08-11", 44),
    ),
    Walks(
        15,
        primary=_auctions("2021-10-05", 25),
    ),
    Walks(
        16,
        _weekly("2023-03-01", 48),
        _auctions("2023-02-28", 47),
    ),
    _pilot(18, 38, 43, date(2022, 8, 12), "2025-08-30 2025-08-31"),
    _pilot(19, 62, 43, date(2022, 6, 30)),
    _pilot(20, 96, 61, date(2022, 11, 16), "2023-09-24"),
    _pilot(21, 58, 5, date(2021, 12, 20), "2024-02-04"),
    _pilot(23, 33, 80, date(2022, 6, 14)),
    _pilot(24, 43, 6, date(2022, 7, 22)),
    _pilot(25, 36, 70, date(2021, 11, 23)),
    _pilot(26, 22, 47, None),
    Walks(
        28,
        _weekly("2021-08-02", 60, "2023-12-31"),
        _auctions("2021-12-15", 58, "2023-12-06"),
        unsold=frozenset({date(2023, 3, 15), date(2023, 6, 14), date(2023, 9, 13)}),
    ),
    Walks(
        29,
        _weekly("2024-01-03", 64),
        _auctions("2024-03-20", 64),
        unsold=frozenset({date(2024, 6, 19)}),
    ),
    Walks(
        30,
        _weekly("2023-03-03", 48),
        _auctions("2023-02-28", 47),
    ),
    Walks(
        31,
        _weekly("2021-08-06", 45),
        _auctions("2021-08-11", 44),
    ),
    Walks(
        32,
        _weekly("2021-08-06", 28),
        _auctions("2021-08-18", 26),
    ),
    Walks(
        33,
        _weekly("2018-01-03", 12, "2018-12-28"),
        _auctions("2018-01-08", 12, "2018-12-17"),
    ),
    Walks(
        34,
        _weekly("2021-08-04", 60),
        _auctions("2021-08-05", 59),
    ),
    Walks(
        35,
        _weekly("2021-08-06", 60),
        _auctions("2021-08-05", 59),
    ),
    Walks(
        37,
        primary=_auctions("2021-11-17", 55),
    ),
)


def prices_csv() -> bytes:
    """The file: system, market, date and price in the market's own currency, in that order."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("system_id", "market", "date", "price"))
    writer.writerows((NATIONAL, "secondary", day, value) for day, value in national().items())
    for walks in WALKS:
        for market, walk in (("primary", walks.primary), ("secondary", walks.secondary)):
            if walk is None:
                continue
            for day, value in walked(walk, walks.system_id * 10 + len(market), LAST_DAY).items():
                sold = Decimal(0) if day in walks.unsold else value
                writer.writerow((walks.system_id, market, day, sold))
    return NOTE.encode() + text.getvalue().encode()
