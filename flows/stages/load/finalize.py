"""What follows from a run once its pages are loaded: what is gone, and corrections that changed."""

from __future__ import annotations

import json

from flows.core.context import RunContext
from flows.core.outcome import Tally
from flows.core.sources import Pipeline
from flows.stages.load.apply_corrections import current_rows, to_reread
from flows.stages.load.deleted_pages import confirm
from flows.stages.load.load import read_and_load
from flows.stages.read.batch import Batch
from flows.stages.read.corrections import editions, in_force, noted


def finalize(context: RunContext, pipeline: Pipeline, batch: Batch, tally: Tally) -> None:
    """Retire what the turn's run confirmed to be gone, and apply or undo corrections.

    Killed anywhere and done again, it comes to the same end.
    """
    confirm(context, pipeline, batch, tally)
    _apply_corrections(context, pipeline, batch, tally)
    if batch.run is not None:
        context.archive.history().settle([f"run:{batch.run.source}:{batch.run.run_id}"])


def _apply_corrections(context: RunContext, pipeline: Pipeline, batch: Batch, tally: Tally) -> None:
    entries = to_reread(context, pipeline, batch)
    known = [edition for edition in editions(context) if edition.since <= batch.known_from]
    if not known:
        return
    if entries:
        again = Batch(
            known_from=known[-1].since,
            entries=tuple(entries),
            corrections=in_force(known, batch.known_from),
            is_replay=batch.is_replay,
        )
        read_and_load(context, pipeline, entries, tally, again)
    _retire_refused(context, pipeline, again=entries != [], batch=batch, tally=tally)


def _retire_refused(
    context: RunContext, pipeline: Pipeline, *, again: bool, batch: Batch, tally: Tally
) -> None:
    """Take away rows that only a correction made good, once it is taken out.

    What the source published of them is refused, and nothing else is known of them.
    """
    if not again:
        return
    known = [edition for edition in editions(context) if edition.since <= batch.known_from]
    wanted = {c.cell for c in in_force(known, batch.known_from)}
    for table in pipeline.tables:
        ever = {c.key for e in known for c in e.corrections if c.table == table.name}
        for key, row in current_rows(context, table, ever).items():
            left = [name for name in noted(row) if (table.name, key, name) not in wanted]
            if not left or row["known_from"] > batch.known_from:
                continue
            told = {"correction_removed": noted(row)}
            context.warehouse.retire(
                table,
                [key],
                known_from=known[-1].since,
                run_id=context.run_id,
                evidence=json.dumps(told, ensure_ascii=False, sort_keys=True),
            )
            words = " ".join(dict.fromkeys(str(part) for part in key))
            tally.retired.append(f"1 taken from {table.name} with its correction: {words}")
