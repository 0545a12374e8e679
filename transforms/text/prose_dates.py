"""Dates in prose, English and both Chinese scripts: whole dates, ranges, days counted up to.

The patterns take dates loosely, the blanks of a page that was broken anywhere in them; what
they find is read strictly, and refused if it is no day of the calendar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from transforms.model import Refused
from transforms.text.dates import CHINESE_MONTHS, MONTHS, SHORT_MONTHS, day, month_number
from transforms.text.matching import one_of

FULL_MONTH = one_of(MONTHS)
MONTH = one_of((*MONTHS, *SHORT_MONTHS))
ANY_MONTH = rf"(?:{MONTH})\b\.?|(?:{one_of(CHINESE_MONTHS)})|1[0-2]月|0?[1-9]月"
"""A month as the heads of bilingual pages have it: `Dec`, `Sept.`, `十二月`, `08月`."""
DATE_EN = rf"\d{{1,2}}\s+(?:{MONTH})\b\s*,?\s*\d{{4}}"
DATE_ZH = r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"

YEAR_FIRST = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
"""A Chinese date: its groups are what `day` takes."""
_DAY_FIRST = re.compile(rf"(\d{{1,2}})\s+({ANY_MONTH})\s*,?\s*(\d{{4}})", re.IGNORECASE | re.ASCII)
_IN_PROSE = re.compile(rf"{DATE_EN}|{DATE_ZH}", re.IGNORECASE | re.ASCII)
_RANGE_EN = re.compile(
    rf"(\d{{1,2}})\s+({MONTH})(?:\s+(\d{{4}}))?\s*(?:to|until|and|-|–|—)\s*"
    rf"(\d{{1,2}}\s+(?:{MONTH})\s+\d{{4}})",
    re.IGNORECASE | re.ASCII,
)
_RANGE_ZH = re.compile(
    rf"{YEAR_FIRST.pattern}\s*(?:至|到|-|–|—|~)\s*"
    r"(?:(\d{4})\s*年\s*)?(\d{1,2})\s*月\s*(\d{1,2})\s*日"
)
_AS_AT = re.compile(
    rf"(?:\bas (?:at|of)\s+|\b(?:by|up to|until)\s+|截至\s*)({DATE_EN}|{DATE_ZH})",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class DaySpan:
    """A range of days that a sentence speaks of; `start` is None where only its end is said."""

    start: date | None
    end: date


def whole_day(printed: str) -> date:
    """A date with its year and nothing else: `18 Dec 2024`, `18 十二月 2024`, `2024年12月18日`.

    Raises `Refused("bad_date")`.
    """
    text = printed.strip()
    if found := YEAR_FIRST.fullmatch(text):
        return day(*found.groups())
    if found := _DAY_FIRST.fullmatch(text):
        return day(found[3], month_number(found[2]), found[1])
    raise Refused("bad_date", printed, "not a date like 18 Dec 2024 or 2024年12月18日")


def dates_in(text: str) -> list[tuple[int, int, date]]:
    """Every whole date in prose: where it begins and ends, and the day.

    Raises `Refused("bad_date")`.
    """
    return [(m.start(), m.end(), whole_day(m[0])) for m in _IN_PROSE.finditer(text)]


def span_in(text: str) -> DaySpan | None:
    """The range of days (`28 October to 24 November 2022`), or the day up to which
    something was counted (`as at ...`, 截至...), that a sentence names; None if neither.

    Raises `Refused("bad_date")`.
    """
    if found := _RANGE_EN.search(text):
        end = whole_day(found[4])
        year = int(found[3]) if found[3] else end.year
        return DaySpan(day(year, month_number(found[2]), found[1]), end)
    if found := _RANGE_ZH.search(text):
        start = day(*found.groups()[:3])
        return DaySpan(start, day(found[4] or found[1], found[5], found[6]))
    if found := _AS_AT.search(text):
        return DaySpan(None, whole_day(found[1]))
    return None
