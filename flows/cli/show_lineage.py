"""What `trace`, `quarantine`, `corrections` and `replay` print."""

from __future__ import annotations

import sys
import tempfile
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.cli import output
from flows.core.errors import UsageError
from flows.core.settings import Settings
from flows.stages.read.readers import Readers

if TYPE_CHECKING:
    from flows.lineage.trace_mart import MartTrace


def show_trace(
    settings: Settings,
    table: str,
    cell: Sequence[str],
    *,
    html: Path | None,
    is_opened: bool,
    as_json: bool,
) -> None:
    """The cell's revisions, and if asked for the page of the last one."""
    from flows.lineage.trace import facts_of, follow, render
    from flows.lineage.trace_mart import MartTrace

    found = follow(settings, table, cell)
    if isinstance(found, MartTrace):
        _show_mart_trace(settings, found, html=html, is_opened=is_opened, as_json=as_json)
        return
    document: dict[str, Any] = found.as_dict()
    told = []
    if html or is_opened:
        page = render(settings, found)
        path = html or _temporary()
        try:
            path.write_text(page.html, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{path} can't be written: {error.strerror}") from error
        document |= {"html": str(path), "marks": page.marks}
        marks = f"{page.marks} places marked" if page.marks != 1 else "1 place marked"
        told.append(f"{path}: the archived page, {marks}")
        if is_opened and not webbrowser.open(f"{path.absolute().as_uri()}#found"):
            told.append("no browser could be opened")
    if as_json:
        output.print_json(document)
    else:
        out = output.console()
        for statement in found.statements:
            for name, text in facts_of(found, statement):
                out.print(f"{name:<18}{text}", markup=False, soft_wrap=True)
            if statement.is_deleted:
                out.print(f"{'state':<18}a tombstone: the row is no longer current")
            out.print()
        for telling in found.told:
            out.print(f"{'told in ' + telling.by:<18}{telling.words}", markup=False, soft_wrap=True)
            out.print(f"{'':<18}{telling.url}", markup=False, soft_wrap=True)
        output.mark_simulated(settings)
    for line in told:
        sys.stderr.write(line + "\n")


def _show_mart_trace(
    settings: Settings, found: MartTrace, *, html: Path | None, is_opened: bool, as_json: bool
) -> None:
    """A mart's cell: formula, rows, words; as a page the cells it rests on."""
    from flows.core.query.html_table import write_table
    from flows.lineage.trace_mart import lines_of, page_rows

    document, told = found.as_dict(), []
    if html or is_opened:
        path = html or _temporary()
        notes = [f"{name}: {text}" for name, text in lines_of(found) if name]
        write_table(path, f"Where {found.table.name} is from", notes, page_rows(found))
        document["html"] = str(path)
        told.append(f"{path}: the rows it follows from")
        if is_opened and not webbrowser.open(path.absolute().as_uri()):
            told.append("no browser could be opened")
    if as_json:
        output.print_json(document)
    else:
        out = output.console()
        for name, text in lines_of(found):
            out.print(f"{name:<18}{text}", markup=False, soft_wrap=True)
        output.mark_simulated(settings)
    for line in told:
        sys.stderr.write(line + "\n")


def _temporary() -> Path:
    with tempfile.NamedTemporaryFile("w", prefix="carbonmart-", suffix=".html", delete=False) as f:
        return Path(f.name)


def show_quarantine(
    settings: Settings,
    ids: Sequence[str],
    *,
    is_replay: bool,
    with_released: bool,
    as_json: bool,
) -> int:
    """The list, some records whole, or a replay of them; gives the exit code."""
    from flows.core.query.sql import quarantine_sql
    from flows.jobs.requeue import requeue
    from flows.lineage.quarantine import show

    if is_replay:
        with output.progress_bars(is_shown=not as_json):
            report = requeue(settings, ids)
        if not report.runs and not as_json:
            sys.stderr.write("nothing is open in quarantine\n")
            return 0
        output.show_report(report, as_json=as_json)
        return report.exit_code
    if ids:
        records = [show(settings, one) for one in ids]
        output.show_records(records, as_json=as_json)
    else:
        query = quarantine_sql(None, with_released=with_released)
        output.show_query(settings, query, as_json=as_json)
    return 0


def show_corrections(settings: Settings, *, as_json: bool) -> None:
    """Each correction of the file with how it stands to the present rows."""
    from flows.core.context import RunContext
    from flows.stages.load.apply_corrections import current_rows, state_of
    from flows.stages.read.corrections import path_of, present
    from schemas.registry import TABLES
    from warehouse.store.home import open_home

    known = present(settings)
    night = RunContext(open_home(settings.home, None), settings, job="corrections")
    rows = []
    for table in dict.fromkeys(c.table for c in known):
        own = [c for c in known if c.table == table]
        held = current_rows(night, TABLES[table], (c.key for c in own))
        for c in own:
            state, published = state_of(c, held.get(c.key))
            rows.append(
                {
                    "state": state,
                    "table": c.table,
                    "key": " ".join(str(part) for part in c.key),
                    "column": c.column,
                    "published": published,
                    "expect": c.expect,
                    "value": c.value,
                    "reason": c.reason,
                    "reported_by": c.reported_by,
                    "date": c.date,
                    "source": c.source,
                    "line": c.line,
                }
            )
    rows.sort(key=lambda row: int(row["line"]))
    output.show_rows(rows, as_json=as_json, empty=f"no corrections in {path_of(settings)}")


def run_replay(
    settings: Settings,
    sources: Sequence[str],
    *,
    is_rebuilt: bool,
    as_json: bool,
    readers: Readers | None = None,
) -> int:
    """Replay, with the index made anew first if asked for; gives the exit code."""
    from flows.jobs.replay import rebuild_index, replay

    if is_rebuilt:
        made = rebuild_index(settings)
        sys.stderr.write(f"index made anew: {made.fetches:,} fetches in {made.files:,} files\n")
        for warc, offset in made.cut:
            sys.stderr.write(f"{warc}: its last record, at {offset}, is cut short\n")
        for problem in made.problems:
            sys.stderr.write(f"{problem.warc} at {problem.offset}: {problem.says}\n")
    with output.progress_bars(is_shown=not as_json) as progress:
        report = replay(settings, sources, progress=progress, readers=readers)
    output.show_report(report, as_json=as_json)
    return report.exit_code
