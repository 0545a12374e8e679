"""What checks look at, and their answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from schemas.trading import LAUNCH, TradingCalendar
from schemas.trading.calendar import CalendarDay
from transforms.checks import Check, CheckFinding

_AHEAD = timedelta(days=31)
"""Rows may be of days that are not due yet: of today before the evening, and of days that nobody
has announced; a day that is due lies at most a closure back."""
Answered = tuple[Check, list[CheckFinding]]
"""A check with its findings."""


@dataclass(frozen=True, slots=True)
class CheckWindow:
    """What checks look at: from which day on, up to which something is due, by which calendar."""

    since: date
    due: date
    calendar: TradingCalendar

    def days(self) -> Iterator[CalendarDay]:
        """The days of the table `trading_calendar`."""
        return self.calendar.days(LAUNCH, self.due + _AHEAD)
