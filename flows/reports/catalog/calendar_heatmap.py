"""Calendars of small squares: one a day, a strip a year, each with the same told in words.

A strip is an SVG whose columns are weeks and whose rows are weekdays. Days of one state
are one path, so that years of days stay small; what a reader must be able to point at
(a missing day) is a square of its own with its date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_STEP, _SIDE = 11, 9
"""Distance and size of squares, in units of the drawing."""


@dataclass(frozen=True, slots=True)
class DayState:
    """What a square may say: `name` is its class on the page, `says` its legend.

    A `pointed` one is drawn square by square, with its date to point at.
    """

    name: str
    says: str
    pointed: bool = False


@dataclass(frozen=True, slots=True)
class Square:
    """A square of its own: where it lies and what it says."""

    x: int
    y: int
    state: str
    title: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A year: paths by state, squares of their own, and in words what they show."""

    year: int
    width: int
    height: int
    paths: Mapping[str, str]
    pointed: tuple[Square, ...]
    label: str
    months: tuple[str, ...]
    listed: tuple[str, ...]


def strips(
    days: Mapping[date, DayState],
    months: Callable[[int, int], str],
    details: Mapping[date, str] | None = None,
) -> list[Strip]:
    """A strip for each year that has days, the newest first.

    `months` says a month (year, number) in a cell of the text alternative; `details` is
    what a pointed day says beside its date and state.
    """
    told = details or {}
    years: dict[int, dict[date, DayState]] = {}
    for day, state in sorted(days.items()):
        years.setdefault(day.year, {})[day] = state
    return [_strip(year, held, months, told) for year, held in sorted(years.items(), reverse=True)]


def _strip(
    year: int,
    days: Mapping[date, DayState],
    months: Callable[[int, int], str],
    details: Mapping[date, str],
) -> Strip:
    rows = 7 if any(day.weekday() > 4 for day in days) else 5
    first = date(year, 1, 1)
    monday = first - timedelta(days=first.weekday())
    paths: dict[str, list[str]] = {}
    pointed = []
    for day, state in days.items():
        x, y = (day - monday).days // 7 * _STEP + 1, day.weekday() * _STEP + 1
        if state.pointed:
            more = f", {details[day]}" if day in details else ""
            pointed.append(Square(x, y, state.name, f"{day}: {state.says}{more}"))
        else:
            paths.setdefault(state.name, []).append(f"M{x} {y}h{_SIDE}v{_SIDE}h-{_SIDE}z")
    counts = Counter(state.says for state in days.values())
    return Strip(
        year,
        54 * _STEP,
        rows * _STEP,
        {name: "".join(parts) for name, parts in paths.items()},
        tuple(pointed),
        f"{year}: " + ", ".join(f"{count:,} {says}" for says, count in counts.items()),
        tuple(months(year, month) for month in range(1, 13)),
        tuple(square.title for square in pointed),
    )
