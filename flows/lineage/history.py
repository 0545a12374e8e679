"""`history`: the revisions of a key, what each changed, for people, scripts and browsers."""

from __future__ import annotations

from typing import Any

from flows.core.query.format import cell
from flows.core.query.html_table import Marked
from schemas.core.table import Table

Row = dict[str, Any]


def marked(table: Table, rows: list[Row]) -> list[Row]:
    """Each revision with its `action` (ADD, MOD, DEL) and `changed`: column -> [old, new].

    The rows must hold all revisions of their keys, those of a key in order.
    """
    before: dict[tuple[Any, ...], Row] = {}
    found = []
    for row in rows:
        key = tuple(row[name] for name in table.key)
        old = before.get(key)
        changed: dict[str, list[Any]] = {}
        if row["is_deleted"]:
            action = "DEL"
        elif old is None or old["is_deleted"]:
            action = "ADD"
        else:
            action = "MOD"
            changed = {n: [old[n], row[n]] for n in table.compared if old[n] != row[n]}
        before[key] = row
        found.append({"action": action, **row, "changed": changed})
    return found


def _laid_out(table: Table, row: Row, rows: list[Row]) -> Row:
    """A revision as a line: what ever changed comes first, what is always empty is left out."""
    ever = [n for n in table.compared if any(n in r["changed"] for r in rows)]
    rest = [n for n in table.compared if n not in ever and any(_is_filled(r[n]) for r in rows)]
    names = ["known_from", "revision", "action", *ever, *table.key, *rest, table.origin]
    names += ["is_simulated"] if any(r["is_simulated"] for r in rows) else []
    names = list(dict.fromkeys(names))
    return {n: Marked(*row["changed"][n]) if n in row["changed"] else row[n] for n in names}


def _is_filled(value: Any) -> bool:
    return value not in (None, False, "")


def _arrow(value: Any) -> Any:
    if not isinstance(value, Marked):
        return value
    return f"{cell(value.old)} -> {cell(value.new)}"
