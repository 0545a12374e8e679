"""Dates as the Hong Kong exchange prints them, in English and both Chinese scripts.

Parsed without the machine's locale. Chinese months are matched longest first: 十二月 is not
十月 with something behind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from transforms.model import Refused
from transforms.text.months import MONTHS
from transforms.text.numbers import day

_MONTHS_ZH = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_MONTH_OF = (
    {name.lower(): n for n, name in enumerate(MONTHS, 1)}
    | {name[:3].lower(): n for n, name in enumerate(MONTHS, 1)}
    | {"sept": 9}
    | {f"{name}月": n for n, name in enumerate(_MONTHS_ZH, 1)}
    | {f"{n}月": n for n in range(1, 13)}
)
_EN = "|".join(sorted((m for m in _MONTH_OF if m.isascii()), key=len, reverse=True))
_ZH = "|".join(sorted((m for m in _MONTH_OF if not m[0].isascii()), key=len, reverse=True))
_ANY_MONTH = rf"(?:{_EN})\b\.?|(?:{_ZH})|1[0-2]月|0?[1-9]月"

_DAY_FIRST = re.compile(rf"(\d{{1,2}})\s+({_ANY_MONTH})\s*,?\s*(\d{{4}})", re.IGNORECASE | re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_MONTH_YEAR = re.compile(rf"({_ANY_MONTH})\s*,?\s*(\d{{4}})", re.IGNORECASE | re.ASCII)

DATE_EN = rf"\d{{1,2}}\s+(?:{_EN})\b\s*,?\s*\d{{4}}"
DATE_ZH = r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
_IN_PROSE = re.compile(rf"{DATE_EN}|{DATE_ZH}", re.IGNORECASE | re.ASCII)
_RANGE_EN = re.compile(
    rf"(\d{{1,2}})\s+({_EN})(?:\s+(\d{{4}}))?\s*(?:to|until|and|-|–|—)\s*"
    rf"(\d{{1,2}}\s+(?:{_EN})\s+\d{{4}})",
    re.IGNORECASE | re.ASCII,
)
_RANGE_ZH = re.compile(
    r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日\s*(?:至|到|-|–|—|~)\s*"
    r"(?:(\d{4})\s*年\s*)?(\d{1,2})\s*月\s*(\d{1,2})\s*日"
)
_AS_AT = re.compile(
    rf"(?:\bas (?:at|of)\s+|\b(?:by|up to|until)\s+|截至\s*)({DATE_EN}|{DATE_ZH})",
    re.IGNORECASE | re.ASCII,
)
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS_ZH = "一二三四五六日"
_TODAY = re.compile(
    rf"\btoday\s*\(\s*({'|'.join(_WEEKDAYS_EN)})\s*\)"
    rf"|(?:今日|今天)\s*\(\s*(?:星期|週|周)([{_WEEKDAYS_ZH}天])\s*\)",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Span:
    """A range of days that a sentence speaks of; `start` is None where only its end is said."""

    start: date | None
    end: date


def page_day(printed: str) -> date:
    """A whole date of a page: `18 Dec 2024`, `18 十二月 2024`, `2024年12月18日`.

    Raises `Refused("bad_date")`.
    """
    text = printed.strip()
    if found := _YEAR_FIRST.fullmatch(text):
        return day(*found.groups())
    if found := _DAY_FIRST.fullmatch(text):
        return day(found[3], _month(found[2]), found[1])
    raise Refused("bad_date", printed, "not a date like 18 Dec 2024 or 2024年12月18日")


def list_day(day_of_month: str, month_year: str) -> date:
    """A date of a list, from its two nodes: `18` and `Jun 2026`, `八月 2025` or `8月 2025`.

    Raises `Refused("bad_date")`.
    """
    found = _MONTH_YEAR.fullmatch(month_year.strip())
    number = day_of_month.strip()
    if not found or not re.fullmatch(r"[0-9]{1,2}", number):
        raise Refused("bad_date", f"{day_of_month} {month_year}", "not a day, a month and a year")
    return day(found[2], _month(found[1]), number)


def _month(printed: str) -> int:
    text = re.sub(r"\s+", "", printed).rstrip(".").lower()
    return _MONTH_OF.get(text) or _MONTH_OF[text.lstrip("0")]


def dates_in(text: str) -> list[tuple[int, int, date]]:
    """Every whole date in prose: where it begins and ends, and the day."""
    return [(m.start(), m.end(), page_day(m[0])) for m in _IN_PROSE.finditer(text)]


def span_in(text: str) -> Span | None:
    """The range of days (`28 October to 24 November 2022`), or the day up to which
    something was counted (`as at ...`, 截至...), that a sentence names; None if neither."""
    if found := _RANGE_EN.search(text):
        end = page_day(found[4])
        year = int(found[3]) if found[3] else end.year
        return Span(day(year, _month(found[2]), found[1]), end)
    if found := _RANGE_ZH.search(text):
        start = day(*found.groups()[:3])
        return Span(start, day(found[4] or found[1], found[5], found[6]))
    if found := _AS_AT.search(text):
        return Span(None, page_day(found[1]))
    return None


def weekday_of_today(text: str) -> int | None:
    """The weekday (Monday is 0) that the text says today is; None where it says none."""
    found = _TODAY.search(text)
    if not found:
        return None
    if found[1]:
        return _WEEKDAYS_EN.index(found[1].capitalize())
    return _WEEKDAYS_ZH.index(found[2].replace("天", "日"))


def says_today(text: str) -> bool:
    """Whether the text speaks of today."""
    return re.search(r"\btoday\b|今日|今天", text, re.IGNORECASE | re.ASCII) is not None
