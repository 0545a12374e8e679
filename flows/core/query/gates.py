"""The gates in force: those that ship, and the home's own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.contracts.gate_files import HELD, Declaration, declared
from schemas.core.forms import text_literal

if TYPE_CHECKING:
    from flows.core.settings import Settings
    from warehouse.engine.storage.base import Address

GATES_FILE = "gates.yml"


def gates_of(settings: Settings) -> Declaration:
    """The gates in force: those shipped, with tables replaced by the user's file if there is one,
    and with the rows that readings of people accept.

    Raises `GateError` for a file that can't be used.
    """
    found = _declared(settings)
    if not (accepted := rows_accepted(settings)):
        return found
    known = {**found.known_failures, HELD: {**accepted, **found.known_failures.get(HELD, {})}}
    return replace(found, known_failures=known)


def rows_accepted(settings: Settings) -> dict[str, str]:
    """The rows that a reading accepts whatever checks say of them, by name, and why."""
    from schemas.contracts.readings import ACCEPTED
    from schemas.core.prose import FIGURES
    from schemas.ops.prose import ledgers
    from schemas.registry import TABLES
    from warehouse.errors import WarehouseError
    from warehouse.store.home import home_path
    from warehouse.store.store import Warehouse

    home = home_path(settings.home) if "://" in settings.home else Path(settings.home)
    found: dict[str, str] = {}
    if not has_readings(home):
        return found
    warehouse, marked = Warehouse(home), text_literal(f'%"{ACCEPTED}":%')
    for ledger in ledgers(TABLES.values()):
        try:
            if warehouse.version(ledger.name) is None:
                continue
            sql = f"SELECT {FIGURES.name} FROM {ledger.name} WHERE {FIGURES.name} LIKE {marked}"  # noqa: S608
            with warehouse.connect(ledger.name) as connection:
                rows = connection.execute(sql).fetchall()
        except WarehouseError:
            continue  # a table that can't be read accepts nothing; its source's run tells of it
        for (held,) in rows:
            figures = (figure for part in json.loads(held) for figure in part["figures"])
            found |= {f[ACCEPTED]: f["reason"] for f in figures if ACCEPTED in f}
    return found


def has_readings(home: Address | Path) -> bool:
    """Whether any reading was ever kept in a home."""
    from warehouse.engine.storage.storage import storage

    kept = home / "archive" / "readings"
    if isinstance(kept, Path):
        return kept.is_dir()
    return any(True for _ in storage(kept).list())


def _declared(settings: Settings) -> Declaration:
    if settings.gates:
        return declared(Path(settings.gates))
    if "://" in settings.home:
        return declared(_fetched(settings))
    if (own := Path(settings.home) / GATES_FILE).is_file():
        return declared(own)
    return declared()


def _fetched(settings: Settings) -> Path | None:
    """A copy of the user's file in the home at an address, None if there is none."""
    from warehouse.engine.storage.local_cache import nearby
    from warehouse.store.home import home_path

    return nearby(home_path(settings.home), GATES_FILE)
