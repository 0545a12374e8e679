"""`diff`: the changes between two points of the store's past, in three forms."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import output
from flows.pages import Marked, write_table
from flows.points import Point, parse_point
from flows.query import UnknownTable, table_of
from flows.report import SAMPLE_NOTE
from flows.settings import Settings
from schemas.registry import TABLES, VIEWS

if TYPE_CHECKING:
    from warehouse.engine.sql.views import Source
    from warehouse.store.diff import Change
    from warehouse.store.store import Warehouse

_NEITHER = {"old": None, "new": None}
_WORDS = {"ADD": "added", "MOD": "changed", "DEL": "gone"}


def show_diff(
    settings: Settings,
    name: str,
    a: str,
    b: str,
    *,
    html: Path | None,
    limit: int,
    as_json: bool,
) -> None:
    """Print what leads from `a` to `b`, and write it to `html`; counts go to stderr."""
    from warehouse.store.home import open_home
    from warehouse.store.store import Warehouse

    home = open_home(settings.home, None)
    warehouse = Warehouse(home.path)
    one = None if name == "all" else _core(name)
    old, new = (parse_point(warehouse, text, one) for text in (a, b))
    changes = changes_between(warehouse, _tables(one), old, new)
    title = f"{name}: {old.label} to {new.label}"
    note = SAMPLE_NOTE if home.kind == "sample" else ""
    if html is not None:
        lines = [line for change in changes for line in lines_of(change, is_page=True)]
        notes = [summary(changes), *filter(None, [note])]
        write_table(html, title, notes, lines, [line["action"] for line in lines])
        sys.stderr.write(f"written to {html}\n")
    if as_json:
        output.print_json([_document(change) for change in changes])
        return
    lines = [line for change in changes for line in lines_of(change, is_page=False)]
    if lines:
        output.show_rows(lines[:limit])
    if len(lines) > limit:
        sys.stderr.write(f"{len(lines) - limit:,} more lines (--limit, --json, --html)\n")
    sys.stderr.write(f"{title}: {summary(changes)}\n")
    if note:
        sys.stderr.write(note + "\n")


def _core(name: str) -> str:
    table = table_of(name)
    if table.is_log:
        what = "derived from the other tables" if name in VIEWS else "a log: its rows never change"
        raise UnknownTable(f"{name} is {what}; ask it with `carbonmart show` or `sql`")
    return name


def _tables(one: str | None) -> list[str]:
    return [one] if one else [table.name for table in TABLES.values() if not table.is_log]


def changes_between(
    warehouse: Warehouse, tables: Iterable[str], old: Point, new: Point
) -> list[Change]:
    """What leads from one point to another in each of the tables. Raises `UnknownVersion`."""
    from warehouse.store.diff import diff

    def of(name: str, point: Point) -> Source:
        return warehouse.source(name, as_of=point.as_of, versions=point.versions)

    return [change for name in tables for change in diff(of(name, old), of(name, new))]


def summary(changes: list[Change]) -> str:
    """`nothing differs`, or the numbers of changed, added and gone rows of each table."""
    counts = Counter((change.table, change.action) for change in changes)
    words = [f"{count:,} {_WORDS[action]} in {table}" for (table, action), count in counts.items()]
    return ", ".join(words) or "nothing differs"


def _document(change: Change) -> dict[str, Any]:
    return {
        "table": change.table,
        "key": {name: output.plain(value) for name, value in change.key.items()},
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
            cells = {"column": name, "old": output.cell(old), "new": output.cell(new)}
        yield first | cells | pages
