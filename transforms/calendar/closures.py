"""A line of the exchange's closure notice: from when to when it is closed, when it opens again.

`1月1日（星期四）至1月3日（星期六）休市，1月5日（星期一）起照常开市。另外，1月4日（星期日）为周末休市。`
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from transforms.calendar.dates import PLACE, span, take_dates
from transforms.calendar.holidays import unnumbered
from transforms.model import Refused

_NAME = re.compile(r"(?P<name>[^:,。@\d]{2,10}?):?(?P<text>\d.*)")
_LIST = rf"{PLACE}(?:、{PLACE})*"
_CLOSED = re.compile(rf"{PLACE}[至到-]{PLACE}(?:为节假日)?休市")
_ONE = re.compile(rf"{_LIST}(?:为节假日)?休市(?:一天|1天)?")
_WEEKEND = re.compile(rf"(?:另外)?{_LIST}为周末休市")
_OPEN = re.compile(rf"{PLACE}起?照常开市")
_NOTHING = re.compile(r"(?:另外)?|晚上?不进行夜盘交易")


@dataclass(slots=True)
class ClosureLine:
    """What a line says; `weekends` are worked elsewhere, and no trading days here."""

    name: str
    printed: str
    closed: list[date] = field(default_factory=list)
    weekends: list[date] = field(default_factory=list)
    opens: date | None = None


def read_closure(printed: str, year: int) -> ClosureLine:
    """What a line says.

    Raises `Refused`: `unknown_line`, `unknown_clause`, `not_a_weekend`, `no_day_off` and those
    of `take_dates`.
    """
    named = _NAME.fullmatch(unnumbered(printed))
    if named is None:
        raise Refused("unknown_line", printed, "no holiday with its days")
    told = ClosureLine(named["name"], printed)
    dated = take_dates(named["text"], year, is_new_year="元旦" in told.name)
    taken = 0
    for clause in re.split(r"[,。;]", dated.text):
        count = clause.count(PLACE)
        days = dated.days[taken : taken + count]
        taken += count
        if _CLOSED.fullmatch(clause):
            told.closed += span(days[0], days[-1], printed)
        elif _WEEKEND.fullmatch(clause):
            told.weekends += days
        elif _ONE.fullmatch(clause):
            told.closed += days
        elif _OPEN.fullmatch(clause):
            (told.opens,) = days
        elif not _NOTHING.fullmatch(clause):
            raise Refused("unknown_clause", printed, f"not understood: {clause!r}")
    if not told.closed:
        raise Refused("no_day_off", printed, "a line on a holiday without a closed day")
    if weekdays := [day for day in told.weekends if day.weekday() < 5]:
        raise Refused("not_a_weekend", printed, f"{weekdays[0]} is no weekend")
    return told
