"""Strict days and months: what is printed is a day of the calendar, or `Refused`.

Months have their names here, whatever the machine's locale (which `calendar` follows), in
English, in full and short, and in Chinese.
"""

from __future__ import annotations

import calendar
import re
from datetime import date

from transforms.model import Refused

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
SHORT_MONTHS = (*(name[:3] for name in MONTHS), "Sept")
CHINESE_MONTHS = tuple(f"{n}月" for n in (*"一二三四五六七八九十", "十一", "十二"))
_NUMBERS = {name.lower(): n for n, name in enumerate(MONTHS, 1)}
_NUMBERS |= {name[:3]: n for name, n in _NUMBERS.items()} | {"sept": 9}
_NUMBERS |= {name: n for n, name in enumerate(CHINESE_MONTHS, 1)}
_NUMBERS |= {f"{n}月": n for n in range(1, 13)}
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def day(year: str | int, month: str | int, day_of_month: str | int) -> date:
    """A date of the calendar. Raises `Refused("bad_date")`."""
    try:
        return date(int(year), int(month), int(day_of_month))
    except ValueError as error:
        printed = f"{year}-{month}-{day_of_month}"
        raise Refused("bad_date", printed, f"no such day: {error}") from error


def last_day(year: int, month: str | int) -> date:
    """The last day of a month. Raises `Refused("bad_date")`."""
    number = int(month)
    if not 1 <= number <= 12:
        raise Refused("bad_date", f"{year}-{month}", "no such month")
    return day(year, number, calendar.monthrange(year, number)[1])


def month_number(name: str) -> int:
    """1 to 12 for a month's name: `June`, `jun.`, `六月`, `6月`, `06 月`.

    Raises `Refused("bad_date")`.
    """
    text = re.sub(r"\s+", "", name).rstrip(".").lower()
    number = _NUMBERS.get(text) or _NUMBERS.get(text.lstrip("0"))
    if number is None:
        raise Refused("bad_date", name, "no name of a month")
    return number


def iso_day(printed: str) -> date:
    """A date printed `YYYY-MM-DD`. Raises `Refused("bad_date")`."""
    return _matched_day(_ISO, printed, "YYYY-MM-DD")


def compact_day(printed: str) -> date:
    """A date printed `YYYYMMDD`. Raises `Refused("bad_date")`."""
    return _matched_day(_COMPACT, printed, "YYYYMMDD")


def _matched_day(form: re.Pattern[str], printed: str, shape: str) -> date:
    match = form.fullmatch(printed)
    if not match:
        raise Refused("bad_date", printed, f"not of the form {shape}")
    return day(*match.groups())
