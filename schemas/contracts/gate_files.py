"""The gates of all tables, as files declare them: `gates.yml` beside the tables they are about.

Each folder of a source, and that of the marts, has one. A file of the same form,
`<home>/gates.yml` or the one that CARBONMART_GATES names, replaces whole tables;
`carbonmart suggest-gates` proposes it from the present data. By table, shares being of 1:

  min_rows, max_rows   current rows
  where                rows that the next three look at (column: value)
  fill_days            min_fill looks at the newest so many days; all rows without it
  min_fill             column: share of rows with a value
  min_trading_days     share of the trading days, from the first row to the newest, with a row
  min_kept, max_grown  current rows as a share of those in the last release
  min_unrevised        share of the last release's rows not revised since
  min_accepted         of the records read since the last release: not in quarantine

A hard check that fails holds its source back too. A failure that somebody has looked at
and that nobody can mend is accepted by an entry of its own:

  known_failures:
    cumulative_chain_cumulative_volume:
      2023-05-04: the exchange never published that day's bulletin

So are findings of `carbonmart check`: `coverage` by day and table, `quarantine` by id.

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
from schemas.core.table import Table
from schemas.marts.all import MARTS
from schemas.registry import SOURCES, TABLES

_KNOWN = "known_failures"


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
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        told = " ".join(str(error).split())
        raise GateError(f"gates {path} can't be read: {told}") from error
    if not isinstance(content, dict):
        raise GateError(f"gates {path}: tables with their gates are wanted, not {content!r}")
    known = _known(path, content.pop(_KNOWN, {}))
    of = {table.name: table for table in tables}
    gates = {str(name): _gates(path, str(name), entry, of) for name, entry in content.items()}
    return Declaration(gates, known)


def _known(path: Path, content: Any) -> dict[str, dict[str, str]]:
    wanted = f"gates {path}, {_KNOWN}: check -> scope -> why it is accepted"
    if not isinstance(content, dict):
        raise GateError(f"{wanted}; not {content!r}")
    known: dict[str, dict[str, str]] = {}
    for check, scopes in content.items():
        if not isinstance(scopes, dict) or not all(
            isinstance(why, str) and why for why in scopes.values()
        ):
            raise GateError(f"{wanted}; {check} has {scopes!r}")
        known[str(check)] = {str(scope): why for scope, why in scopes.items()}
    return known


def _gates(path: Path, name: str, entry: Any, tables: Mapping[str, Table]) -> Gates:
    where = f"gates {path}, {name}"
    if name not in tables:
        raise GateError(f"{where}: no such table; there are: {', '.join(tables)}")
    if not isinstance(entry, dict):
        raise GateError(f"{where}: gates are wanted, not {entry!r}")
    known = {f.name for f in fields(Gates)}
    if strangers := sorted(str(key) for key in entry.keys() - known):
        raise GateError(f"{where}: no such gate: {', '.join(strangers)}")
    _check_values(where, tables[name], entry)
    return Gates(**entry)


def _check_values(where: str, table: Table, entry: Mapping[str, Any]) -> None:
    columns = {column.name for column in table.columns}
    for name, value in entry.items():
        if name in ("where", "min_fill"):
            if not isinstance(value, dict) or (strangers := value.keys() - columns):
                wrong = value if not isinstance(value, dict) else ", ".join(sorted(strangers))
                raise GateError(f"{where}, {name}: no column of {table.name}: {wrong}")
            values = list(value.values()) if name == "min_fill" else []
        else:
            values = [value]
        for number in values:
            is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
            if not is_number or number < 0:
                raise GateError(f"{where}, {name}: a number of at least 0 is wanted: {number!r}")
