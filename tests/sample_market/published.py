"""What the exchange has published and the simulated market must add up to: months, years, days.

Source: Shanghai Environment and Energy Exchange, published aggregates. Money is
held in fen (1/100 yuan), prices in fen per tonne, so that all sums are integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from extractors.sample.days import FIRST_DAY
from extractors.sample.sites.seee import LAST_DAY
from extractors.sample.sites.seee.figures import COMPOSITE_FROM, rows_of
from extractors.sample.sites.seee.json_files import closed_days

AUCTION_FROM = date(2025, 7, 16)

LAUNCH_OPEN = 4800
LAUNCH_CLOSE = 5123

LISTINGS: dict[str, date] = {
    "CEA": FIRST_DAY,
    "CEA21": COMPOSITE_FROM,
    "CEA22": COMPOSITE_FROM,
    "CEA23": date(2024, 10, 28),
    "CEA24": date(2025, 4, 29),
}
"""First trading day of each vintage; `CEA` is the vintage of 2019-2020."""


def _dates(text: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in text.split())


NO_TRADE_DAYS = _dates(
    "2025-01-14 2025-01-16 2025-01-27 2025-02-05 2025-02-07 2025-02-10 2025-02-17 "
    "2025-03-07 2025-03-18 2025-03-19"
)
# 01-22 and 02-11 are known; the other two stand for days whose dates are not, one
# of them late enough to have the wording of a day without listed trade and auction.
NO_LISTED_DAYS = _dates("2025-01-20 2025-01-22 2025-02-11 2025-08-04")
AUCTION_DAYS = _dates("2025-07-16 2025-08-28 2025-09-05 2025-10-30 2025-11-04")
CLOSE_OUTSIDE_RANGE_DAYS = _dates("2023-10-23 2023-12-05 2023-12-06 2024-06-25 2024-07-15")
COMPOSITE_HOLES = _dates("2023-08-30")
"""Days that the composite file of the real site lacks."""


@dataclass(frozen=True, slots=True)
class Month:
    """Published totals of a month: tonnes, fen, fen per tonne. Prices are listed prices."""

    year: int
    month: int
    high: int | None
    low: int | None
    close: int | None
    listed_volume: int
    listed_turnover: int
    block_volume: int
    block_turnover: int
    total_volume: int
    total_turnover: int

    @property
    def auction_volume(self) -> int:
        return self.total_volume - self.listed_volume - self.block_volume

    @property
    def auction_turnover(self) -> int:
        return self.total_turnover - self.listed_turnover - self.block_turnover

    @property
    def listed_average(self) -> int:
        """Listed turnover over volume, fen per tonne, rounded down."""
        return self.listed_turnover // self.listed_volume


@dataclass(frozen=True, slots=True)
class Year:
    """Published close, range of closes and totals of a year: fen per tonne, tonnes, fen."""

    year: int
    close: int
    lowest_close: int | None
    highest_close: int | None
    total_volume: int
    total_turnover: int
    trading_days: int


def fen(text: str) -> int:
    """`12.34` as 1234. Raises ValueError where there is more than a fen's precision."""
    value = Decimal(text) * 100
    if value != int(value):
        raise ValueError(f"{text!r} has more than two decimals")
    return int(value)


def _optional_fen(text: str) -> int | None:
    return fen(text) if text else None


@cache
def published_months() -> tuple[Month, ...]:
    """The published months, 2021-07 to 2025-12."""
    return tuple(
        Month(
            year=int(row["month"][:4]),
            month=int(row["month"][5:]),
            high=_optional_fen(row["high_cny_per_t"]),
            low=_optional_fen(row["low_cny_per_t"]),
            close=_optional_fen(row["close_cny_per_t"]),
            listed_volume=int(row["listed_volume_t"]),
            listed_turnover=fen(row["listed_turnover_cny"]),
            block_volume=int(row["block_volume_t"]),
            block_turnover=fen(row["block_turnover_cny"]),
            total_volume=int(row["total_volume_t"]),
            total_turnover=fen(row["total_turnover_cny"]),
        )
        for row in rows_of("monthly.csv")
    )


@cache
def published_years() -> dict[int, Year]:
    """The published years, 2021 to 2025."""
    years = (
        Year(
            year=int(row["year"]),
            close=fen(row["close_cny_per_t"]),
            lowest_close=_optional_fen(row["lowest_close_cny_per_t"]),
            highest_close=_optional_fen(row["highest_close_cny_per_t"]),
            total_volume=int(row["total_volume_t"]),
            total_turnover=fen(row["total_turnover_cny"]),
            trading_days=int(row["trading_days"]),
        )
        for row in rows_of("yearly.csv")
    )
    return {year.year: year for year in years}


@cache
def trading_days() -> tuple[date, ...]:
    """The trading days of the sample, 2021-07-16 to 2025-12-31, ascending."""
    closed = frozenset(closed_days())
    span = (LAST_DAY - FIRST_DAY).days + 1
    every = (FIRST_DAY + timedelta(days=n) for n in range(span))
    return tuple(day for day in every if day.weekday() < 5 and day not in closed)


def vintages_on(day: date) -> tuple[str, ...]:
    """The vintages listed on the day, oldest first."""
    return tuple(name for name, listed in LISTINGS.items() if listed <= day)
