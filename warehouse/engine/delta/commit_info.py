"""What a commit says of itself, so that counts are read from the log and never scanned for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from warehouse.engine.delta.data_file import ADDED, BEFORE, SEAL
from warehouse.engine.delta.state import COMMIT
from warehouse.model import TableInfo

if TYPE_CHECKING:
    from schemas.core.forms import StoredRows
    from warehouse.engine.delta.state import TableState

RUN = "run_id"
_CURRENT, _KNOWN = "carbonmart.current_rows", "carbonmart.known_from"


def notes_of(state: TableState | None, run_id: str, added: int, newest: datetime) -> dict[str, str]:
    """The notes of a load that adds so many current rows, learned up to `newest`."""
    notes = {RUN: run_id, _KNOWN: newest.isoformat()}
    held = _current_rows(state) if state else 0
    notes[_CURRENT] = str(held + added)
    if state and (known := state.notes.get(_KNOWN)):
        notes[_KNOWN] = max(newest, datetime.fromisoformat(known)).isoformat()
    return notes


def carried(state: TableState) -> dict[str, str]:
    """The notes of the newest commit, for one that adds no rows."""
    mine = [name for name in state.notes if name.startswith("carbonmart.")]
    own = {COMMIT, SEAL, ADDED, BEFORE}
    return {name: str(state.notes[name]) for name in mine if name not in own}


def source_of(
    state: TableState, as_of: datetime | None = None, *, is_released: bool = False
) -> StoredRows:
    """What a view of the table reads, of what was known `as_of` an instant; as it
    `is_released` without the rows that are held back."""
    from schemas.core.forms import StoredRows

    files = [
        file
        for file in state.files
        if as_of is None or file.first_known is None or file.first_known <= as_of
    ]
    return StoredRows(
        state.table,
        state.at_hand([file.path for file in files]),
        state.is_widened,
        as_of,
        [file.path for file in files if file.last_revision is None or file.last_revision > 1],
        state.is_whole,
        state.held if is_released else (),
    )


def _rows(state: TableState) -> int:
    return sum(file.rows for file in state.files)


def _current_rows(state: TableState) -> int:
    """From the newest commit's notes; counted if it left none, as a foreign writer's."""
    if not state.files:
        return 0
    if state.table.is_log and not state.table.order_by:
        return _rows(state)
    if (noted := state.notes.get(_CURRENT)) is not None:
        return int(noted)
    from warehouse.engine.sql.views import count_current

    return count_current(source_of(state))


def info(state: TableState) -> TableInfo:
    """The table in numbers."""
    table, files = state.table, state.files
    known = state.notes.get(_KNOWN)
    return TableInfo(
        name=table.name,
        says=table.says,
        rows=_rows(state),
        current_rows=_current_rows(state),
        version=state.version,
        files=len(files),
        bytes=sum(file.bytes for file in files),
        last_known_from=datetime.fromisoformat(known).astimezone(UTC) if known else None,
    )
