"""Dates as only the Hong Kong exchange prints them: in two nodes of a list, and as today.

Whole dates and ranges in its prose are those of `transforms.text.prose_dates`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from transforms.model import Refused
from transforms.text.dates import day, month_number
from transforms.text.figures import FigureKind, Stated, en, zh
from transforms.text.frames.periods import Dates, Settled
from transforms.text.plain import PlainText, without_blanks
from transforms.text.prose_dates import ANY_MONTH, DaySpan, span_in

_MONTH_YEAR = re.compile(rf"({ANY_MONTH})\s*,?\s*(\d{{4}})", re.IGNORECASE | re.ASCII)
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAY_OF_TODAY = re.compile(
    rf"\btoday\s*\(\s*({'|'.join(_WEEKDAYS_EN)})\s*\)"
    rf"|(?:今日|今天)\s*\(\s*(?:星期|週|周)([{_WEEKDAYS_ZH}天])\s*\)",
    re.IGNORECASE | re.ASCII,
)
_YESTERDAY = re.compile(r"\byesterday\b|昨日|昨天", re.IGNORECASE)
_SOME_DAY = re.compile(
    r"\b(?:earlier (?:this|in the) (?:week|month|year)|(?:last|past) (?:week|month|year)|recently"
    r"|the other day|days ago|weeks ago)\b|本[周週]|上[周週月]|近日|日前|月初|周初|週初",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"(?i)(?:\b(?:since|after|from|launched|launch|founded|opened|before|until next|due|by)\b"
    r"[^,;.]{0,24}|[自從从由][^,，。;；]{0,12})$"
)
_UP_TO = re.compile(r"(?i)\b(?:through|as (?:at|of)|up to|until)(?: the)? ?$|截[至止]到?$")
_LAUNCHED = re.compile(r"^[^,，。;；]{0,4}(?:推出|啟用|启用|成立|開業|开业|起)|^ ?以[來来]")
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


@dataclass(frozen=True, slots=True)
class Dated:
    """A day or period of a sentence without its year, and the words around it."""

    words: str
    before: str
    behind: str
    stated: Stated
    settled: Settled | None

    @property
    def is_since(self) -> bool:
        """Whether it is one since which something is so, or by which it will be."""
        return bool(_SINCE.search(self.before)) or bool(_LAUNCHED.match(self.behind))


def dated_in(sentence: PlainText, language: str, published_on: date) -> Iterator[Dated]:
    """Every day and period that a sentence names, its year that of the latest before publication
    where none is said."""
    text = sentence if language == "en" else without_blanks(sentence.printed)
    dates = Dates(published_on)
    for figure in (en if language == "en" else zh).scan(text.plain):
        if figure.kind is not FigureKind.DATE or figure.stated is None:
            continue
        try:
            settled = dates.settle(figure.stated)
        except Refused:
            settled = None
        before, behind = text.plain[: figure.start], text.plain[figure.end :]
        words = text.quote(figure.start, figure.end)
        yield Dated(words, before, behind, figure.stated, settled)


def day_told(sentence: PlainText, language: str, published_on: date) -> tuple[date, str] | None:
    """The day on which a sentence without whole dates says that something happened, and its words:
    yesterday, or the one day without a year. None where it says none.

    Raises `Refused("unclear_date")` for several days, and for one that is not told ("last week").
    """
    if found := _YESTERDAY.search(sentence.plain):
        return published_on - timedelta(days=1), sentence.printed[found.start() : found.end()]
    days = {
        each.settled.day: each.words
        for each in dated_in(sentence, language, published_on)
        if each.stated.form == "day" and not each.is_since and each.settled and each.settled.day
    }
    if len(days) > 1:
        raise Refused("unclear_date", sentence.printed, "several days, and none is today")
    if not days and _SOME_DAY.search(sentence.plain):
        raise Refused("unclear_date", sentence.printed, "a day of which only about when is told")
    return next(((day, words) for day, words in days.items() if day), None)


def span_told(sentence: PlainText, language: str, published_on: date) -> DaySpan | None:
    """The days that a sentence's figures are of: a range, or the day counted up to, with its year
    or without; None where it names none."""
    try:
        if span := span_in(sentence.plain):
            return span
    except Refused:
        return None
    for each in dated_in(sentence, language, published_on):
        if each.settled is None or each.settled.day is None:
            continue
        if each.stated.form == "span" and each.stated.month:
            start, _, _ = each.settled.label.partition("/")
            return DaySpan(date.fromisoformat(start), each.settled.day)
        is_end = each.stated.is_end or _UP_TO.search(each.before)
        if is_end and each.settled.day <= published_on:
            return DaySpan(None, each.settled.day)
    return None


def of_another_time(clause: Iterator[Dated]) -> str:
    """The words of a year, quarter or month that a figure's clause is about; empty for none."""
    forms = ("year", "month", "quarter", "half", "fiscal")
    return next(
        (
            c.words
            for c in clause
            if c.stated.form in forms and not c.is_since and not c.stated.is_end
        ),
        "",
    )
