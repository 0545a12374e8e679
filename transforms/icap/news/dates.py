"""Dates in ICAP's English: of publication, of the event, of an update; kept apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from transforms.model import Refused
from transforms.text.dates import day, iso_day, month_number
from transforms.text.prose_dates import FULL_MONTH, MONTH

DAY_MONTH_YEAR = rf"\d{{1,2}} (?:{FULL_MONTH}) \d{{4}}"
MONTH_DAY_YEAR = rf"(?:{FULL_MONTH}) \d{{1,2}}, \d{{4}}"
_DMY = re.compile(rf"(\d{{1,2}}) ({MONTH})\.? (\d{{4}})")
_MDY = re.compile(rf"({MONTH})\.? (\d{{1,2}}), (\d{{4}})")
_MONTH_YEAR = re.compile(rf"({FULL_MONTH}) (\d{{4}})")
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_EVENT = re.compile(
    rf"^(?:Today,? )?(?:[Oo]n|[Ii]n) (?:the )?(?:{_WEEKDAY},? )?"
    rf"(?:({DAY_MONTH_YEAR}|{MONTH_DAY_YEAR})"
    rf"|(?:early |late |mid-?|the (?:beginning|middle|end) of )?((?:{FULL_MONTH}) \d{{4}})"
    rf"|(\d{{1,2}} (?:{FULL_MONTH})(?! \d)))\b"
)
_DATELINE = re.compile(rf"^({DAY_MONTH_YEAR}|{MONTH_DAY_YEAR}) ?(?:-|:)")
_ON = re.compile(rf"\b[Oo]n (?:{_WEEKDAY},? )?({DAY_MONTH_YEAR}|{MONTH_DAY_YEAR})")
_NO_EVENT = re.compile(
    r"(?i)\b(?:will|would|shall|should|may|due|deadline|until|effect|into force|scheduled|expected"
    r"|planned|previous(?:ly)?|earlier|after|before|following|since|article)\b"
)
_OPENING = re.compile(r"(?:Following|After|Before|Since) [^,]{3,120}, ")
"""What came before the event, told first."""
_AN_EXAMPLE = re.compile(r"(?:For (?:example|instance)|Previously|Earlier|Meanwhile)\b")
_UPDATED = re.compile(rf"article was (?:last )?updated on ({DAY_MONTH_YEAR}|{MONTH_DAY_YEAR})")
_ORIGINAL = re.compile(
    rf"original article was published on ({DAY_MONTH_YEAR}|{MONTH_DAY_YEAR})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class EventDate:
    """When the first sentence says that it happened: `on` only where it names day and year."""

    printed: str = ""
    precision: str = ""
    on: date | None = None


def published_on(printed: str) -> date | None:
    """The day of a `<time>`: ISO with or without a time, or one of three English forms.

    Empty is None. Raises `Refused("bad_date")` for anything else.
    """
    if not printed:
        return None
    if re.match(r"\d{4}-\d\d-\d\d(?:T|$)", printed):
        return iso_day(printed[:10])
    return english_day(printed)


def english_day(printed: str) -> date:
    """`3 September 2026`, `September 3, 2026` or `Sep 03, 2026`. Raises `Refused`."""
    text = printed.strip()
    if found := _DMY.fullmatch(text):
        return day(found[3], month_number(found[2]), found[1])
    if found := _MDY.fullmatch(text):
        return day(found[3], month_number(found[1]), found[2])
    raise Refused("bad_date", printed, "no form of date that this site uses")


def event_of(first: Sequence[str]) -> EventDate:
    """The event's date as the first sentence of a text opens with it, else the one day that a
    sentence of its first paragraph names for what happened. A day without a year stays without:
    which year is meant is for nobody to guess."""
    if dated := _DATELINE.match(first[0]):
        return EventDate(dated[1], "day", english_day(dated[1]))
    found = _EVENT.match(first[0])
    if not found:
        return next((one for one in map(_event_in, first) if one.on), EventDate())
    if found[1]:
        return EventDate(found[1], "day", english_day(found[1]))
    return EventDate(found[2], "month") if found[2] else EventDate(found[3], "no_year")


def _event_in(sentence: str) -> EventDate:
    """The one day in a sentence on which something happened; what is to come is no event."""
    days = {found[1]: found.start() for found in _ON.finditer(sentence)}
    if len(days) != 1 or _AN_EXAMPLE.match(sentence):
        return EventDate()
    ((printed, place),) = days.items()
    opening = _OPENING.match(sentence[:place])
    if _NO_EVENT.search(sentence, opening.end() if opening else 0, place):
        return EventDate()
    return EventDate(printed, "day", english_day(printed))


def month_of(printed: str) -> str:
    """`February 2016` as 2016-02; empty for what is no month of a year."""
    found = _MONTH_YEAR.fullmatch(printed)
    return f"{found[2]}-{month_number(found[1]):02}" if found else ""


def noted(text: str) -> tuple[date | None, date | None]:
    """The days of "was updated on" and "was originally published on", where there are any."""
    updated, original = _UPDATED.search(text), _ORIGINAL.search(text)
    return (
        english_day(updated[1]) if updated else None,
        english_day(original[1]) if original else None,
    )
