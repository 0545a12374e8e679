"""Load what a batch of pages gave, have booked what was refused, and count everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from extractors.warc.exchange import Entry
from flows.core.clock import is_future
from flows.core.outcome import Issue, Tally
from flows.core.source_run import SourceRun
from flows.stages.load.quarantine import is_newest, record_refusals
from flows.stages.read.batch import Batch
from flows.stages.read.prepare import LAYOUT, Prepared, prepare
from schemas.core.table import Table
from warehouse.store.store import LoadReport, Revision

_LOOK = "see `carbonmart quarantine`"


def read_and_load(
    run: SourceRun,
    entries: Sequence[Entry],
    batch: Batch,
    prepared: Callable[[], Prepared] | None = None,
) -> None:
    """One batch: read, validate, load, quarantine; last of all note the pages as read.

    `prepared` gives what the pages hold where somebody else reads them. A kill anywhere
    before the last step only means that the batch is read again: loading the same rows
    twice gives nothing new. A batch that fails counts nothing, so that the counts of a run
    add up however it ends.
    """
    counted = Tally(run.tally.source)
    archive = run.context.archive
    known = (batch.corrections, batch.readings)
    found = prepared() if prepared else prepare(archive, run.pipeline, entries, *known)
    _load_all(replace(run, tally=counted), entries, found, batch)
    # What claims to be of the future is looked at again once that has come.
    over = [e.fetch_id for e in entries if not is_future(e.retrieved_at)]
    archive.mark_read(over, run.pipeline.source.parser_version)
    batch.stated.update(found.stated)
    run.tally.add(counted)


def _load_all(
    run: SourceRun,
    entries: Sequence[Entry],
    prepared: Prepared,
    batch: Batch,
) -> None:
    by_id = {entry.fetch_id: entry for entry in entries}
    for fetch_id, value, told in prepared.unread:
        entry = by_id[fetch_id]
        if not batch.is_replay or is_newest(run.context, entry):
            run.tally.layouts.append(Issue("layout", entry.url, value, told))
    run.tally.pages_read += len(entries)
    run.tally.parsed += prepared.records + len(prepared.unread)
    run.tally.signals += prepared.signals
    run.tally.remarks += prepared.remarks
    for table in run.pipeline.tables:
        if table.name in prepared.tables:
            _load(run, table, prepared, batch)
    run.tally.quarantined += len(prepared.refusals)
    run.tally.signals += [
        Issue(row["rule"], row["url"], row["value"], f"{row['detail']}; {_LOOK}")
        for row in record_refusals(run, by_id, prepared, batch)
        if row["rule"] != LAYOUT
    ]


def _load(run: SourceRun, table: Table, prepared: Prepared, batch: Batch) -> None:
    report = run.context.warehouse.load(
        table, prepared.tables[table.name], known_from=batch.known_from, run_id=run.context.run_id
    )
    run.tally.new += report.new
    run.tally.revised += report.revised
    run.tally.accepted += report.new + report.revised
    run.tally.duplicates += report.duplicates
    if report.new:
        run.tally.added[table.name] = run.tally.added.get(table.name, 0) + report.new
    run.tally.revisions += _revisions(report)
    run.tally.revised_cells += [(table.name, _cells(revision)) for revision in report.revisions]


def _revisions(report: LoadReport) -> list[str]:
    """Each revision in words, by column: old -> new."""
    words = []
    for revision in report.revisions:
        columns = ", ".join(f"{c}: {old} -> {new}" for c, (old, new) in revision.changed.items())
        key = " ".join(str(part) for part in revision.key)
        words.append(f"{report.table} {key} revised ({columns})")
    return words


def _cells(revision: Revision) -> str:
    """The columns and the key of a revision: `total_turnover_cny of 2024-06-25`."""
    key = " ".join(dict.fromkeys(str(part) for part in revision.key))
    return f"{', '.join(revision.changed)} of {key}"
