"""The days off of a year that nobody has announced yet: a prediction, never a fact.

By the principle of November 2024 (notice for 2025): Spring Festival 8 days from New Year's Eve,
National Day 7 (8 together with Mid-Autumn), Labour Day 5; New Year, Qingming, Dragon Boat and
Mid-Autumn 3 days with a weekend, the day alone where it is a Wednesday. It gives the closed
weekdays of 2025 and 2026 as they were announced.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

NEW_YEAR, SPRING, QINGMING, LABOUR = "元旦", "春节", "清明节", "劳动节"
DRAGON_BOAT, MID_AUTUMN, NATIONAL = "端午节", "中秋节", "国庆节"
HOLIDAYS = (NEW_YEAR, SPRING, QINGMING, LABOUR, DRAGON_BOAT, MID_AUTUMN, NATIONAL)

_SOLAR = {NEW_YEAR: (1, 1), LABOUR: (5, 1), NATIONAL: (10, 1)}
_LUNAR = Path(__file__).with_name("lunar.csv")
_JOINED_WITH_WEEKEND = {
    0: (0, 0),
    1: (-1, 0),
    2: (0, 0),
    3: (0, 1),
    4: (0, 0),
    5: (2, 2),
    6: (1, 1),
}
"""Weekday of the holiday -> first and last weekday off, in days from it."""


@cache
def derived_closed(year: int) -> Mapping[date, str]:
    """Weekdays off in a year, with the holiday. Past 2100 only those of the solar calendar."""
    found = {day: name for day, name in _days(year) if day.year == year}
    if year < date.max.year:  # New Year on a Tuesday takes the Monday before it
        found |= {
            day: name for day, name in _short(date(year + 1, 1, 1), NEW_YEAR) if day.year == year
        }
    return {day: name for day, name in sorted(found.items()) if day.weekday() < 5}


def festival(name: str, year: int) -> date | None:
    """The day of a holiday itself; None where no table has it, or for another name."""
    if name in _SOLAR:
        return date(year, *_SOLAR[name])
    return _lunar_days().get(year, {}).get(name)


def _days(year: int) -> Iterator[tuple[date, str]]:
    yield from _short(date(year, 1, 1), NEW_YEAR)
    yield from _long(date(year, 5, 1), 5, LABOUR)
    lunar = _lunar_days().get(year)
    if lunar is None:
        yield from _long(date(year, 10, 1), 7, NATIONAL)
        return
    yield from _long(lunar[SPRING] - timedelta(days=1), 8, SPRING)
    yield from _short(lunar[QINGMING], QINGMING)
    yield from _short(lunar[DRAGON_BOAT], DRAGON_BOAT)
    moon = lunar[MID_AUTUMN]
    if date(year, 9, 30) <= moon <= date(year, 10, 8):
        yield from _long(min(moon, date(year, 10, 1)), 8, NATIONAL)
    else:
        yield from _short(moon, MID_AUTUMN)
        yield from _long(date(year, 10, 1), 7, NATIONAL)


def _long(first: date, days: int, name: str) -> Iterator[tuple[date, str]]:
    return ((first + timedelta(days=n), name) for n in range(days))


def _short(day: date, name: str) -> Iterator[tuple[date, str]]:
    first, last = _JOINED_WITH_WEEKEND[day.weekday()]
    return _long(day + timedelta(days=first), last - first + 1, name)


@cache
def _lunar_days() -> Mapping[int, Mapping[str, date]]:
    lines = [line for line in _LUNAR.read_text("utf-8").splitlines() if not line.startswith("#")]
    columns = (SPRING, QINGMING, DRAGON_BOAT, MID_AUTUMN)
    _, *rows = csv.reader(lines)
    return {
        int(year): {
            name: date.fromisoformat(f"{year}-{day}")
            for name, day in zip(columns, days, strict=True)
        }
        for year, *days in rows
    }
