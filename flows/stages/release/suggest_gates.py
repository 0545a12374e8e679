"""Gates proposed from the present data, in the form in which gates are declared."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from flows.core.query.gates import gates_of
from flows.core.query.sql import UnknownTable
from flows.core.settings import Settings
from flows.stages.release.release_rows import opened
from schemas.contracts.gates import Gates, Measures
from schemas.core.prose import is_ledger
from schemas.core.table import KNOWLEDGE, Table
from schemas.registry import TABLES
from warehouse.store.measures import Baseline, measure
from warehouse.store.store import Warehouse

ROOM = 0.05
"""How far below the present a share may fall before its gate bites."""
FEW_DAYS = 5
"""So many more trading days may lack before a gate warns."""
FEW_ROWS, MANY_ROWS = 0.8, 5
"""Least and most rows, as a share of the present."""
DEFAULTS = Gates(fill_days=180, min_kept=0.98, max_grown=1.5, min_unrevised=0.9, min_accepted=0.8)
"""Where the present says nothing: what a night may change, by experience with other data."""
KEPT_TAKEN = 0.98
"""Of a ledger of prose: the share of taken figures, as a share of the last release's."""
LEAST_FILLED = 0.2
"""A column filled less often than this is empty by its nature."""


def suggestions(settings: Settings, names: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """Proposed gates by table. `where` is taken from the gates in force.

    Raises `UnknownTable`.
    """
    warehouse, gates = opened(settings), gates_of(settings).tables
    held = [t.name for t in TABLES.values() if not t.is_log and warehouse.version(t.name)]
    for name in names:
        if name not in held:
            raise UnknownTable(f"no data in a table {name!r}; there is in: {', '.join(held)}")
    return {name: _suggest(warehouse, TABLES[name], gates.get(name)) for name in names or held}


def as_yaml(found: Mapping[str, Mapping[str, Any]]) -> str:
    """The proposal as a file of gates."""
    import yaml

    return str(yaml.safe_dump(dict(found), sort_keys=False, allow_unicode=True))


def _suggest(warehouse: Warehouse, table: Table, known: Gates | None) -> dict[str, Any]:
    hidden = {column.name for column in (*table.lineage, *KNOWLEDGE)}
    hidden |= set(table.sparse)
    columns = [c for c in table.columns if c.nullable and c.name not in hidden]
    asked = replace(
        known or DEFAULTS,
        min_fill={column.name: 0.0 for column in columns},
        max_missing_days=0,
        fill_days=(known or DEFAULTS).fill_days,
    )
    version = warehouse.version(table.name)
    found = measure(warehouse, table, asked, version, Baseline())
    # Nothing is refused from a mart, and one new day revises the row of its year.
    usual = replace(DEFAULTS, min_unrevised=None, min_accepted=None) if table.is_mart else DEFAULTS
    proposed = replace(
        usual,
        min_taken=KEPT_TAKEN if is_ledger(table) else None,
        min_rows=math.floor(found.rows * FEW_ROWS),
        max_rows=math.ceil(found.rows * MANY_ROWS),
        where=asked.where,
        fill_days=asked.fill_days if table.prune_by else None,
        min_fill=_fill(found, known or Gates()),
        max_missing_days=len(found.missing) + FEW_DAYS if found.days else None,
    )
    stated = ((f.name, getattr(proposed, f.name)) for f in fields(Gates))
    return {name: _plain(value) for name, value in stated if value not in (None, {})}


def _fill(found: Measures, known: Gates) -> dict[str, float]:
    """Shares with some room below them; what no true row lacks, by the gates in force, must
    stay so."""
    shares = {n: count / found.fill_rows for n, count in found.filled.items() if found.fill_rows}
    never = {name for name, least in known.min_fill.items() if least == 1}
    return {
        name: 1.0 if share == 1 and name in never else _room(share)
        for name, share in shares.items()
        if share >= LEAST_FILLED
    }


def _room(share: float) -> float:
    return math.floor(max(0.0, share - ROOM) * 100) / 100


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
