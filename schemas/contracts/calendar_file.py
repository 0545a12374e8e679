"""What a person says of trading days, `<home>/calendar.yml`: a strict schema, and its reader.

- market: cea
  closed: [2027-02-04, 2027-02-05]   # or `open:`, or both
  reason: closed around New Year's Eve
  reported_by: A. Analyst
  date: 2026-12-29
  source: https://www.cneeex.com/c/2026-12-28/499001.shtml

With `year: 2027` beside them the closed days are all of that year: its other weekdays are open.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from schemas.contracts.strict_yaml import Place, day, integer, opened, past_day
from schemas.trading import LAUNCH, MARKET, CalendarDay

NEEDED = ("market", "reason", "reported_by", "date", "source")
DAYS = ("closed", "open")
YEAR = "year"
PERSON = "person"
YEARS_AHEAD = 10


class CalendarFileError(ValueError):
    """A `calendar.yml` that is not as it has to be: which file, which line, what."""


def read_calendar_file(text: str, name: str) -> dict[date, CalendarDay]:
    """The days of the file. Raises `CalendarFileError` naming `name` and the line."""
    root = opened(text, name, CalendarFileError)
    found: dict[date, CalendarDay] = {}
    for stanza in root.items("stanza") if root else ():
        for told in _days(stanza):
            if told.date in found:
                raise stanza.wrong(f"{told.date} stands twice")
            found[told.date] = told
    return found


def _days(stanza: Place) -> Iterator[CalendarDay]:
    told = stanza.fields()
    for name in told:
        if name not in (*NEEDED, *DAYS, YEAR):
            known = ", ".join((*NEEDED, *DAYS, YEAR))
            raise told[name].wrong(f"unknown field {name!r}; there are: {known}")
    missing = [name for name in NEEDED if name not in told]
    if missing or not told.keys() & set(DAYS):
        raise stanza.wrong(f"missing: {', '.join(missing) or ' or '.join(DAYS)}")
    if (market := told["market"].text()) != MARKET:
        raise told["market"].wrong(f"no market {market!r}; there is: {MARKET}")
    told["date"].read(past_day)
    reason, evidence = told["reason"].text(), told["source"].text()
    evidence += f" ({told['reported_by'].text()})"
    said: set[date] = set()
    for name in DAYS:
        places = told[name].items("day") if name in told else ()
        if name in told and not places:
            raise told[name].wrong("no day is named")
        for place in places:
            on = place.read(day)
            if on.year > _last_year():
                raise place.wrong(f"{on}: nobody has announced days so far ahead")
            if name == "open" and (on.weekday() > 4 or on < LAUNCH):
                raise place.wrong(f"{on} can't be a trading day: a weekend, or before {LAUNCH}")
            said.add(on)
            yield CalendarDay(on, name == "open", reason, PERSON, evidence)
    if YEAR in told:
        year = told[YEAR].read(integer)
        if not LAUNCH.year <= year <= _last_year() or "closed" not in told:
            years = f"{LAUNCH.year} to {_last_year()}"
            raise told[YEAR].wrong(f"a year of {years} with all its closed days is wanted")
        if others := [on for on in said if on.year != year]:
            raise told[YEAR].wrong(f"{min(others)} is not of {year}")
        for on in _days_of(year):
            if on not in said:
                yield CalendarDay(on, on.weekday() < 5 and on >= LAUNCH, "", PERSON, evidence)


def _last_year() -> int:
    """Days further ahead are a slip of the pen."""
    return datetime.now(UTC).year + YEARS_AHEAD


def _days_of(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
