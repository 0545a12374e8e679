"""One Delta table on disk: its files by the table's own list, and one-shot appends.

Appends are optimistic: a commit lands as the very next version after the one that was
read, or not at all. deltalake does that for a table pinned at a version when its own
retries are off.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.core.forms import arrow_schema
from schemas.core.table import Table
from warehouse.engine.delta import checkpoint, newest
from warehouse.engine.delta.checkpoint import by_ourselves
from warehouse.engine.delta.data_file import ADDED, BEFORE, SEAL, seal, write
from warehouse.engine.delta.log import write_checkpoint
from warehouse.engine.delta.state import _HELD, _WIDENED, COMMIT, TableState, forget, open_state
from warehouse.engine.storage.base import Place
from warehouse.engine.storage.storage import digest_of
from warehouse.errors import Conflict, WarehouseError, in_a_line

if TYPE_CHECKING:
    import pyarrow as pa


def _watched(table: Table) -> list[str]:
    """The columns of which each data file's least and greatest values are kept."""
    watched = [name for name in (table.prune_by, *table.key) if name]
    if not table.is_log:
        watched += ["known_from", "revision"]
    return list(dict.fromkeys(watched))


def create(table: Table, root: Place) -> None:
    """Write version 0, without rows; `Conflict` if another writer was first."""
    from deltalake import CommitProperties, DeltaTable
    from deltalake.exceptions import DeltaError

    from warehouse.engine.storage.s3 import delta_options

    try:
        if isinstance(root, Path):
            root.mkdir(parents=True, exist_ok=True)
        DeltaTable.create(
            root.as_uri(),
            storage_options=delta_options(root),
            schema=arrow_schema(table),
            mode="error",
            name=table.name,
            description=table.says,
            # With retries, the loser of a race would create it again as version 1.
            commit_properties=CommitProperties(max_commit_retries=0),
            configuration={
                "delta.appendOnly": "true",
                "delta.checkpointInterval": "50",
                # History is the product: neither log nor files expire by themselves.
                "delta.logRetentionDuration": "interval 36500 days",
                "delta.deletedFileRetentionDuration": "interval 36500 days",
                "delta.dataSkippingStatsColumns": ",".join(_watched(table)),
            },
        )
    except (DeltaError, OSError, ValueError) as error:
        if open_state(table, root) is not None:
            raise Conflict from error
        raise WarehouseError(
            f"{table.name} at {root} can't be created: {in_a_line(error)}"
        ) from error


def append(state: TableState, rows: pa.Table, notes: Mapping[str, str]) -> int:
    """Append the rows as the version after `state`'s, and give that version.

    Raises `Conflict` if another commit came first, `WarehouseError` (disk full, no
    permission ...) if the rows could not be written; neither leaves a trace in the table.
    """
    from deltalake import CommitProperties
    from deltalake.exceptions import DeltaError
    from deltalake.transaction import AddAction

    commit, before = uuid.uuid4().hex, state.version
    forget(state.root)
    if state.delta.version() != before:
        raise Conflict  # whoever shares the state has written with it
    try:
        file = write(state.root, rows, _watched(state.table))
        now_ms = int(time.time() * 1000)
        own = {**notes, COMMIT: commit, ADDED: file.digest}
        if isinstance(state.root, Path):  # in S3 it would be a request more
            log = state.root / "_delta_log" / f"{before:020}.json"
            own |= {BEFORE: digest_of(log)} if log.is_file() else {}
        state.delta.create_write_transaction(
            [AddAction(file.name, file.size, {}, now_ms, True, file.stats)],
            mode="append",
            schema=state.delta.schema(),
            commit_properties=CommitProperties(
                custom_metadata={**own, SEAL: seal(own)}, max_commit_retries=0
            ),
            **by_ourselves(),
        )
    except (DeltaError, OSError, ValueError) as error:
        return _after_failure(state, before, commit, error)
    newest.note(state.root, before + 1)
    if (before + 1) % checkpoint.EVERY == 0:
        _checkpoint(state.table, state.root, before + 1)
    return before + 1


