"""The dates of a line of a notice: found first, so that clauses can be read around them.

`1月1日（周四）至3日（周六）` becomes `@至@` with two days. A day without a month is of the month
before it, a date without a year of the notice's; December in the line on New Year is of the year
before. What brackets say of weekdays is checked, what they say beside it (the lunar date) is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from transforms.model import Refused
from transforms.text.dates import day

PLACE = "@"
_DATE = re.compile(
    r"(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日"
    r"(?:\((?P<said>[^()]*)\))?"
)
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_WEEKDAYS = {name: number for number, name in enumerate("一二三四五六日")} | {"天": 6}
_PLAIN = str.maketrans("（）〔〕－—–~～〜：；，", "()()------:;,")
_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
MOST_DAYS = 20
"""No holiday has had more days off."""


@dataclass(frozen=True, slots=True)
class DatedText:
    """A line whose dates are taken out: `text` has a `@` for each of `days`."""

    text: str
    days: tuple[date, ...]
    printed: str


def plain(printed: str) -> str:
    """The line without blanks, with one form of brackets, dashes and commas."""
    return _BLANKS.sub("", printed).translate(_PLAIN)


def take_dates(printed: str, year: int, *, is_new_year: bool) -> DatedText:
    """The line with its dates taken out.

    Raises `Refused`: `bad_date`, `month_unknown`, `wrong_weekday`.
    """
    days: list[date] = []
    text, rest = plain(printed), ""
    position, month = 0, 0
    for found in _DATE.finditer(text):
        rest += text[position : found.start()] + PLACE
        position = found.end()
        month = int(found["month"] or month)
        if not month:
            raise Refused("month_unknown", found[0], "a day before any month was named")
        before = is_new_year and month == 12
        stated = int(found["year"] or year - before)
        on = day(stated, month, found["day"])
        _check_weekday(on, found)
        days.append(on)
    return DatedText(rest + text[position:], tuple(days), printed)


def _check_weekday(on: date, found: re.Match[str]) -> None:
    said = _WEEKDAY.findall(found["said"] or "")
    if any(_WEEKDAYS[name] != on.weekday() for name in said):
        real = "一二三四五六日"[on.weekday()]
        raise Refused("wrong_weekday", found[0], f"{on} is 星期{real}")


def span(first: date, last: date, printed: str) -> list[date]:
    """The days of a range. Raises `Refused("bad_range")`."""
    length = (last - first).days + 1
    if not 1 <= length <= MOST_DAYS:
        raise Refused("bad_range", printed, f"{first} to {last}: {length} days")
    return [first + timedelta(days=n) for n in range(length)]
