"""What follows from a run once its pages are loaded: what is gone, and corrections that changed."""

from __future__ import annotations

import json

from flows.core.context import Night
from flows.core.outcome import Tally
from flows.core.sources import Road
from flows.stages.load.apply_corrections import current_rows, to_reread
from flows.stages.load.deleted_pages import confirm
from flows.stages.load.load import read_and_load
from flows.stages.read.batch import Turn
from flows.stages.read.corrections import editions, in_force, noted


def settle(night: Night, road: Road, turn: Turn, tally: Tally) -> None:
    """Retire what the turn's run confirmed to be gone, and apply or undo corrections.

    Killed anywhere and done again, it comes to the same end.
    """
    confirm(night, road, turn, tally)
    _apply_corrections(night, road, turn, tally)
    if turn.run is not None:
        night.archive.history().settle([f"run:{turn.run.source}:{turn.run.run_id}"])


def _apply_corrections(night: Night, road: Road, turn: Turn, tally: Tally) -> None:
    entries = to_reread(night, road, turn)
    known = [edition for edition in editions(night) if edition.since <= turn.known_from]
    if not known:
        return
    if entries:
        again = Turn(
            known_from=known[-1].since,
            entries=tuple(entries),
            corrections=in_force(known, turn.known_from),
            is_replay=turn.is_replay,
        )
        read_and_load(night, road, entries, tally, again)
    _retire_refused(night, road, again=entries != [], turn=turn, tally=tally)


def _retire_refused(night: Night, road: Road, *, again: bool, turn: Turn, tally: Tally) -> None:
    """Take away rows that only a correction made good, once it is taken out.

    What the source published of them is refused, and nothing else is known of them.
    """
    if not again:
        return
    known = [edition for edition in editions(night) if edition.since <= turn.known_from]
    wanted = {c.cell for c in in_force(known, turn.known_from)}
    for table in road.tables:
        ever = {c.key for e in known for c in e.corrections if c.table == table.name}
        for key, row in current_rows(night, table, ever).items():
            left = [name for name in noted(row) if (table.name, key, name) not in wanted]
            if not left or row["known_from"] > turn.known_from:
                continue
            told = {"correction_removed": noted(row)}
            night.warehouse.retire(
                table,
                [key],
                known_from=known[-1].since,
                run_id=night.run_id,
                evidence=json.dumps(told, ensure_ascii=False, sort_keys=True),
            )
            words = " ".join(dict.fromkeys(str(part) for part in key))
            tally.retired.append(f"1 taken from {table.name} with its correction: {words}")