def _checkpoint(table: Table, root: Place, version: int) -> None:
    """The rows are in, whatever becomes of it: it only saves time, and `vacuum` makes one, too."""
    with suppress(WarehouseError):
        state = open_state(table, root, version)
        if state is not None:
            write_checkpoint(root, state.delta)


def _after_failure(state: TableState, before: int, commit: str, error: Exception) -> int:
    """A failed write may have landed all the same (its checkpoint failed, say): look."""
    table, root = state.table, state.root
    found = open_state(table, root)
    if found is not None and found.version > before:
        for entry in found.delta.history(found.version - before):
            if entry.get(COMMIT) == commit:
                return int(entry["version"])
        raise Conflict from error
    raise WarehouseError(f"{table.name} at {root} can't be written: {in_a_line(error)}") from error


def evolve(state: TableState, notes: Mapping[str, str]) -> bool:
    """Add the columns that the definition has and the store lacks; True if there were any.

    Only the table's metadata changes: held rows read null. Raises `WarehouseError` where
    definition and store contradict each other, `Conflict` if another writer was first.
    """
    import pyarrow as pa
    from deltalake import CommitProperties
    from deltalake.exceptions import DeltaError
    from deltalake.schema import Schema

    stored = pa.schema(state.delta.schema().to_arrow())
    wanted = arrow_schema(state.table)
    where = f"{state.table.name} at {state.root}"
    if strangers := sorted(set(stored.names) - set(wanted.names)):
        raise WarehouseError(f"{where}: stored columns have no definition: {', '.join(strangers)}")
    missing = []
    for field in wanted:
        if field.name not in stored.names:
            if not field.nullable:
                raise WarehouseError(f"{where}: new column {field.name} must be nullable")
            missing.append(field)
            continue
        held = stored.field(field.name)
        if held.type != field.type or (field.nullable and not held.nullable):
            raise WarehouseError(f"{where}: {field.name} is stored as {held}, defined as {field}")
    if not missing:
        return False
    commit = CommitProperties(custom_metadata=dict(notes), max_commit_retries=0)
    forget(state.root)
    try:
        if not state.is_widened:  # said first: a kill in between does no harm
            state.delta.alter.set_table_properties(
                {_WIDENED: "true"},
                raise_if_not_exists=False,
                commit_properties=commit,
                **by_ourselves(),
            )
        state.delta.alter.add_columns(
            Schema.from_arrow(pa.schema(missing)).fields,
            commit_properties=commit,
            **by_ourselves(),
        )
    except (DeltaError, OSError, ValueError) as error:
        found = open_state(state.table, state.root)
        if found is not None and found.version > state.version:
            raise Conflict from error
        raise WarehouseError(f"{where} can't get its new columns: {in_a_line(error)}") from error
    return True


def note_held(state: TableState, rows: Sequence[tuple[str, ...]], notes: Mapping[str, str]) -> int:
    """Say which rows readers of the table's next version do not see, and give that version.

    Only the table's metadata changes. Raises `Conflict` if another commit came first.
    """
    from deltalake import CommitProperties
    from deltalake.exceptions import DeltaError

    forget(state.root)
    try:
        state.delta.alter.set_table_properties(
            {_HELD: json.dumps([list(row) for row in rows])},
            raise_if_not_exists=False,
            commit_properties=CommitProperties(custom_metadata=dict(notes), max_commit_retries=0),
            **by_ourselves(),
        )
    except (DeltaError, OSError, ValueError) as error:
        found = open_state(state.table, state.root)
        if found is not None and found.version > state.version:
            raise Conflict from error
        where = f"{state.table.name} at {state.root}"
        raise WarehouseError(f"{where} can't note held rows: {in_a_line(error)}") from error
    return state.version + 1
