"""The gates of all tables, as files declare them: `gates.yml` beside the tables they are about.

Each folder of a source, and that of the marts, has one. A file of the same form,
`<home>/gates.yml` or the one that CARBONMART_GATES names, replaces whole tables;
`carbonmart suggest-gates` proposes it from the present data. By table, shares being of 1:

  min_rows, max_rows   current rows
  where                rows that the next four look at (column: value)
  fill_days            min_fill looks at the newest so many days; all rows without it
  min_fill             column: share of rows with a value
  min_trading_days     share of the trading days, from the first row to the newest, with a row
  max_missing_days     trading days, from the first row to the newest, without a row
  min_kept, max_grown  current rows as a share of those in the last release
  min_unrevised        share of the last release's rows not revised since
  min_accepted         of the records read since the last release: not in quarantine
  min_taken            of a ledger of prose: the share of figures that became facts, over the texts
                       that it and the last release both hold, as a share of what it was then

A hard check that fails holds its source back too. A failure that somebody has looked at
and that nobody can mend is accepted by an entry of its own:

  known_failures:
    cumulative_chain_cumulative_volume:
      2023-05-04: the exchange never published that day's bulletin

So are findings of `carbonmart check`: `coverage` by day and table, `quarantine` by id. A row
that checks hold back is released all the same, and all that they say of it is accepted, by

  known_failures:
    held:
      seee_bulletins week 2021-09-22 2021-09-24: the exchange printed another close

A store may begin on any day of the market, so that least row counts shipped are low:
the trading calendar says how many rows there must be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from schemas.contracts.gates import Gates
from schemas.contracts.strict_yaml import Place, integer, number, opened
from schemas.core.table import Table
from schemas.marts.all import MARTS
from schemas.registry import SOURCES, TABLES

_KNOWN = "known_failures"
HELD = "held"
"""Under `known_failures`: rows that are released whatever checks say of them."""


class GateError(ValueError):
    """A declaration of gates that can't be used; names file, table and entry."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """Gates by table, and failures of checks that somebody has looked at and accepted:
    check -> scope -> why. `broken` says of each source whose own file can't be used what is
    wrong with it."""

    tables: Mapping[str, Gates]
    known_failures: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)

    def accepts(self, check: str, scope: object, rows: Iterable[str] = ()) -> bool:
        """Whether somebody has accepted what a check finds at a scope, or one of the rows that
        it suspects, with all that is said against it."""
        held = self.known_failures.get(HELD, {})
        return str(scope) in self.known_failures.get(check, {}) or any(r in held for r in rows)


def declared(override: Path | None = None) -> Declaration:
    """The gates shipped, with whole tables replaced by `override`'s, and its known failures added.

    Raises `GateError` for an `override`, or a file of the marts, that says what no gate
    understands; what is wrong with a source's own file is that source's (`broken`).
    """
    if override is None:
        return _shipped()
    return _joined(_shipped(), _read(override, TABLES.values()))


@cache
def _shipped() -> Declaration:
    found, broken = Declaration({}), dict[str, str]()
    for name, tables in SOURCES.items():
        try:
            found = _joined(found, _beside(f"schemas.sources.{name}", tables))
        except GateError as error:
            broken[name] = str(error)
    return replace(_joined(found, _beside("schemas.marts", MARTS)), broken=broken)


def _beside(package: str, tables: Iterable[Table]) -> Declaration:
    return _read(Path(str(files(package))) / "gates.yml", tables)


def _joined(first: Declaration, second: Declaration) -> Declaration:
    """Both; where both speak of a table or a finding, what the second says."""
    known = {
        check: {**first.known_failures.get(check, {}), **second.known_failures.get(check, {})}
        for check in first.known_failures.keys() | second.known_failures.keys()
    }
    return Declaration({**first.tables, **second.tables}, known, {**first.broken, **second.broken})


def _read(path: Path, tables: Iterable[Table]) -> Declaration:
    """The gates of a file, which may speak of the tables alone."""
    try:
        root = opened(path.read_text(encoding="utf-8"), f"gates {path}", GateError)
    except (OSError, UnicodeDecodeError) as error:
        told = " ".join(str(error).split())
        raise GateError(f"gates {path} can't be read: {told}") from error
    content = root.fields() if root else {}
    known = _known(content.pop(_KNOWN, None))
    of = {table.name: table for table in tables}
    return Declaration({name: _gates(name, place, of) for name, place in content.items()}, known)


def _known(place: Place | None) -> dict[str, dict[str, str]]:
    """Check -> scope -> why it is accepted."""
    if place is None:
        return {}
    return {
        check: {scope: why.text() for scope, why in scopes.fields().items()}
        for check, scopes in place.fields().items()
    }


def _gates(name: str, place: Place, tables: Mapping[str, Table]) -> Gates:
    if name not in tables:
        raise place.wrong(f"no such table; there are: {', '.join(tables)}")
    entry = place.fields()
    if strangers := sorted(entry.keys() - {f.name for f in fields(Gates)}):
        raise place.wrong(f"no such gate: {', '.join(strangers)}")
    return Gates(**{gate: _value(gate, told, tables[name]) for gate, told in entry.items()})


def _value(gate: str, place: Place, table: Table) -> Any:
    """What a gate asks for: a count, a share, or one of them by column."""
    if gate in _COUNTS:
        return place.read(_count)
    if gate in _RATIOS:
        return place.read(_ratio)
    if gate not in ("where", "min_fill"):
        return place.read(_share)
    columns = {column.name: column for column in table.columns}
    told = place.fields()
    if strangers := sorted(told.keys() - columns.keys()):
        raise place.wrong(f"no column of {table.name}: {', '.join(strangers)}")
    if gate == "min_fill":
        return {name: each.read(_share) for name, each in told.items()}
    for name, each in told.items():
        each.cell(columns[name])
    return {name: each.scalar() for name, each in told.items()}


_COUNTS, _RATIOS = ("min_rows", "max_rows", "fill_days", "max_missing_days"), ("max_grown",)


def _count(text: str) -> int:
    if (found := integer(text)) < 0:
        raise ValueError("a count of at least 0 is wanted")
    return found


def _ratio(text: str) -> float:
    if (found := number(text)) < 0:
        raise ValueError("a number of at least 0 is wanted")
    return float(found)


def _share(text: str) -> float:
    if (found := _ratio(text)) > 1:
        raise ValueError("a share is of 1: 0.95, not 95")
    return found
