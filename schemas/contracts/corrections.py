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

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from schemas.core.cells import CHECKS
from schemas.core.forms import decimal_size
from schemas.core.table import Column, Kind, Table
from schemas.registry import TABLES

FIELDS = ("table", "key", "column", "expect", "value", "reason", "reported_by", "date", "source")
MAX_CHARACTERS = 5_000_000
_NULL = "tag:yaml.org,2002:null"


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
    text: str, name: str, tables: Mapping[str, Table] = TABLES
) -> tuple[Correction, ...]:
    """The corrections of a file. Raises `CorrectionError` naming `name` and the line."""
    import yaml

    if len(text) > MAX_CHARACTERS:
        raise CorrectionError(f"{name}: longer than {MAX_CHARACTERS:,} characters")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise CorrectionError(f"{name}{place}: not YAML: {what}") from error
    if root is None or root.tag == _NULL:
        return ()
    if not isinstance(root, yaml.SequenceNode):
        raise CorrectionError(f"{name}, line {_line(root)}: not a list of corrections")
    found: dict[Any, Correction] = {}
    for node in root.value:
        correction = _correction(node, name, tables)
        if (other := found.setdefault(correction.cell, correction)) is not correction:
            raise CorrectionError(
                f"{name}, line {correction.line}: {correction.column} of this row is corrected "
                f"in line {other.line} already"
            )
    return tuple(found.values())


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _correction(node: Any, name: str, tables: Mapping[str, Table]) -> Correction:
    fields = _mapping(node, name, "a correction")
    if strange := [key for key in fields if key not in FIELDS]:
        line = _line(fields[strange[0]])
        raise CorrectionError(
            f"{name}, line {line}: unknown field {strange[0]!r}; there are: {', '.join(FIELDS)}"
        )
    if missing := [key for key in FIELDS if key not in fields]:
        raise CorrectionError(f"{name}, line {_line(node)}: missing: {', '.join(missing)}")
    table = _table(fields["table"], name, tables)
    column = _column(fields["column"], name, table)
    key = _mapping(fields["key"], name, "key")
    if set(key) != set(table.key):
        raise CorrectionError(
            f"{name}, line {_line(fields['key'])}: the key of {table.name} is "
            f"{', '.join(table.key)}, not {', '.join(key)}"
        )
    made = Correction(
        table=table.name,
        key=tuple(_cell(key[part], name, table.column(part)) for part in table.key),
        column=column.name,
        expect=_cell(fields["expect"], name, column),
        value=_cell(fields["value"], name, column),
        reason=_text(fields["reason"], name, "reason"),
        reported_by=_text(fields["reported_by"], name, "reported_by"),
        date=_date(fields["date"], name),
        source=_text(fields["source"], name, "source"),
        line=_line(node),
    )
    if made.value == made.expect:
        line = _line(fields["value"])
        raise CorrectionError(f"{name}, line {line}: value equals expect: nothing to correct")
    return made


def _mapping(node: Any, name: str, what: str) -> dict[str, Any]:
    """Field -> node; each field once."""
    import yaml

    if not isinstance(node, yaml.MappingNode):
        raise CorrectionError(f"{name}, line {_line(node)}: {what} has to be fields with values")
    fields: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise CorrectionError(f"{name}, line {_line(key)}: {what}: a field that is no text")
        if key.value in fields:
            raise CorrectionError(f"{name}, line {_line(key)}: {key.value!r} stands twice")
        fields[key.value] = value
    return fields


def _table(node: Any, name: str, tables: Mapping[str, Table]) -> Table:
    wanted = _text(node, name, "table")
    known = [table.name for table in tables.values() if table.is_core]
    if wanted not in known:
        raise CorrectionError(
            f"{name}, line {_line(node)}: no table {wanted!r} to correct; "
            f"there are: {', '.join(known)}"
        )
    return tables[wanted]


def _column(node: Any, name: str, table: Table) -> Column:
    wanted = _text(node, name, "column")
    known = {column.name: column for column in table.own if column.name not in table.key}
    if wanted not in known:
        raise CorrectionError(
            f"{name}, line {_line(node)}: {table.name} has no column {wanted!r} to correct; "
            f"it has: {', '.join(known)}"
        )
    return known[wanted]


def _scalar(node: Any, name: str, what: str) -> str:
    import yaml

    if not isinstance(node, yaml.ScalarNode):
        raise CorrectionError(f"{name}, line {_line(node)}: {what} has to be a single value")
    return str(node.value)


def _text(node: Any, name: str, what: str) -> str:
    value = _scalar(node, name, what).strip()
    if not value or node.tag == _NULL:
        raise CorrectionError(f"{name}, line {_line(node)}: {what} is empty")
    return value


def _date(node: Any, name: str) -> date:
    try:
        return date.fromisoformat(_scalar(node, name, "date"))
    except ValueError as error:
        raise CorrectionError(f"{name}, line {_line(node)}: not a date: {node.value!r}") from error


def _cell(node: Any, name: str, column: Column) -> Any:
    """A value as the column holds it; never by way of a float."""
    text = _scalar(node, name, column.name)
    if node.tag == _NULL:
        if not column.nullable:
            line = _line(node)
            raise CorrectionError(f"{name}, line {line}: {column.name} may not be null")
        return None
    try:
        value = _READERS[column.kind](text, column.kind)
    except (ValueError, InvalidOperation, KeyError) as error:
        raise CorrectionError(
            f"{name}, line {_line(node)}: {column.name}: {text!r} is no {column.kind.value}"
        ) from error
    for wrong in _wrongs(value, column):
        raise CorrectionError(f"{name}, line {_line(node)}: {column.name}={text!r}: {wrong}")
    return value


def _wrongs(value: Any, column: Column) -> Iterator[str]:
    if told := CHECKS[column.kind](value):
        yield told
    if column.one_of and value not in column.one_of:
        yield f"none of {', '.join(column.one_of)}"


def _decimal(text: str, kind: Kind) -> Decimal:
    size = decimal_size(kind)
    assert size
    value = Decimal(text.replace(",", "").replace("_", ""))
    # A figure with too many decimals is left as it is: the check of its cell refuses it.
    exact = value.quantize(Decimal(1).scaleb(-size[1])) if value.is_finite() else value
    return exact if exact == value else value


_READERS = {
    Kind.TEXT: lambda text, _: text,
    Kind.INT: lambda text, _: int(text.replace(",", "")),
    Kind.DATE: lambda text, _: date.fromisoformat(text),
    Kind.BOOL: lambda text, _: {"true": True, "false": False}[text.lower()],
    Kind.PRICE: _decimal,
    Kind.MONEY: _decimal,
    Kind.PERCENT: _decimal,
}
"""How a text becomes a cell; instants and seconds stand in no column that can be corrected."""

NOTE = "corrected"
"""Key of a row's evidence: column -> published value, value, reason, date, source."""
