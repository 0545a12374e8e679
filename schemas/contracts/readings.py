"""Readings by people of figures that the grammar left: the file's strict schema, and its reader.

- source: mee
  text: 环办气候函〔2026〕32号        # as `prose_figures` names it
  quote: 全国共有3378家单位纳入管理。   # the whole sentence
  printed: 3378家                     # the figure in it
  metric: key_emitters
  value: 3378
  unit: count
  period: "2025"
  read_by: A. Analyst
  date: 2026-11-30

Beside YAML a file may be JSON Lines, an object of the same fields a line: whoever proposes a
reading, its digits have to stand in the quoted words.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from schemas.contracts.strict_yaml import Place, opened, past_day, this_month
from schemas.core.facts import PARTS, FactsShape
from schemas.registry import FACTS

READ_BY, READING_ID = "reading", "reading_id"
"""Keys of a row's evidence: who read it and when; which reading it was."""
OWN = ("source", "text", "quote", "printed", "metric", "read_by", "date")
SAID = tuple(part for part in PARTS if part not in ("document", "number", "quote", "printed"))
"""The parts of a fact that a reading states."""
SCALES = {
    "": 1,
    "万": 10**4,
    "亿": 10**8,
    "万亿": 10**12,
    "萬": 10**4,
    "億": 10**8,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "kt": 10**3,
    "mt": 10**6,
    "mmt": 10**6,
    "gt": 10**9,
}
_NUMBER = re.compile(
    r"(?<![\d.])([-\u2212]?)(\d+(?:\.\d+)?)"
    r"(万亿|[万亿萬億]|thousand|million|billion|trillion|kt|mmt|mt|gt|)",
    re.IGNORECASE,
)


class ReadingError(ValueError):
    """A file of readings that is not as it has to be: which file, which line, what."""


@dataclass(frozen=True, slots=True)
class FigureReading:
    """What a person read in a sentence. `said` is column of the source's facts -> value."""

    source: str
    text: str
    quote: str
    printed: str
    said: tuple[tuple[str, Any], ...]
    read_by: str
    date: date
    line: int

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What it is about: the figure, wherever blanks stand in its sentence."""
        return self.source, self.text, plain(self.quote), plain(self.printed)

    @property
    def identity(self) -> str:
        """A name for what it says, by whom and when."""
        told = (*self.place, *((n, str(v)) for n, v in self.said), self.read_by, str(self.date))
        return sha256(repr(told).encode()).hexdigest()[:16]

    def as_json(self) -> str:
        """The reading as a line of JSON Lines."""
        shape = FACTS[self.source]
        said = dict(self.said)
        parts = {p: c.name for p in SAID if (c := shape.column(p)) is not None}
        told = {
            **{name: getattr(self, name) for name in ("source", "text", "quote", "printed")},
            **{part: str(said[name]) for part, name in parts.items() if said.get(name) is not None},
            "read_by": self.read_by,
            "date": self.date.isoformat(),
        }
        return json.dumps(told, ensure_ascii=False)


def plain(text: str) -> str:
    """A text as it is compared: no blanks, one form of each character."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def read_readings(
    text: str,
    name: str,
    shapes: Mapping[str, FactsShape] = FACTS,
    refused: list[str] | None = None,
) -> tuple[FigureReading, ...]:
    """The readings of a file. Raises `ReadingError` with file, stanza, field and value.

    With `refused`, those that can't be used are left out, and told there.
    """
    found: dict[Any, FigureReading] = {}
    for stanza in _stanzas(text, name):
        try:
            reading = _reading(stanza, shapes)
            if other := found.get(reading.place):
                raise stanza.wrong(f"this figure is read in line {other.line} already")
        except ReadingError as error:
            if refused is None:
                raise
            refused.append(str(error))
        else:
            found[reading.place] = reading
    return tuple(found.values())


def _stanzas(text: str, name: str) -> Iterator[Place]:
    if not text.lstrip().startswith("{"):
        root = opened(text, name, ReadingError)
        yield from root.items("reading") if root is not None else ()
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            one = opened(line, f"{name}, line {number} of the file", ReadingError)
            if one is not None:
                yield one


def _reading(stanza: Place, shapes: Mapping[str, FactsShape]) -> FigureReading:
    told = stanza.fields()
    for field in told:
        if field not in (*OWN, *SAID):
            raise told[field].wrong(f"unknown field; there are: {', '.join((*OWN, *SAID))}")
    if missing := [field for field in OWN if field not in told]:
        raise stanza.wrong(f"missing: {', '.join(missing)}")
    source = told["source"].text()
    if source not in shapes:
        raise told["source"].wrong(f"no source with facts; there are: {', '.join(shapes)}")
    said: dict[str, Any] = {}
    for part in SAID:
        column = shapes[source].column(part)
        if part not in told and column is not None and column.one_of and not column.nullable:
            raise stanza.wrong(f"missing: {part}, one of {', '.join(column.one_of)}")
        if part in told:
            if column is None:
                raise told[part].wrong(f"the facts of {source} have no {part}")
            said[column.name] = told[part].cell(column)
    quote, printed = told["quote"].text(), told["printed"].text()
    if plain(printed) not in plain(quote):
        raise told["printed"].wrong(f"{printed!r} does not stand in the quote")
    for part in ("value", "value_to"):
        column = shapes[source].column(part)
        value = said.get(column.name) if column else None
        if value is not None and not _stands_in(Decimal(value), plain(printed)):
            raise told[part].wrong(f"{value:f} does not stand in {printed!r}")
    for column in shapes[source].table.dated:
        on = said.get(column.name)
        if column.ahead_as and on is not None and on != said.get(column.ahead_as):
            part = next(p for p in SAID if shapes[source].column(p) is column)
            told[part].read(this_month)
    day = said.get("due_on") or said.get("as_of")
    if said.get("value") is None and day is None:
        raise stanza.wrong("states neither a value nor a day")
    return FigureReading(
        source=source,
        text=told["text"].text(),
        quote=quote,
        printed=printed,
        said=tuple(said.items()),
        read_by=told["read_by"].text(),
        date=told["date"].read(past_day),
        line=stanza.line,
    )


def _stands_in(value: Decimal, printed: str) -> bool:
    """Whether a number is printed, with the scale that stands behind it: 2.35亿 is 235000000."""
    numbers = [
        Decimal(found[2]) * (-1 if found[1] else 1) * SCALES[found[3].lower()]
        for found in _NUMBER.finditer(printed.replace(",", ""))
    ]
    return value in numbers
