"""The closing days of TARGET, the euro's payment system: since 2002 the same six each year.

Source: the European Central Bank's long-term calendar, decided on 14 December 2000.
"""

from __future__ import annotations

from datetime import date, timedelta


def closing_days(year: int) -> tuple[date, ...]:
    """New Year's Day, Good Friday, Easter Monday, 1 May, 25 and 26 December."""
    easter = _easter(year)
    return (
        date(year, 1, 1),
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        date(year, 5, 1),
        date(year, 12, 25),
        date(year, 12, 26),
    )


def is_working_day(day: date) -> bool:
    """Whether reference rates are set on the day."""
    return day.weekday() < 5 and day not in closing_days(day.year)


def _easter(year: int) -> date:
    """Easter Sunday, by the anonymous Gregorian rule of 1876 (Nature, vol. 13, p. 487)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leaps, skipped = century // 4, (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - skipped + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
