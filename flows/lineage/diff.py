"""`diff`: the changes between two points of the store's past, in three forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from flows.core.query.ask import past_of
from flows.core.query.format import cell, plain
from flows.core.query.html_table import Marked
from flows.core.query.sql import Snapshot, UnknownTable, table_of
from schemas.registry import TABLES, VIEWS

if TYPE_CHECKING:
    from schemas.core.forms import StoredRows
    from warehouse.store.diff import Change
    from warehouse.store.store import Warehouse

_NEITHER = {"old": None, "new": None}
_WORDS = {"ADD": "added", "MOD": "changed", "DEL": "gone"}


def _core(name: str) -> str:
    table = table_of(name)
    if table.is_log:
        what = "derived from the other tables" if name in VIEWS else "a log: its rows never change"
        raise UnknownTable(f"{name} is {what}; ask it with `carbonmart show` or `sql`")
    return name


def _tables(one: str | None) -> list[str]:
    return [one] if one else [table.name for table in TABLES.values() if not table.is_log]


def changes_between(
    warehouse: Warehouse, tables: Iterable[str], old: Snapshot, new: Snapshot
) -> list[Change]:
    """What leads from one point to another in each of the tables. Raises `UnknownVersion`."""
    from warehouse.store.diff import diff

    def of(name: str, snapshot: Snapshot) -> StoredRows:
        return warehouse.source(name, **past_of(snapshot))

    return [change for name in tables for change in diff(of(name, old), of(name, new))]


def summary(changes: list[Change]) -> str:
    """`nothing differs`, or the numbers of changed, added and gone rows of each table."""
    counts = Counter((change.table, change.action) for change in changes)
    words = [f"{count:,} {_WORDS[action]} in {table}" for (table, action), count in counts.items()]
    return ", ".join(words) or "nothing differs"


def _document(change: Change) -> dict[str, Any]:
    return {
        "table": change.table,
        "key": {name: plain(value) for name, value in change.key.items()},
        "action": change.action,
        "columns": {name: list(pair) for name, pair in change.changed.items()},
        "old_source_url": change.old_url,
        "new_source_url": change.new_url,
    }


def lines_of(change: Change, *, is_page: bool) -> Iterator[dict[str, Any]]:
    """A line for each changed cell, one for a row that came or went."""
    key = " ".join(str(value) for value in change.key.values())
    first = {"table": change.table, "key": key, "action": change.action}
    pages = {"old_source_url": change.old_url, "new_source_url": change.new_url}
    for name, (old, new) in change.changed.items() or [("", (None, None))]:
        cells: dict[str, Any]
        if not name:
            cells = {"column": None} | ({"old -> new": None} if is_page else _NEITHER)
        elif is_page:
            cells = {"column": name, "old -> new": Marked(old, new)}
        else:
            cells = {"column": name, "old": cell(old), "new": cell(new)}
        yield first | cells | pages
