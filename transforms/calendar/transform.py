"""From a notice, or a closed day of the exchange's file, to rows of the trading calendar.

A yearly notice says of every day of its year whether the market is open; an amendment only of
the days that it names. Nothing of a notice is taken that is not understood as a whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from schemas.trading import BASES, LAUNCH, MARKET
from schemas.trading.derived import HOLIDAYS
from transforms.calendar.closures import ClosureLine, read_closure
from transforms.calendar.dates import plain, take_dates
from transforms.calendar.holidays import SIGNED, HolidayLine, numbered, read_line
from transforms.model import Record, Refused, Row
from transforms.text.dates import iso_day

NOTICES, DAYS = "calendar_notices", "calendar_days"
_YEARLY = re.compile(r"国务院办公厅关于(\d{4})年部分节假日安排的通知")
_AMENDING = re.compile(r"国务院办公厅关于(?:调整|延长)(\d{4})年(\S{1,40}?)(?:假期)?(?:安排)?的通知")
_CLOSING = re.compile(r"关于全国碳排放权交易市场(\S{0,40}?)(\d{4})年(\S{0,40}?)休市安排的通知")
_NUMBER = re.compile(r"国办发明电〔(\d{4})〕(\d+)号")
_WISH = "鼓励"
WEEKEND, WORKED = "weekend", "working weekend"


@dataclass
class _Notice:
    """A notice as it is read: who says it of which year, and what of which days."""

    publisher: str
    year: int
    is_yearly: bool
    lines: list[str]
    signed_on: date | None = None
    closed: dict[date, tuple[str, str]] = field(default_factory=dict)
    worked: dict[date, tuple[str, str]] = field(default_factory=dict)
    encouraged: list[date] = field(default_factory=list)

    def add(self, name: str, printed: str, closed: Iterable[date], worked: Iterable[date]) -> None:
        """Take a line's days. Raises `Refused("contradiction")` for one that has two meanings."""
        for days, named in ((self.closed, closed), (self.worked, worked)):
            for day in named:
                if day in self.closed or day in self.worked:
                    raise Refused("contradiction", printed, f"{day} is named twice", NOTICES)
                days[day] = (name, printed)


def transform(record: Record) -> list[Row]:
    """The rows of a record: a notice with its days, or one closed day.

    Raises `Refused`, see `transforms.calendar.holidays` and `closures`; and `unknown_title`,
    `missing_holiday`, `missing_date`, `wrong_year`, `reopens_otherwise`, `bad_date`.
    """
    if record.kind == "closed_day":
        return [_closed_day(record)]
    lines = [str(line) for line in record.fields["lines"]]
    title = "".join(str(record.fields["title"]).split())
    notice = _exchange(title, lines) if record.kind == "closure" else _state_council(title, lines)
    published = str(record.fields.get("published") or "")
    published_on = iso_day(published) if published else notice.signed_on
    if published_on is None:
        raise Refused("missing_date", title, "neither signed nor published on a day", NOTICES)
    if max(notice.closed).year < published_on.year:
        raise Refused("wrong_year", title, f"published on {published_on}, after its year", NOTICES)
    return [_row(record, title, notice, published_on), *_days(notice, published_on)]


def _closed_day(record: Record) -> Row:
    on = iso_day(str(record.fields["day"]))
    values = _day_values(on, is_trading=False, reason=None, basis="holidays_json", said=None)
    return Row(DAYS, values, {"is_trading": str(record.fields["day"])})


def _state_council(title: str, lines: list[str]) -> _Notice:
    if match := _YEARLY.fullmatch(title):
        notice = _Notice("state_council", int(match[1]), True, lines)
        name = ""
    elif match := _AMENDING.fullmatch(title):
        notice = _Notice("state_council", int(match[1]), False, lines)
        name = match[2]
    else:
        raise Refused("unknown_title", title, "no notice on holidays", NOTICES)
    seen: list[str] = []
    for line in numbered(lines) if notice.is_yearly else _amending(lines):
        told: HolidayLine = read_line(line, notice.year, name)
        notice.add(told.name, line, told.off, told.work)
        notice.encouraged += told.encouraged
        seen.append(told.name)
    missing = [name for name in HOLIDAYS if sum(name in told for told in seen) != 1]
    if notice.is_yearly and missing:
        told_of = f"not told of once: {', '.join(missing)}"
        raise Refused("missing_holiday", title, told_of, NOTICES)
    if not notice.closed:
        raise Refused("no_day_off", title, "no line names a day off", NOTICES)
    notice.encouraged += _encouraged(lines, notice.year)
    notice.signed_on = _signed(lines)
    return notice


