"""What the commands `tables`, `history` and `diff` print, or write as a page."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from flows.cli import output
from flows.cli.output import Form
from flows.core.query.ask import ask, past_of
from flows.core.query.format import SAMPLE_NOTE
from flows.core.query.html_table import write_table
from flows.core.query.sql import Snapshot, table_of
from flows.core.query.time_travel import parse_point
from flows.core.settings import Settings
from flows.lineage.diff import _core, _document, _tables, changes_between, lines_of, summary
from flows.lineage.history import _arrow, _laid_out, marked


@dataclass(frozen=True, slots=True)
class Shape:
    """How the answer comes out, as a page as well if there is `html`, and how many lines of it."""

    form: Form
    html: Path | None
    limit: int


def show_history(
    settings: Settings, query: str, name: str, snapshot: Snapshot, shape: Shape
) -> None:
    """Print the revisions, changed cells as `old -> new`, and write them to a page."""
    table = table_of(name)
    rows = marked(table, ask(settings, query, snapshot))
    shown = [row for row in rows if row.pop("_shown")]
    more, shown = len(shown) - shape.limit, shown[: shape.limit]
    laid_out = [_laid_out(table, row, shown) for row in shown]
    if shape.html is not None:
        notes = [f"Rows: {snapshot.label}."]
        notes += [SAMPLE_NOTE] if any(row["is_simulated"] for row in shown) else []
        actions = [row["action"] for row in shown]
        write_table(shape.html, f"History of {name}", notes, laid_out, actions)
        sys.stderr.write(f"written to {shape.html}\n")
    output.name_rows(snapshot, shape.form)
    if shape.form.is_table:
        output.show_rows([{n: _arrow(v) for n, v in row.items()} for row in laid_out], shape.form)
    else:
        output.show_rows(shown, shape.form)
    if more > 0:
        sys.stderr.write(f"{more:,} more (--limit)\n")
    output.mark_simulated(settings)


def show_diff(settings: Settings, name: str, points: tuple[str, str], shape: Shape) -> None:
    """Print what leads from one point to another, and write it to a page; counts go to stderr."""
    from warehouse.store.home import open_home
    from warehouse.store.store import Warehouse

    home = open_home(settings.home, None)
    warehouse = Warehouse(home.path)
    one = None if name == "all" else _core(name)
    old, new = (parse_point(warehouse, text, one) for text in points)
    changes = changes_between(warehouse, _tables(one), old, new)
    title = f"{name}: {old.label} to {new.label}"
    note = SAMPLE_NOTE if home.kind == "sample" else ""
    if shape.html is not None:
        lines = [line for change in changes for line in lines_of(change, is_page=True)]
        notes = [summary(changes), *filter(None, [note])]
        write_table(shape.html, title, notes, lines, [line["action"] for line in lines])
        sys.stderr.write(f"written to {shape.html}\n")
    if shape.form.is_table:
        lines = [line for change in changes for line in lines_of(change, is_page=False)]
        if lines:
            output.show_rows(lines[: shape.limit], shape.form)
        if len(lines) > shape.limit:
            more = len(lines) - shape.limit
            sys.stderr.write(f"{more:,} more lines (--limit, --json, --html)\n")
    else:
        output.show_rows([_document(change) for change in changes], shape.form)
    sys.stderr.write(f"{title}: {summary(changes)}\n")
    if note:
        sys.stderr.write(note + "\n")


def show_tables(settings: Settings, snapshot: Snapshot, form: Form = output.TABLE) -> None:
    """The tables of the store in a state of it, beside the version that is loaded."""
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
            "loaded": warehouse.version(info.name),
            "files": info.files,
            "bytes": info.bytes,
            "known_from": info.last_known_from,
        }
        for info in warehouse.tables(**past_of(snapshot))
    ]
    output.name_rows(snapshot, form)
    output.show_rows(rows, form, empty=f"no table holds a row ({snapshot.label})")
