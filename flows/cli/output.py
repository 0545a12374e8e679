"""What commands print: tables for people, one JSON document for scripts, notes on stderr."""

from __future__ import annotations

import io
import json
import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from flows.core.query.ask import Rows, ask, ask_table
from flows.core.query.files import FILE_FORMATS, as_csv, table_of_rows, write_file
from flows.core.query.format import SAMPLE_NOTE, _clipped, cell, plain
from flows.core.settings import Settings
from flows.jobs.report.report import COLUMNS, as_rows, notes
from flows.jobs.report.report import as_json as report_json

if TYPE_CHECKING:
    import pyarrow as pa
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
    write_json(document, sys.stdout)


def write_json(document: Any, to: TextIO) -> None:
    """One JSON document."""
    is_narrow = not (getattr(to, "encoding", None) or "utf").lower().startswith("utf")
    json.dump(_finite(document), to, ensure_ascii=is_narrow, indent=2, default=plain)
    to.write("\n")


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


def _console_on(text: io.StringIO) -> Console:
    from rich.console import Console

    return Console(file=text, width=160, highlight=False)


def show_report(report: RunReport, *, as_json: bool = False) -> None:
    """The run report."""
    if as_json:
        print_json(report_json(report))
        return
    out = console()
    out.print(_as_table(report, out.width, notes(report)))
    if report.is_sample:
        sys.stderr.write(SAMPLE_NOTE + "\n")


def _as_table(report: RunReport, width: int, told: list[str]) -> RenderableType:
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
    return Group(*tables, *(escape(note) for note in told))


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    cells = [f"{row[n]:,}" if isinstance(row[n], int) else str(row[n]) for n in COLUMNS]
    colour = _COLOURS.get(row["outcome"], "red")
    cells[1] = f"[{colour}]{cells[1]}[/{colour}]"
    return tuple(cells)


@dataclass(frozen=True, slots=True)
class Form:
    """How rows come out: as a table for people, JSON, or a file of `FILE_FORMATS`; on stdout
    where there is no `output`. `is_filled` leaves out columns of a table for people that are
    empty throughout."""

    kind: str = "table"
    output: Path | None = None
    is_filled: bool = False

    @property
    def is_table(self) -> bool:
        return self.kind == "table"


TABLE, JSON = Form(), Form("json")


def name_rows(snapshot: Snapshot, form: Form = TABLE) -> None:
    """Say whose rows these are: above a table, and beside anything that a script reads."""
    is_head = form.is_table and form.output is None
    (sys.stdout if is_head else sys.stderr).write(snapshot.label + "\n")


def show_query(
    settings: Settings, query: str, snapshot: Snapshot, form: Form = TABLE, within_s: float = 0
) -> None:
    """The answer to a query about a state of the store, and which state that is.

    Raises `UsageError` if it is not there within so many seconds (0: however many).
    """
    if form.kind in FILE_FORMATS:
        _put_table(ask_table(settings, query, snapshot, within_s), form, snapshot, settings)
    else:
        rows = ask(settings, query, snapshot, within_s)
        if form.is_filled and form.is_table and rows:
            filled = [n for n in rows[0] if any(r[n] not in (None, False, "") for r in rows)]
            rows = [{name: row[name] for name in filled} for row in rows]
        name_rows(snapshot, form)
        show_rows(rows, form)
    mark_simulated(settings)


def mark_simulated(settings: Settings) -> None:
    """Say on stderr that a sample store's figures are simulated."""
    if _is_sample(settings):
        sys.stderr.write(SAMPLE_NOTE + "\n")


def _is_sample(settings: Settings) -> bool:
    from warehouse.store.home import open_home

    return open_home(settings.home, None).kind == "sample"


def _put_table(
    table: pa.Table, form: Form, snapshot: Snapshot | None, settings: Settings | None
) -> None:
    """Rows as one of `FILE_FORMATS`."""
    about = {"rows": snapshot.label} if snapshot else {}
    if settings and _is_sample(settings):
        about["simulated"] = SAMPLE_NOTE
    if snapshot:
        name_rows(snapshot, form)
    if form.output is None:
        sys.stdout.write(as_csv(table))
        return
    write_file(form.output, form.kind, table, about)
    sys.stderr.write(f"{table.num_rows:,} rows written to {form.output}\n")


def show_rows(rows: Rows, form: Form = TABLE, *, empty: str = "no rows") -> None:
    """Rows in the form that was asked for; of a table, columns that do not fit are named
    below it."""
    if form.kind in FILE_FORMATS:
        _put_table(table_of_rows(rows), form, None, None)
    elif form.output is not None:
        text = io.StringIO()
        if form.is_table:
            _print_table(rows, _console_on(text), empty)
        else:
            write_json(rows, text)
        save(form.output, text.getvalue())
    elif form.is_table:
        _print_table(rows, console(), empty)
    else:
        print_json(rows)


def save(path: Path, text: str) -> None:
    """Write a text to a file. Raises `UsageError`."""
    from flows.core.errors import UsageError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from None
    sys.stderr.write(f"written to {path}\n")


def _print_table(rows: Rows, out: Console, empty: str) -> None:
    if not rows:
        sys.stderr.write(empty + "\n")
        return
    from rich.markup import escape
    from rich.table import Table

    # That a figure is simulated is never what did not fit.
    marked = [n for n in rows[0] if n == "is_simulated" and any(row[n] for row in rows)]
    names = dict.fromkeys([*marked, *rows[0]])
    cells = {name: [_clipped(cell(row[name], name)) for row in rows] for name in names}
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


def show_records(rows: Rows, form: Form = TABLE) -> None:
    """Rows as blocks of `name  value` lines, or in the form that was asked for."""
    if form != TABLE:
        if form.kind != "json":
            names = dict.fromkeys(name for row in rows for name in row)
            rows = [{name: _listed(row.get(name)) for name in names} for row in rows]
        show_rows(rows, form)
        return
    from rich.table import Table
    from rich.text import Text

    out = console()
    for row in rows:
        lines = Table.grid(padding=(0, 2))
        for name, value in row.items():
            lines.add_row(name, Text(cell(_listed(value), name)))
        out.print(lines)
        out.print()


def _listed(value: Any) -> Any:
    return "; ".join(map(str, value)) if isinstance(value, list) else value


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