def _amending(lines: list[str]) -> Iterator[str]:
    """The lines of an amendment that name days; others speak of schools and duties."""
    found = list(numbered(lines)) or [line for line in lines if not SIGNED.fullmatch(plain(line))]
    return (line for line in found if re.search(r"\d日", line))


def _encouraged(lines: list[str], year: int) -> list[date]:
    """The days that a closing line names in a wish: the exchange may close on them."""
    closing = (line for line in map(plain, lines) if line.startswith(_WISH))
    return [day for line in closing for day in take_dates(line, year, is_new_year=False).days]


def _signed(lines: list[str]) -> date | None:
    for line in map(plain, reversed(lines)):
        if match := SIGNED.fullmatch(line):
            return date(int(match[1]), int(match[2]), int(match[3]))
    return None


def _exchange(title: str, lines: list[str]) -> _Notice:
    match = _CLOSING.fullmatch(title)
    if match is None:
        raise Refused("unknown_title", title, "no notice on the market's closed days", NOTICES)
    is_yearly = not any(name in match[1] + match[3] for name in HOLIDAYS)
    notice = _Notice("exchange", int(match[2]), is_yearly, lines)
    told = [read_closure(line, notice.year) for line in numbered(lines)]
    for line in told:
        notice.add(line.name, line.printed, line.closed, line.weekends)
    missing = [n for n in HOLIDAYS if sum(n in line.name for line in told) != 1]
    if not notice.closed or (is_yearly and missing):
        detail = f"not told of once: {', '.join(missing)}"
        raise Refused("missing_holiday", title, detail, NOTICES)
    for line in told:
        _check_reopening(notice, line)
    notice.signed_on = _signed(lines)
    return notice


def _check_reopening(notice: _Notice, line: ClosureLine) -> None:
    """The day on which it opens again is the next one that is neither weekend nor closed."""
    day = max(line.closed) + timedelta(days=1)
    while day.weekday() > 4 or day in notice.closed:
        day += timedelta(days=1)
    if line.opens is not None and line.opens != day:
        detail = f"opens again on {line.opens}, the next trading day is {day}"
        raise Refused("reopens_otherwise", line.printed, detail, NOTICES)


def _row(record: Record, title: str, notice: _Notice, published_on: date) -> Row:
    printed = str(record.fields.get("number") or "")
    number = _NUMBER.fullmatch(printed)
    if number and notice.signed_on and int(number[1]) != notice.signed_on.year:
        raise Refused("wrong_year", printed, f"signed on {notice.signed_on}", NOTICES)
    cited = _NUMBER.search("".join("".join(notice.lines).split()))
    cites = cited[0] if cited else None
    own = printed if notice.publisher == "state_council" else ""
    values = {
        "publisher": notice.publisher,
        "notice_key": own or title,
        "year": notice.year,
        "is_yearly": notice.is_yearly,
        "number": own or None,
        "title": title,
        "signed_on": notice.signed_on,
        "published_on": published_on,
        "cites": cites if cites != own else None,
        "closed_days": _listed(notice.closed),
        "working_weekends": _listed(notice.worked),
        "encouraged_days": _listed(notice.encouraged),
        "lines": json.dumps(notice.lines, ensure_ascii=False),
    }
    words = {printed: None for _, printed in notice.closed.values()}
    return Row(NOTICES, values, {"closed_days": " ".join(words)})


def _listed(days: Iterable[date]) -> str | None:
    return " ".join(sorted(map(str, days))) or None


def _days(notice: _Notice, said: date) -> Iterator[Row]:
    """What follows for each day: of a yearly notice for all of its year."""
    days = {*notice.closed, *notice.worked}
    if notice.is_yearly:
        first = date(notice.year, 1, 1)
        length = (date(notice.year, 12, 31) - first).days + 1
        days |= {first + timedelta(days=n) for n in range(length)}
    for day in sorted(days):
        reason, words = _reason(notice, day)
        is_trading = not reason and day >= LAUNCH
        values = _day_values(day, is_trading, reason or None, notice.publisher, said)
        yield Row(DAYS, values, {"is_trading": words} if words else {})


def _reason(notice: _Notice, day: date) -> tuple[str, str]:
    if day in notice.closed:
        return notice.closed[day]
    if day in notice.worked:
        return WORKED, notice.worked[day][1]
    return (WEEKEND, "") if day.weekday() > 4 else ("", "")


def _day_values(
    on: date, is_trading: bool, reason: str | None, basis: str, said: date | None
) -> dict[str, object]:
    return {
        "market": MARKET,
        "date": on,
        "is_trading": is_trading,
        "reason": reason,
        "basis": basis,
        "basis_rank": BASES.index(basis),
        "said_on": said,
    }
