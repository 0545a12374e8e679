"""A line of the State Council's notice: which days are off, and which weekends are worked.

The grammar is that of the notices for 2019 to 2026; a line is understood whole or refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from schemas.trading.derived import HOLIDAYS, NEW_YEAR, festival
from transforms.calendar.dates import PLACE, DatedText, plain, span, take_dates
from transforms.model import Refused

_NUMBER = re.compile(r"^[一二三四五六七八九十]+、")
_NAMED = re.compile(r"(?P<names>[^:,。@\d]{2,20}):(?P<text>.*)")
_COUNT = r"(?:(?P<count>\d{1,2})天)?"
_LIST, _RANGE = rf"{PLACE}(?:、{PLACE})*", rf"{PLACE}[至到-]{PLACE}"
_OFF = r"(?:放假调休|放假公休|放假|补休|调休|公休)"
_GOES_ON = re.compile(r"\d|另外")
SIGNED = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
"""The line below a notice on which its day stands alone."""
_ENCOURAGED = "鼓励"
_PRINTED_OUT = re.compile(r"(?:均|正常|照常)")


@dataclass(slots=True)
class HolidayLine:
    """What a line says: the holiday's name, its days off, weekends worked, days counted; days on
    which leave is `encouraged` and nobody is off."""

    name: str
    printed: str
    off: list[date] = field(default_factory=list)
    work: list[date] = field(default_factory=list)
    encouraged: list[date] = field(default_factory=list)
    resumes: date | None = None
    counts: list[int] = field(default_factory=list)
    extends_to: date | None = None


def numbered(lines: list[str]) -> Iterator[str]:
    """The lines that begin with a number 一、 to 十、, as printed, with those that go on with
    days: a page may break a line anywhere, and the exchange breaks it always."""
    held: list[str] = []
    for printed in lines:
        line = plain(printed)
        is_numbered = bool(_NUMBER.match(line))
        goes_on = _GOES_ON.match(line) and not SIGNED.fullmatch(line)
        if held and (is_numbered or not goes_on):
            yield "".join(held)
            held = []
        if is_numbered or held:
            held.append(printed)
    if held:
        yield "".join(held)


def unnumbered(printed: str) -> str:
    """The plain form of a line without its number."""
    return _NUMBER.sub("", plain(printed))


def read_line(printed: str, year: int, name: str = "") -> HolidayLine:
    """What a line says. `name` is the holiday of an amendment's title.

    Raises `Refused`: `unknown_clause`, `wrong_count`, `not_a_weekend`, `festival_worked` and
    those of `take_dates`.
    """
    text = unnumbered(printed)
    named = _NAMED.fullmatch(text)
    if named and (not name or any(one in named["names"] for one in HOLIDAYS)):
        name, text = named["names"], named["text"]
    if not name:
        raise Refused("unknown_line", printed, "a line without the name of a holiday")
    told = HolidayLine(name, printed)
    dated = take_dates(text, year, is_new_year=NEW_YEAR in name)
    taken = 0
    for sentence in re.split("[。;]", dated.text):
        is_wish = sentence.startswith(_ENCOURAGED)
        for clause in [sentence] if is_wish else sentence.split(","):
            days = dated.days[taken : taken + clause.count(PLACE)]
            taken += len(days)
            if is_wish:
                told.encouraged += days
            else:
                _read_clause(told, clause, dated, days)
    _check(told, year)
    return told


def _read_clause(told: HolidayLine, clause: str, dated: DatedText, days: tuple[date, ...]) -> None:
    clause = _PRINTED_OUT.sub("", clause)
    for form, read in _FORMS:
        if match := form.fullmatch(clause):
            read(told, days, dated.printed)
            if "count" in form.groupindex and match["count"]:
                told.counts.append(int(match["count"]))
            return
    raise Refused("unknown_clause", dated.printed, f"not understood: {clause!r}")


def _off(told: HolidayLine, days: tuple[date, ...], printed: str) -> None:
    told.off += days


def _range(told: HolidayLine, days: tuple[date, ...], printed: str) -> None:
    told.off += span(days[0], days[-1], printed)


def _work(told: HolidayLine, days: tuple[date, ...], printed: str) -> None:
    told.work += days


def _move(told: HolidayLine, days: tuple[date, ...], printed: str) -> None:
    """X调至Y: the weekend X is worked, Y is off."""
    half = len(days) // 2
    told.work += days[:half]
    told.off += days[half:]


def _resume(told: HolidayLine, days: tuple[date, ...], printed: str) -> None:
    (told.resumes,) = days


def _extend(told: HolidayLine, days: tuple[date, ...], printed: str) -> None:
    (told.extends_to,) = days


def _nothing(told: HolidayLine, days: tuple[date, ...], printed: str) -> None:
    """A clause that says no day."""


_Reader = Callable[[HolidayLine, tuple[date, ...], str], None]
_FORMS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(rf"\A(?:{form})"), read)
    for form, read in (
        (rf"{_RANGE}{_OFF}(?:共)?{_COUNT}", _range),
        (rf"{_LIST}{_OFF}(?:共)?{_COUNT}", _off),
        (rf"{_LIST}上班", _work),
        (rf"{PLACE}起上班", _resume),
        (rf"{PLACE}(?:公休日)?调至{PLACE}", _move),
        (rf"{PLACE}、{PLACE}(?:公休日)?(?:分别)?调至{PLACE}、{PLACE}", _move),
        (rf"延长\d{{4}}年\S{{2,4}}假期至{PLACE}", _extend),
        (r"共(?P<count>\d{1,2})天", _nothing),
        (r"不[^@\d]{1,10}|与周末连休|", _nothing),
    )
)


def _check(told: HolidayLine, year: int) -> None:
    if told.extends_to:
        _extended(told, year)
    if not told.off:
        raise Refused("no_day_off", told.printed, "a line on a holiday without a day off")
    twice = len(told.off) != len(set(told.off)) or set(told.off) & set(told.work)
    if twice:
        raise Refused("contradiction", told.printed, "a day is named twice")
    if any(count != len(told.off) for count in told.counts):
        detail = f"{len(told.off)} days off are named"
        raise Refused("wrong_count", told.printed, detail)
    if weekdays := [day for day in told.work if day.weekday() < 5]:
        raise Refused("not_a_weekend", told.printed, f"{weekdays[0]} is worked anyway")
    for name in HOLIDAYS:
        on = festival(name, year) if name in told.name else None
        if on is not None and on not in told.off:
            raise Refused("festival_worked", told.printed, f"{name} is on {on}")


def _extended(told: HolidayLine, year: int) -> None:
    """A holiday that is made longer: the line says its new end alone. It was off from the
    holiday's own day on at the latest."""
    named = (festival(name, year) for name in HOLIDAYS if name in told.name)
    first = next((on for on in named if on), None)
    if first is None or told.extends_to is None:
        raise Refused("unknown_line", told.printed, "no day on which this holiday falls")
    told.off += span(first, told.extends_to, told.printed)
    if told.resumes and (told.resumes - told.extends_to).days != 1:
        detail = f"off to {told.extends_to}, resumes {told.resumes}"
        raise Refused("contradiction", told.printed, detail)
