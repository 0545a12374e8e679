"""What the commands `tables`, `history` and `diff` print, or write as a page."""

from __future__ import annotations

import sys
from pathlib import Path

from flows.cli import output
from flows.core.query.ask import ask, past_of
from flows.core.query.format import SAMPLE_NOTE
from flows.core.query.html_table import write_table
from flows.core.query.sql import Snapshot, history_sql, table_of
from flows.core.query.time_travel import parse_point
from flows.core.settings import Settings
from flows.lineage.diff import _core, _document, _tables, changes_between, lines_of, summary
from flows.lineage.history import _arrow, _laid_out, marked


def show_history(
    settings: Settings,
    name: str,
    key: list[str],
    *,
    where: str | None,
    limit: int,
    snapshot: Snapshot,
    html: Path | None = None,
    as_json: bool = False,
) -> None:
    """Print the revisions, changed cells as `old -> new`, and write them to `html`."""
    table = table_of(name)
    rows = marked(table, ask(settings, history_sql(name, key, where=where), snapshot))
    shown = [row for row in rows if row.pop("_shown")]
    more, shown = len(shown) - limit, shown[:limit]
    if html is not None:
        title = " ".join(["History of", name, *key])
        notes = [f"As of {snapshot.label}."] if snapshot.versions or snapshot.as_of else []
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


def show_tables(
    settings: Settings, *, snapshot: Snapshot | None = None, as_json: bool = False
) -> None:
    """The tables of the store, of the past if there is a `point`."""
    from warehouse.store.releases import released_versions
    from warehouse.store.store import Warehouse

    warehouse = Warehouse(settings.home)
    released = released_versions(warehouse)
    rows = [
        {
            "table": info.name,
            "current_rows": info.current_rows,
            "rows": info.rows,
            "version": info.version,
            "released": released.get(info.name),
            "files": info.files,
            "bytes": info.bytes,
            "known_from": info.last_known_from,
        }
        for info in warehouse.tables(**past_of(snapshot))
    ]
    empty = "no tables yet: run `carbonmart demo` or `refresh`"
    if snapshot and (snapshot.as_of or snapshot.versions):
        empty = f"no table held a row then ({snapshot.label})"
    output.show_rows(rows, as_json=as_json, empty=empty)
