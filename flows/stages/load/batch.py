"""Whose knowledge the rows of a page are: the run's that fetched it, also if another reads it.

A run that was killed leaves pages in the archive that the next run reads. Their rows
are known from when they were fetched, so that a rebuild from the archive gives the
same instants. A page that was read before, by an older reader, is another thing: what a
new reader makes of it was not known before now.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.warc.exchange import Entry
from flows.core.context import RunContext
from flows.core.sources import Pipeline
from flows.stages.read.batch import Batch
from flows.stages.read.corrections import editions, in_force
from flows.stages.read.readings import reading_editions, readings_in_force

_LOOKED_BACK = 200
"""Runs before this one that are looked at for having been killed."""


def batches_of(context: RunContext, pipeline: Pipeline, entries: Sequence[Entry]) -> list[Batch]:
    """The pages by the run whose knowledge they are, in the order in which the runs began.

    Runs that were killed before their fetches were settled have a batch of their own, with
    or without pages. So have runs that are still fetching, beside this one, if they have
    brought pages: whoever reads those first, the rows are the same. They settle themselves.
    This night's own batch comes last.
    """
    history = context.archive.history()
    source = pipeline.source.name
    late = {
        run.run_id: run
        for run in history.runs(source)[-_LOOKED_BACK:]
        if run.run_id != context.run_id
        and (run.is_open or run.started_at < context.started_at)
        and not history.is_settled(f"run:{source}:{run.run_id}")
    }
    own: list[Entry] = []
    theirs: dict[str, list[Entry]] = {run_id: [] for run_id in late}
    for entry in entries:
        run = late.get(entry.run_id)
        is_theirs = run is not None and not history.is_read(entry.fetch_id)
        (theirs[entry.run_id] if is_theirs else own).append(entry)
    at = context.started_at
    corrections = in_force(editions(context), at)
    readings = readings_in_force(reading_editions(context), at, source)
    batches = [
        Batch(
            run.started_at,
            tuple(theirs[run_id]),
            None if run.is_open else run,
            corrections,
            readings,
        )
        for run_id, run in late.items()
        if theirs[run_id] or not run.is_open
    ]
    own_run = history.run(source, context.run_id)
    return [*batches, Batch(at, tuple(own), own_run, corrections, readings)]
