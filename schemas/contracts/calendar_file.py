"""What a person says of trading days, `<home>/calendar.yml`: a strict schema, and its reader.

- market: cea
  closed: [2027-02-04, 2027-02-05]   # or `open:`, or both
  reason: closed around New Year's Eve
  reported_by: A. Analyst
  date: 2026-12-29
  source: https://www.cneeex.com/c/2026-12-28/499001.shtml
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from schemas.contracts.strict_yaml import Place, day, opened, past_day
from schemas.trading import LAUNCH, MARKET, CalendarDay

NEEDED = ("market", "reason", "reported_by", "date", "source")
DAYS = ("closed", "open")
PERSON = "person"


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
        if name not in NEEDED + DAYS:
            known = ", ".join(NEEDED + DAYS)
            raise told[name].wrong(f"unknown field {name!r}; there are: {known}")
    missing = [name for name in NEEDED if name not in told]
    if missing or not told.keys() & set(DAYS):
        raise stanza.wrong(f"missing: {', '.join(missing) or ' or '.join(DAYS)}")
    if (market := told["market"].text()) != MARKET:
        raise told["market"].wrong(f"no market {market!r}; there is: {MARKET}")
    told["date"].read(past_day)
    reason, evidence = told["reason"].text(), told["source"].text()
    evidence += f" ({told['reported_by'].text()})"
    for name in DAYS:
        places = told[name].items("day") if name in told else ()
        if name in told and not places:
            raise told[name].wrong("no day is named")
        for place in places:
            on = place.read(day)
            if name == "open" and (on.weekday() > 4 or on < LAUNCH):
                raise place.wrong(f"{on} can't be a trading day: a weekend, or before {LAUNCH}")
            yield CalendarDay(on, name == "open", reason, PERSON, evidence)
