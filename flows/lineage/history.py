"""`history`: the revisions of a key, what each changed, for people, scripts and browsers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from flows import output
from flows.pages import Marked, write_table
from flows.points import Point
from flows.query import history_sql, table_of
from flows.report import SAMPLE_NOTE
from flows.settings import Settings
from schemas.core.table import Table

Row = dict[str, Any]


def show_history(
    settings: Settings,
    name: str,
    key: list[str],
    *,
    where: str | None,
    limit: int,
    point: Point,
    html: Path | None = None,
    as_json: bool = False,
) -> None:
    """Print the revisions, changed cells as `old -> new`, and write them to `html`."""
    table = table_of(name)
    rows = marked(table, output.ask(settings, history_sql(name, key, where=where), point))
    shown = [row for row in rows if row.pop("_shown")]
    more, shown = len(shown) - limit, shown[:limit]
    if html is not None:
        title = " ".join(["History of", name, *key])
        notes = [f"As of {point.label}."] if point.versions or point.as_of else []
        notes += [SAMPLE_NOTE] if any(row["is_simulated"] for row in shown) else []
        actions = [row["action"] for row in shown]
        write_table(html, title, notes, [_laid_out(table, row, shown) for row in shown], actions)
        sys.stderr.write(f"written to {html}\n")
    if as_json:
        output.print_json(shown)
        return
    laid_out = [_laid_out(table, row, shown) for row in shown]
    output.show_rows([{n: _arrow(v) for n, v in row.items()} for row in laid_out])
    if more > 0:
        sys.stderr.write(f"{more:,} more (--limit)\n")
    output.mark_simulated(settings)


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
    return {n: Marked(*row["changed"][n]) if n in row["changed"] else row[n] for n in names}


def _is_filled(value: Any) -> bool:
    return value not in (None, False, "")


def _arrow(value: Any) -> Any:
    if not isinstance(value, Marked):
        return value
    return f"{output.cell(value.old)} -> {output.cell(value.new)}"
