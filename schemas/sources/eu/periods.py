"""The quarters that CBAM certificate prices are of, and when each price is due.

Source: Implementing Regulation (EU) 2025/2548 and the Commission's schedule of publication.
"""

from __future__ import annotations

from datetime import date, timedelta

from schemas.sources.fx.target import is_working_day

FIRST_QUARTER = date(2026, 1, 1)
"""The first day of the first quarter that has a price."""


def quarter(year: int, number: int) -> tuple[date, date]:
    """The first and the last day of a quarter (1 to 4)."""
    begins = date(year, 3 * number - 2, 1)
    following = date(year + number // 4, 3 * number % 12 + 1, 1)
    return begins, following - timedelta(days=1)


def due_on(period_end: date) -> date:
    """When the price of a quarter is due: the first working day of the second calendar week
    after it. The week that the next quarter begins in is the first."""
    following = period_end + timedelta(days=1)
    day = following + timedelta(days=7 - following.weekday())
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
