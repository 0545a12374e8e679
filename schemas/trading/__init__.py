"""The national market's trading calendar: announced days as data, rules for the others."""

from schemas.trading.calendar import (
    BASES,
    LAUNCH,
    MARKET,
    PUBLISHED_BY_HOUR,
    CalendarDay,
    TradingCalendar,
    shipped,
)

__all__ = [
    "BASES",
    "LAUNCH",
    "MARKET",
    "PUBLISHED_BY_HOUR",
    "CalendarDay",
    "TradingCalendar",
    "shipped",
]
