"""A store whose loaded rows differ from its release in every table, made in a second."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from schemas.core.table import Column, Kind, Table
from schemas.registry import TABLES
from tests.support.released import release
from warehouse.store.home import Home, open_home
from warehouse.store.store import Warehouse

RELEASED = {"words": "words of the release", "number": Decimal(271_828)}
LOADED = {"words": "words that nobody released", "number": Decimal(314_159)}
KNOWN = datetime(2024, 7, 1, tzinfo=UTC)
DAY = date(2024, 6, 25)
_KEYS: Mapping[str, Any] = {
    "year": 2024,
    "figure_id": "annual_volume",
    "period": "2024",
    "source": "seee",
    "month": date(2024, 6, 1),
    "jurisdictions": "CN",
}
"""What a report looks rows up by."""
_TRUE = ("is_relevant", "is_preferred", "is_simulated")
_CITED = {
    "source": "seee",
    "url": "https://overview.cneeex.example/c/1.shtml",
    "quote": "words",
    "retrieved_at": "2024-06-25T10:00:00Z",
    "payload_sha256": "0" * 64,
    "table": "seee_bulletins",
    "key": {"period": "day"},
    "is_simulated": True,
}
_JSON = {"citations": [_CITED], "derived_from": [], "evidence": {}}


def row_of(table: Table, told: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the table about a key that is always the same, with the words and numbers told."""
    return {c.name: _cell(c, told, c.name in table.key) for c in table.stated}


def _cell(column: Column, told: Mapping[str, Any], is_key: bool) -> Any:
    name, kind = column.name, column.kind
    if name in _JSON:
        return json.dumps(_JSON[name])
    if name in _KEYS and (is_key or name in ("jurisdictions", "source")):
        return _KEYS[name]
    if name == "payload_sha256":
        return "0" * 64
    if name == "source_url":
        return _CITED["url"]
    if name == "retrieved_at":
        return KNOWN + timedelta(days=told is LOADED)
    return {
        Kind.TEXT: column.one_of[0] if column.one_of else "key" if is_key else told["words"],
        Kind.INT: 1 if is_key else int(told["number"]),
        Kind.DATE: DAY,
        Kind.INSTANT: KNOWN,
        Kind.BOOL: name in _TRUE,
        Kind.SECONDS: 1.0,
        Kind.PRICE: told["number"] / 100,
        Kind.MONEY: told["number"],
        Kind.PERCENT: told["number"] / 100,
        Kind.QUANTITY: told["number"],
    }[kind]


def unreleased(path: Path) -> Home:
    """The store: a row of every table is released, and a later revision of each is loaded."""
    home = open_home(path, "sample")
    warehouse = Warehouse(home.path)
    for number, told in enumerate((RELEASED, LOADED)):
        for table in TABLES.values():
            if not table.is_log:
                at = KNOWN + timedelta(days=number)
                done = warehouse.load(table, [row_of(table, told)], known_from=at, run_id="test")
                assert (done.new, done.revised) == (1 - number, number), table.name
        if not number:
            release(home)
    return home
