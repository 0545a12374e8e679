"""Days and periods as English prose prints them, in any of which a year may be missing."""

from __future__ import annotations

import re

from transforms.text.dates import MONTHS, SHORT_MONTHS, month_number
from transforms.text.figures.model import Stated
from transforms.text.matching import one_of

_MON = rf"(?:{one_of((*MONTHS, *SHORT_MONTHS))})\b\.?"
_D = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_Y = r"(?:19|20)[0-9]{2}(?![0-9])"
_TO = r"(?: ?- ?| (?:to|until|till|through|and) )"
_COMMA = r",? "
_PARTS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "1": 1, "2": 2, "3": 3}
_PARTS |= {"4": 4}
_QUARTER = r"(?P<q>first|second|third|fourth|last)[ -]quarter|Q(?P<qn>[1-4])"
_HALF = r"(?P<h>first|second)[ -]half|H(?P<hn>[12])"
_OF = rf"(?:,? (?:of |in )?(?:the (?:fiscal )?year )?(?P<ya>{_Y}))?"
_FORMS: tuple[tuple[str, str], ...] = (
    (
        "span",
        rf"(?P<da>{_D}) (?P<ma>{_MON})(?:{_COMMA}(?P<ya>{_Y}))?{_TO}"
        rf"(?P<db>{_D}) (?P<mb>{_MON})(?:{_COMMA}(?P<yb>{_Y}))?",
    ),
    ("span", rf"(?P<da>{_D}){_TO}(?P<db>{_D}) (?P<mb>{_MON})(?:{_COMMA}(?P<yb>{_Y}))?"),
    (
        "span",
        rf"(?P<ma>{_MON}) (?P<da>{_D})(?:, (?P<ya>{_Y}))?{_TO}(?:(?P<mb>{_MON}) )?"
        rf"(?P<db>{_D})(?:,? (?P<yb>{_Y}))?(?![0-9])",
    ),
    (
        "span",
        rf"(?P<ma>{_MON})(?: (?P<ya>{_Y}))?{_TO}(?P<mb>{_MON}) (?P<yb>{_Y})",
    ),
    ("day", rf"(?P<da>{_D})(?: of)? (?P<ma>{_MON})(?:{_COMMA}(?:of )?(?P<ya>{_Y}))?"),
    ("day", rf"(?P<ma>{_MON}) (?P<da>{_D})(?![0-9])(?:,? (?P<ya>{_Y}))?"),
    ("month", rf"(?P<ma>{_MON})(?:,? (?:of )?(?P<ya>{_Y}))"),
    ("quarter", rf"(?:{_QUARTER}){_OF}"),
    ("half", rf"(?:{_HALF}){_OF}"),
    (
        "fiscal",
        rf"(?:[Ff]iscal|[Ff]inancial|[Cc]ompliance) years? (?P<ya>{_Y})"
        rf"(?: ?[-/] ?(?P<yb>(?:20)?[0-9]{{2}})(?![0-9]))?"
        rf"|FY ?(?P<ya2>{_Y}|[0-9]{{2}})(?: ?[-/] ?(?P<yb2>(?:20)?[0-9]{{2}})(?![0-9]))?",
    ),
    ("years", rf"(?P<ya>{_Y})(?:{_TO}|/)(?P<yb>{_Y})"),
    ("years", rf"(?P<ya>{_Y}) ?[-/] ?(?P<yb>[0-9]{{2}})(?![0-9.,]?[0-9%])"),
    ("decade", rf"{_Y}?(?P<ya>(?:19|20)[0-9]0)s\b"),
    ("year", rf"(?:mid-|late[ -]|early[ -])?(?P<ya>{_Y})(?![.,]?[0-9]|[%A-Za-z])"),
    ("month", rf"(?P<ma>{_MON})"),
)
_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _FORMS)
_END = re.compile(r"\b(?:the )?end of(?: the)?(?: year)? ?$")
_BEFORE_MONTH = re.compile(
    r"(?i)\b(?:in|by|of|since|until|till|from|to|before|after|during|through|late|early|last|this"
    r"|and|mid-?|next|beginning|starting)[ -]?$"
)


def read_date(text: str, at: int) -> tuple[Stated, int] | None:
    """The day or period that begins at a place, and where it ends; None if there is none."""
    for form, pattern in _PATTERNS:
        found = pattern.match(text, at)
        if not found or (" and " in found[0] and not text.endswith("between ", 0, at)):
            continue  # "30 April and 30 June" are two days
        if stated := _stated(form, found, text[max(0, at - 40) : at]):
            return stated, found.end()
    return None


def _stated(form: str, found: re.Match[str], before: str) -> Stated | None:
    group = found.groupdict()
    month, month_to = (_month(group.get(name)) for name in ("ma", "mb"))
    if form == "month" and not group.get("ya") and not _BEFORE_MONTH.search(before[-14:]):
        return None  # May the verb, March the walk
    days = [int(re.sub(r"\D", "", group.get(n) or "") or 0) or None for n in ("da", "db")]
    if any(day and day > 31 for day in days):
        return None
    year = _year(group.get("ya") or group.get("ya2"), None)
    year_to = _year(group.get("yb") or group.get("yb2"), year)
    if form == "years" and year and year_to and not 0 < year_to - year <= 60:
        return None
    part = group.get("q") or group.get("qn") or group.get("h") or group.get("hn")
    if form == "span" and month is None:
        month = month_to
    return Stated(
        {"years": "span", "decade": "span"}.get(form, form),
        year=year,
        month=month,
        day=days[0],
        year_to=year_to if year_to is not None or form != "decade" or year is None else year + 9,
        month_to=month_to,
        day_to=days[1],
        part=_PARTS[part] if part else None,
        is_end=bool(_END.search(before[-24:])),
    )


def _month(name: str | None) -> int | None:
    return month_number(name.rstrip(".")) if name else None


def _year(printed: str | None, first: int | None) -> int | None:
    if not printed:
        return None
    if len(printed) == 4:
        return int(printed)
    century = (first or 2000) // 100 * 100
    return century + int(printed)
