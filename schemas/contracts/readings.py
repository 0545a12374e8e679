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
  accepts: printed so in all copies   # only where bounds or checks say otherwise: why it stands

Beside YAML a file may be JSON Lines, an object of the same fields a line: whoever proposes a
reading, its digits have to stand in the quoted words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from schemas.contracts.printed_numbers import plain, states_day, states_value
from schemas.contracts.strict_yaml import Place, opened, past_day, this_month
from schemas.core.facts import PARTS, FactsShape
from schemas.registry import FACTS

READ_BY, READING_ID = "reading", "reading_id"
"""Keys of a row's evidence: who read it and when; which reading it was."""
ACCEPTED = "accepts"
"""Of a figure of a ledger: the name of the row that is released whatever checks say of it."""
OWN = ("source", "text", "quote", "printed", "metric", "read_by", "date")
MAY = ("accepts",)
SAID = tuple(part for part in PARTS if part not in ("document", "number", "quote", "printed"))
"""The parts of a fact that a reading states."""

_PERIOD = re.compile(
    r"\A(?:yearly|(?:19|20)\d\d(?:-(?:(?:19|20)\d\d|0[1-9]|1[0-2]|Q[1-4]|H[12])?)?)\Z"
)


class ReadingError(ValueError):
    """A file of readings that is not as it has to be: which file, which line, what."""


@dataclass(frozen=True, slots=True)
class FigureReading:
    """What a person read in a sentence. `said` is column of the source's facts -> value;
    `accepts` why the figure stands whatever its metric's bounds and checks say of it."""

    source: str
    text: str
    quote: str
    printed: str
    said: tuple[tuple[str, Any], ...]
    read_by: str
    date: date
    line: int
    accepts: str = ""

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What it is about: the figure, wherever blanks stand in its sentence."""
        return self.source, self.text, plain(self.quote), plain(self.printed)

    @property
    def identity(self) -> str:
        """A name for what it says, by whom and when."""
        told = (*self.place, *((n, str(v)) for n, v in self.said), self.read_by, str(self.date))
        told += (self.accepts,) if self.accepts else ()
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
            **({"accepts": self.accepts} if self.accepts else {}),
        }
        return json.dumps(told, ensure_ascii=False)


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
    text = text.removeprefix("\ufeff")
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
        if field not in (*OWN, *SAID, *MAY):
            known = ", ".join((*OWN, *SAID, *MAY))
            raise told[field].wrong(f"unknown field; there are: {known}")
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
        if value is not None and not states_value(printed, Decimal(value), quote):
            raise told[part].wrong(f"{value:f} does not stand in {printed!r}")
    for column in shapes[source].table.dated:
        on = said.get(column.name)
        if column.ahead_as and on is not None and on != said.get(column.ahead_as):
            part = next(p for p in SAID if shapes[source].column(p) is column)
            told[part].read(this_month)
    _check_order(stanza, shapes[source], said)
    if not _is_period(str(_of(shapes[source], said, "period") or ""), quote):
        raise told["period"].wrong("neither 2025, 2025-03, 2025-Q1, 2025-2026 nor in the quote")
    _check_day(stanza, shapes[source], said, printed)
    return FigureReading(
        source=source,
        text=told["text"].text(),
        quote=quote,
        printed=printed,
        said=tuple(said.items()),
        read_by=" ".join(told["read_by"].text().split()),
        date=told["date"].read(past_day),
        line=stanza.line,
        accepts=" ".join(told["accepts"].text().split()) if "accepts" in told else "",
    )


def _is_period(period: str, quote: str) -> bool:
    """Whether a period is one: none, in its form, or in the quote's own words."""
    return not period or bool(_PERIOD.match(period)) or plain(period) in plain(quote)


def _check_order(stanza: Place, shape: FactsShape, said: Mapping[str, Any]) -> None:
    """A range goes up."""
    first, last = (_of(shape, said, part) for part in ("value", "value_to"))
    if last is not None and (first is None or last <= first):
        raise stanza.wrong(f"a range up to {last:f} begins at {first}")


def _check_day(stanza: Place, shape: FactsShape, said: Mapping[str, Any], printed: str) -> None:
    """A fact without a value is its day, and that is printed."""
    if _of(shape, said, "value") is not None:
        return
    day = _of(shape, said, "due_on") or _of(shape, said, "as_of")
    if day is None:
        raise stanza.wrong("states neither a value nor a day")
    if not states_day(printed, day):
        raise stanza.wrong(f"{day} does not stand in {printed!r}")


def _of(shape: FactsShape, said: Mapping[str, Any], part: str) -> Any:
    column = shape.column(part)
    return said.get(column.name) if column else None
