"""Dates as only the Hong Kong exchange prints them: in two nodes of a list, and as today.

Whole dates and ranges in its prose are those of `transforms.text.prose_dates`.
"""

from __future__ import annotations

import re
from datetime import date

from transforms.model import Refused
from transforms.text.dates import day, month_number
from transforms.text.prose_dates import ANY_MONTH

_MONTH_YEAR = re.compile(rf"({ANY_MONTH})\s*,?\s*(\d{{4}})", re.IGNORECASE | re.ASCII)
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAY_OF_TODAY = re.compile(
    rf"\btoday\s*\(\s*({'|'.join(_WEEKDAYS_EN)})\s*\)"
    rf"|(?:今日|今天)\s*\(\s*(?:星期|週|周)([{_WEEKDAYS_ZH}天])\s*\)",
    re.IGNORECASE | re.ASCII,
)
_TODAY = re.compile(r"\btoday\b|今日|今天", re.IGNORECASE | re.ASCII)


def list_day(day_of_month: str, month_year: str) -> date:
    """A date of a list, from its two nodes: `18` and `Jun 2026`, `八月 2025` or `8月 2025`.

    Raises `Refused("bad_date")`.
    """
    found = _MONTH_YEAR.fullmatch(month_year.strip())
    number = day_of_month.strip()
    if not found or not re.fullmatch(r"[0-9]{1,2}", number):
        raise Refused("bad_date", f"{day_of_month} {month_year}", "not a day, a month and a year")
    return day(found[2], month_number(found[1]), number)


def weekday_of_today(text: str) -> int | None:
    """The weekday (Monday is 0) that the text says today is; None where it says none."""
    found = _WEEKDAY_OF_TODAY.search(text)
    if not found:
        return None
    if found[1]:
        return _WEEKDAYS_EN.index(found[1].capitalize())
    return _WEEKDAYS_ZH.index(found[2].replace("天", "日"))


def says_today(text: str) -> bool:
    """Whether the text speaks of today."""
    return _TODAY.search(text) is not None
