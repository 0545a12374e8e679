"""What `trace`, `quarantine`, `corrections` and `replay` print."""

from __future__ import annotations

import sys
import tempfile
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.cli import output
from flows.cli.output import Form
from flows.core.errors import UsageError
from flows.core.settings import Settings
from flows.stages.read.readers import Readers

if TYPE_CHECKING:
    from flows.core.query.sql import Snapshot
    from flows.lineage.trace import Trace
    from flows.lineage.trace_mart import MartTrace


@dataclass(frozen=True, slots=True)
class TracePage:
    """Where the page of a trace goes, and whether a browser is to open it."""

    html: Path | None
    is_opened: bool

    @property
    def is_wanted(self) -> bool:
        return self.is_opened or self.html is not None

    def written(self, path: Path, what: str) -> list[str]:
        """What is told of a page that was written."""
        told = [f"{path}: {what}"]
        if self.is_opened and not webbrowser.open(f"{path.absolute().as_uri()}#found"):
            told.append("no browser could be opened")
        return told


def show_trace(
    settings: Settings, cell: Sequence[str], snapshot: Snapshot, page: TracePage, *, as_json: bool
) -> None:
    """The revisions of a cell (table, key, column), and if asked for the page of the last one."""
    from flows.lineage.trace import follow, render
    from flows.lineage.trace_mart import MartTrace, write_page

    found = follow(settings, snapshot, cell[0], cell[1:])
    document: dict[str, Any] = {**found.as_dict(), "rows": snapshot.as_dict()}
    told = []
    if page.is_wanted:
        path = page.html or _temporary()
        if isinstance(found, MartTrace):
            write_page(path, found, snapshot.label)
            document |= {"html": str(path)}
            told = page.written(path, "the rows it follows from")
        else:
            shown = render(settings, found)
            _write(path, shown.html)
            document |= {"html": str(path), "marks": shown.marks}
            marks = f"{shown.marks} places marked" if shown.marks != 1 else "1 place marked"
            told = page.written(path, f"the archived page, {marks}")
    output.name_rows(snapshot, output.JSON if as_json else output.TABLE)
    if as_json:
        output.print_json(document)
    else:
        _print_trace(found)
        output.mark_simulated(settings)
    sys.stderr.write("".join(f"{line}\n" for line in told))


def _print_trace(found: Trace | MartTrace) -> None:
    from flows.lineage.trace import facts_of
    from flows.lineage.trace_mart import MartTrace, lines_of

    out = output.console()

    def line(name: str, text: object) -> None:
        out.print(f"{name:<18}{text}", markup=False, soft_wrap=True)

    if isinstance(found, MartTrace):
        for name, text in lines_of(found):
            line(name, text)
        return
    for statement in found.statements:
        for name, text in facts_of(found, statement):
            line(name, text)
        if statement.is_deleted:
            line("state", "a tombstone: the row is no longer current")
        out.print()
    for telling in found.told:
        line("told in " + telling.by, telling.words)
        line("", telling.url)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from error


def _temporary() -> Path:
    with tempfile.NamedTemporaryFile("w", prefix="carbonmart-", suffix=".html", delete=False) as f:
        return Path(f.name)


def replay_quarantine(settings: Settings, ids: Sequence[str], *, as_json: bool) -> int:
    """Read refused records again; gives the exit code."""
    from flows.jobs.requeue import requeue

    report = requeue(settings, ids)
    if not report.runs and not as_json:
        sys.stderr.write("nothing is open in quarantine\n")
        return 0
    output.show_report(report, as_json=as_json)
    return report.exit_code


def show_quarantine(
    settings: Settings, ids: Sequence[str], form: Form, *, with_released: bool
) -> None:
    """The list of refused records, or some of them whole. None of them is in any release."""
    from flows.core.query.sql import REFUSED, quarantine_sql
    from flows.lineage.quarantine import show

    if ids:
        records = [show(settings, one) for one in ids]
        output.name_rows(REFUSED, form)
        output.show_records(records, form)
    else:
        query = quarantine_sql(None, with_released=with_released)
        output.show_query(settings, query, REFUSED, form)


def show_corrections(settings: Settings, form: Form) -> None:
    """Each correction of the file with how it stands to the rows that are loaded."""
    from flows.core.context import RunContext
    from flows.core.query.time_travel import working
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
    output.name_rows(working(night.warehouse), form)
    output.show_rows(rows, form, empty=f"no corrections in {path_of(settings)}")


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
