"""What follows from a run once its pages are loaded: what is gone, and corrections that changed."""

from __future__ import annotations

import json

from flows.core.source_run import SourceRun
from flows.stages.load.apply_corrections import current_rows, to_reread
from flows.stages.load.apply_readings import settle_readings, wanted_readings
from flows.stages.load.deleted_pages import confirm
from flows.stages.load.load import read_and_load
from flows.stages.read.batch import Batch
from flows.stages.read.corrections import editions, in_force, noted


def finalize(run: SourceRun, batch: Batch) -> None:
    """Retire what the batch's run confirmed to be gone, and apply or undo corrections and readings.

    Killed anywhere and done again, it comes to the same end.
    """
    confirm(run, batch)
    _apply_corrections(run, batch)
    settle_readings(run, batch)
    if batch.run is not None:
        run.context.archive.history().settle([f"run:{batch.run.source}:{batch.run.run_id}"])


def _apply_corrections(run: SourceRun, batch: Batch) -> None:
    entries = to_reread(run, batch)
    known = [edition for edition in editions(run.context) if edition.since <= batch.known_from]
    if not known:
        return
    if entries:
        again = Batch(
            known_from=known[-1].since,
            entries=tuple(entries),
            corrections=in_force(known, batch.known_from),
            readings=wanted_readings(run, batch),
            is_replay=batch.is_replay,
        )
        read_and_load(run, entries, again)
    _retire_refused(run, again=entries != [], batch=batch)


def _retire_refused(run: SourceRun, *, again: bool, batch: Batch) -> None:
    """Take away rows that only a correction made good, once it is taken out.

    What the source published of them is refused, and nothing else is known of them.
    """
    if not again:
        return
    known = [edition for edition in editions(run.context) if edition.since <= batch.known_from]
    wanted = {c.cell for c in in_force(known, batch.known_from)}
    for table in run.pipeline.tables:
        ever = {c.key for e in known for c in e.corrections if c.table == table.name}
        for key, row in current_rows(run.context, table, ever).items():
            left = [name for name in noted(row) if (table.name, key, name) not in wanted]
            if not left or row["known_from"] > batch.known_from:
                continue
            told = {"correction_removed": noted(row)}
            run.context.warehouse.retire(
                table,
                [key],
                known_from=known[-1].since,
                run_id=run.context.run_id,
                evidence=json.dumps(told, ensure_ascii=False, sort_keys=True),
            )
            words = " ".join(dict.fromkeys(str(part) for part in key))
            run.tally.retired.append(f"1 taken from {table.name} with its correction: {words}")
