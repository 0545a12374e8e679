"""What commands print: tables for people, one JSON document for scripts, notes on stderr."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.core.query.ask import Rows, ask
from flows.core.query.format import SAMPLE_NOTE, _clipped, cell, plain
from flows.core.settings import Settings
from flows.jobs.report.report import COLUMNS, as_rows, notes
from flows.jobs.report.report import as_json as report_json

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from flows.core.context import Progress
    from flows.core.query.sql import Snapshot
    from flows.jobs.report.result import RunReport

_COLOURS = {
    "changed": "green",
    "unchanged": "green",
    "empty_expected": "green",
    "skipped": "dim",
    "partial": "yellow",
    "empty_suspicious": "yellow",
}
WIDE = 120
"""Characters in a line that hold a row of all columns."""
HEAD_WIDTH, COLUMN_WIDTH = 16, 19
"""Characters of the names of all columns, and of a source beside them, with their borders."""


def print_json(document: Any) -> None:
    """One JSON document on stdout."""
    json.dump(_finite(document), sys.stdout, ensure_ascii=False, indent=2, default=plain)
    sys.stdout.write("\n")


def _finite(document: Any) -> Any:
    """The document with null for what JSON has no number for (NaN, infinity)."""
    if isinstance(document, float):
        return document if math.isfinite(document) else None
    if isinstance(document, dict):
        return {name: _finite(value) for name, value in document.items()}
    if isinstance(document, (list, tuple)):
        return [_finite(value) for value in document]
    return document


def console(*, is_error: bool = False) -> Console:
    """A console of the terminal's width; wide enough for a table where there is none."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else 160
    return Console(stderr=is_error, width=width, highlight=False, soft_wrap=False)


def show_report(report: RunReport, *, as_json: bool = False) -> None:
    """The run report."""
    if as_json:
        print_json(report_json(report))
        return
    out = console()
    out.print(_as_table(report, out.width))
    if report.is_sample:
        sys.stderr.write(SAMPLE_NOTE + "\n")


def _as_table(report: RunReport, width: int) -> RenderableType:
    """The report as a table for the terminal, notes below it.

    A source is a row, or where that does not fit into the width, a column: as many side by side
    as fit, the others in a further table.
    """
    from rich.console import Group
    from rich.markup import escape
    from rich.table import Table

    rows = [_cells(row) for row in as_rows(report)]
    beside = len(rows) if width >= WIDE else max(1, (width - HEAD_WIDTH) // COLUMN_WIDTH)
    tables = []
    for start in range(0, max(len(rows), 1), max(beside, 1)):
        lines = [COLUMNS, *rows[start : start + beside]]
        if width < WIDE:
            lines = list(zip(*lines, strict=True))
        title = f"{report.job} {report.run_id}" if start == 0 else None
        table = Table(title=title, title_justify="left")
        for head in lines[0]:
            is_text = width >= WIDE and head in ("source", "outcome")
            table.add_column(head, justify="left" if is_text else "right")
        for line in lines[1:]:
            table.add_row(*line)
        tables.append(table)
    return Group(*tables, *(escape(note) for note in notes(report)))


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    cells = [f"{row[n]:,}" if isinstance(row[n], int) else str(row[n]) for n in COLUMNS]
    colour = _COLOURS.get(row["outcome"], "red")
    cells[1] = f"[{colour}]{cells[1]}[/{colour}]"
    return tuple(cells)


def show_query(
    settings: Settings,
    query: str,
    *,
    snapshot: Snapshot | None = None,
    as_json: bool = False,
    is_wide: bool = False,
) -> None:
    """The answer to a query, of the past if there is a `point`.

    `is_wide` leaves out columns that are empty throughout.
    """
    rows = ask(settings, query, snapshot)
    if is_wide and not as_json and rows:
        filled = [n for n in rows[0] if any(r[n] not in (None, False, "") for r in rows)]
        rows = [{name: row[name] for name in filled} for row in rows]
    show_rows(rows, as_json=as_json)
    mark_simulated(settings)


def mark_simulated(settings: Settings) -> None:
    """Say on stderr that a sample store's figures are simulated."""
    from warehouse.store.home import open_home

    if open_home(settings.home, None).kind == "sample":
        sys.stderr.write(SAMPLE_NOTE + "\n")


def show_rows(rows: Rows, *, as_json: bool = False, empty: str = "no rows") -> None:
    """Rows as a table; columns that do not fit are named below it."""
    if as_json:
        print_json(rows)
        return
    if not rows:
        sys.stderr.write(empty + "\n")
        return
    from rich.markup import escape
    from rich.table import Table

    out = console()
    cells = {name: [_clipped(cell(row[name], name)) for row in rows] for name in rows[0]}
    shown = _fitting(cells, out.width)
    table = Table()
    for name in shown:
        is_number = all(isinstance(r[name], (int, Decimal, float, type(None))) for r in rows)
        table.add_column(name, justify="right" if is_number else "left", overflow="fold")
    for index in range(len(rows)):
        table.add_row(*(escape(cells[name][index]) for name in shown))
    out.print(table)
    if left := [name for name in cells if name not in shown]:
        columns = "column" if len(left) == 1 else "columns"
        sys.stderr.write(
            f"{len(left)} more {columns} (--columns a,b chooses, --json shows all): "
            f"{', '.join(left)}\n"
        )


def _fitting(cells: dict[str, list[str]], width: int) -> list[str]:
    """As many columns as the width holds, at least one; long text counts as 40."""
    from rich.cells import cell_len

    used = 1
    shown: list[str] = []
    for name, values in cells.items():
        used += 3 + min(40, max(cell_len(text) for text in (name, *values)))
        if shown and used > width:
            break
        shown.append(name)
    return shown


def show_records(rows: Rows, *, as_json: bool = False) -> None:
    """Rows as blocks of `name  value` lines."""
    if as_json:
        print_json(rows)
        return
    from rich.table import Table
    from rich.text import Text

    out = console()
    for row in rows:
        lines = Table.grid(padding=(0, 2))
        for name, value in row.items():
            text = "; ".join(value) if isinstance(value, list) else cell(value, name)
            lines.add_row(name, Text(text))
        out.print(lines)
        out.print()


@contextmanager
def progress_bars(*, is_shown: bool) -> Iterator[Progress]:
    """A progress bar per source and stage, on stderr, where there is a terminal."""
    from flows.core.context import no_progress

    if not is_shown or not sys.stderr.isatty():
        yield no_progress
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console(is_error=True),
        transient=True,
    )
    tasks: dict[str, Any] = {}

    def show(source: str, stage: str, done: int, total: int) -> None:
        name = f"{source} {stage}"
        if name not in tasks:
            tasks[name] = bars.add_task(name, total=total)
        bars.update(tasks[name], completed=done, total=total)

    with bars:
        yield show
