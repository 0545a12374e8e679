"""Corrections as reviewed data: the file's strict schema, and its reader.

- table: seee_bulletins
  key: {period: day, period_start: 2024-06-25, period_end: 2024-06-25}
  column: high_cny_per_t
  expect: 99.99          # what the source published
  value: 90.99           # what it should be
  reason: digits swapped; the week's bulletin and the quote page say 90.99
  reported_by: A. Analyst
  date: 2024-07-01
  source: https://www.cneeex.com/c/2024-06-28/495105.shtml
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.contracts.strict_yaml import Place, opened, past_day
from schemas.core.table import Column, Table
from schemas.registry import TABLES

FIELDS = ("table", "key", "column", "expect", "value", "reason", "reported_by", "date", "source")


class CorrectionError(ValueError):
    """A corrections file that is not as it has to be: which file, which line, what."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One cell that the source published wrongly. `key` is in the order of the table's key.

    `expect` is the published value, `value` the right one; `source` is the proof.
    """

    table: str
    key: tuple[Any, ...]
    column: str
    expect: Any
    value: Any
    reason: str
    reported_by: str
    date: date
    source: str
    line: int

    @property
    def cell(self) -> tuple[str, tuple[Any, ...], str]:
        """What it is about."""
        return self.table, self.key, self.column


def read_corrections(
    text: str,
    name: str,
    tables: Mapping[str, Table] = TABLES,
    refused: list[str] | None = None,
) -> tuple[Correction, ...]:
    """The corrections of a file. Raises `CorrectionError` with file, stanza, field and value.

    With `refused`, stanzas that can't be used are left out, and told there: of a file that was
    in force once, and is no longer there to be mended.
    """
    root = opened(text, name, CorrectionError)
    if root is None:
        return ()
    found: dict[Any, Correction] = {}
    for stanza in root.items("stanza"):
        try:
            correction = _correction(stanza, tables)
            if other := found.get(correction.cell):
                raise stanza.wrong(
                    f"{correction.column} of this row is corrected in line {other.line} already"
                )
        except CorrectionError as error:
            if refused is None:
                raise
            refused.append(str(error))
        else:
            found[correction.cell] = correction
    return tuple(found.values())


def _correction(stanza: Place, tables: Mapping[str, Table]) -> Correction:
    told = stanza.fields()
    for name in told:
        if name not in FIELDS:
            raise told[name].wrong(f"unknown field {name!r}; there are: {', '.join(FIELDS)}")
    if missing := [name for name in FIELDS if name not in told]:
        raise stanza.wrong(f"missing: {', '.join(missing)}")
    table = _table(told["table"], tables)
    column = _column(told["column"], table)
    key = told["key"].fields()
    if set(key) != set(table.key):
        raise told["key"].wrong(
            f"the key of {table.name} is {', '.join(table.key)}, not {', '.join(key)}"
        )
    made = Correction(
        table=table.name,
        key=tuple(key[part].cell(table.column(part)) for part in table.key),
        column=column.name,
        # What was published may itself be out of range: that is what is corrected.
        expect=told["expect"].named(column.name).cell(column, is_good=False),
        value=told["value"].named(column.name).cell(column),
        reason=told["reason"].text(),
        reported_by=told["reported_by"].text(),
        date=told["date"].read(past_day),
        source=told["source"].text(),
        line=stanza.line,
    )
    if made.value == made.expect:
        raise told["value"].wrong("value equals expect: nothing to correct")
    return made


def _table(place: Place, tables: Mapping[str, Table]) -> Table:
    wanted = place.text()
    known = [table.name for table in tables.values() if table.is_core]
    if wanted not in known:
        raise place.wrong(f"no table {wanted!r} to correct; there are: {', '.join(known)}")
    return tables[wanted]


def _column(place: Place, table: Table) -> Column:
    wanted = place.text()
    known = {column.name: column for column in table.own if column.name not in table.key}
    if wanted not in known:
        raise place.wrong(
            f"{table.name} has no column {wanted!r} to correct; it has: {', '.join(known)}"
        )
    return known[wanted]


NOTE = "corrected"
"""Key of a row's evidence: column -> published value, value, reason, date, source."""
