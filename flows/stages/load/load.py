"""Load what a batch of pages gave, have booked what was refused, and count everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from extractors.warc.exchange import Entry
from flows.core.context import RunContext
from flows.core.outcome import Issue, Tally
from flows.core.sources import Pipeline
from flows.stages.load.quarantine import is_newest, record_refusals
from flows.stages.read.batch import Batch
from flows.stages.read.prepare import LAYOUT, Prepared, prepare
from schemas.core.table import Table
from warehouse.store.store import LoadReport, Revision

_LOOK = "see `carbonmart quarantine`"


def read_and_load(
    context: RunContext,
    pipeline: Pipeline,
    entries: Sequence[Entry],
    tally: Tally,
    batch: Batch,
    prepared: Callable[[], Prepared] | None = None,
) -> None:
    """One batch: read, validate, load, quarantine; last of all note the pages as read.

    `prepared` gives what the pages hold where somebody else reads them. A kill anywhere
    before the last step only means that the batch is read again: loading the same rows
    twice gives nothing new. A batch that fails counts nothing, so that the counts of a run
    add up however it ends.
    """
    counted = Tally(tally.source)
    found = (
        prepared() if prepared else prepare(context.archive, pipeline, entries, batch.corrections)
    )
    _load_all(context, pipeline, entries, found, counted, batch)
    context.archive.mark_read([e.fetch_id for e in entries], pipeline.source.parser_version)
    batch.stated.update(found.stated)
    tally.add(counted)


def _load_all(
    context: RunContext,
    pipeline: Pipeline,
    entries: Sequence[Entry],
    prepared: Prepared,
    tally: Tally,
    batch: Batch,
) -> None:
    by_id = {entry.fetch_id: entry for entry in entries}
    for fetch_id, value, told in prepared.unread:
        entry = by_id[fetch_id]
        if not batch.is_replay or is_newest(context, entry):
            tally.layouts.append(Issue("layout", entry.url, value, told))
    tally.pages_read += len(entries)
    tally.parsed += prepared.records + len(prepared.unread)
    tally.signals += prepared.signals
    tally.remarks += prepared.remarks
    for table in pipeline.tables:
        if table.name in prepared.tables:
            _load(context, table, prepared, tally, batch)
    tally.quarantined += len(prepared.refusals)
    tally.signals += [
        Issue(row["rule"], row["url"], row["value"], f"{row['detail']}; {_LOOK}")
        for row in record_refusals(context, pipeline, by_id, prepared, batch)
        if row["rule"] != LAYOUT
    ]


def _load(
    context: RunContext, table: Table, prepared: Prepared, tally: Tally, batch: Batch
) -> None:
    report = context.warehouse.load(
        table, prepared.tables[table.name], known_from=batch.known_from, run_id=context.run_id
    )
    tally.new += report.new
    tally.revised += report.revised
    tally.accepted += report.new + report.revised
    tally.duplicates += report.duplicates
    if report.new:
        tally.added[table.name] = tally.added.get(table.name, 0) + report.new
    tally.revisions += _revisions(report)
    tally.revised_cells += [(table.name, _cells(revision)) for revision in report.revisions]


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
