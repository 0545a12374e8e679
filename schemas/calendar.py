"""The national market's trading calendar.

Trading days are the weekdays that are not closed days; adjusted working weekends
are never trading days. The exchange announces the closed days of a year in the
December before; they can't be computed. Source: closing notices of the Shanghai
Environment and Energy Exchange, https://www.cneeex.com/ , and its `holidays.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

LAUNCH = date(2021, 7, 16)
PUBLISHED_BY_HOUR = 18
"""Figures of a trading day are out by then, Asia/Shanghai (the exchange's own cadence)."""

_CLOSED = {
    2021: "09-20 09-21 10-01 10-04 10-05 10-06 10-07",
    2022: "01-03 01-31 02-01 02-02 02-03 02-04 04-04 04-05 05-02 05-03 05-04 06-03 09-12 "
    "10-03 10-04 10-05 10-06 10-07",
    2023: "01-02 01-23 01-24 01-25 01-26 01-27 04-05 05-01 05-02 05-03 06-22 06-23 09-29 "
    "10-02 10-03 10-04 10-05 10-06",
    # 02-09 was no statutory holiday: the exchange alone was closed.
    2024: "01-01 02-09 02-12 02-13 02-14 02-15 02-16 04-04 04-05 05-01 05-02 05-03 06-10 "
    "09-16 09-17 10-01 10-02 10-03 10-04 10-07",
    2025: "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 "
    "10-01 10-02 10-03 10-06 10-07 10-08",
    2026: "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 "
    "09-25 10-01 10-02 10-05 10-06 10-07",
}
"""Closed weekdays by year, MM-DD. October 2026 is expected, not confirmed."""

CLOSED_DAYS = frozenset(
    date.fromisoformat(f"{year}-{day}") for year, days in _CLOSED.items() for day in days.split()
)
LAST_DAY = date(max(_CLOSED), 12, 31)
"""The calendar runs out here: past it nobody knows the closed days yet."""


class CalendarRanOut(LookupError):
    """A date for which the exchange's closed days are not known."""


def is_trading_day(day: date) -> bool:
    """Whether the national market was, or will be, open on the day.

    Raises `CalendarRanOut` past `LAST_DAY`. Days before the launch are closed.
    """
    if day > LAST_DAY:
        raise CalendarRanOut(f"{day}: closed days are known to {LAST_DAY} only")
    return day >= LAUNCH and day.weekday() < 5 and day not in CLOSED_DAYS


def trading_days(first: date, last: date) -> Iterator[date]:
    """The trading days of a range, both ends included, ascending."""
    day = max(first, LAUNCH)
    while day <= last:
        if is_trading_day(day):
            yield day
        day += timedelta(days=1)
