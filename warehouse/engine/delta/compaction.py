"""Compaction: many small files of a Delta table become few, in a commit that adds no rows.

Every night appends a file to each table. deltalake rewrites them in plain types (its
MERGE would leave `string_view` columns that other readers stumble over) and marks the
commit as one that changes no data; the old files stay for the versions that name them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.engine.delta.checkpoint import by_ourselves
from warehouse.engine.delta.commit_info import RUN, carried
from warehouse.engine.delta.data_file import ROW_GROUP
from warehouse.engine.delta.state import DIGESTS, forget, open_state
from warehouse.engine.delta.turn import turn
from warehouse.engine.storage.storage import digest_of
from warehouse.errors import WarehouseError, in_a_line

if TYPE_CHECKING:
    from warehouse.engine.delta.state import TableState

SMALL_BYTES = 32 * 2**20
"""Files smaller than half of the target are worth joining."""
TARGET_BYTES = 2 * SMALL_BYTES
SCATTERED = 8
"""So many small files are joined; fewer cost a reader less than the rewriting."""


def is_scattered(state: TableState) -> bool:
    """Whether the table has enough small files to be worth compacting."""
    return sum(file.bytes < SMALL_BYTES for file in state.files) >= SCATTERED


def compact(state: TableState, run_id: str) -> TableState | None:
    """Join the small files; gives the new state, or None if another one did so meanwhile.

    Rows keep their order within the files, and the statistics by which loads skip files
    are written anew. A load that commits meanwhile goes first: its file then stays as it
    is. Raises `WarehouseError` if the disk does not take it.
    """
    # deltalake lets two compactions of the same files both commit, since neither changes data,
    # and every row would be there twice; it heeds neither a limit on its retries nor
    # transaction ids there.
    with turn(state.root) as is_ours:
        fresh = open_state(state.table, state.root) if is_ours else None
        if fresh is None or not {f.path for f in state.files} <= {f.path for f in fresh.files}:
            return None
        return _joined(fresh, run_id)


def _joined(state: TableState, run_id: str) -> TableState | None:
    from deltalake import CommitProperties, WriterProperties
    from deltalake.exceptions import CommitFailedError, DeltaError

    forget(state.root)
    try:
        state.delta.optimize.compact(
            target_size=TARGET_BYTES,
            writer_properties=WriterProperties(compression="ZSTD", max_row_group_size=ROW_GROUP),
            commit_properties=CommitProperties(custom_metadata={RUN: run_id}),
            **by_ourselves(),
        )
    except CommitFailedError:
        return None
    except (DeltaError, OSError, ValueError) as error:
        where = f"{state.table.name} at {state.root}"
        raise WarehouseError(f"{where} can't be compacted: {in_a_line(error)}") from error
    return open_state(state.table, state.root)


def keep_digests(state: TableState, run_id: str) -> TableState | None:
    """Have the table's own properties tell the digests of files that have none in their names:
    those that compaction wrote, and those of before files had one. Gives the new state.

    Raises `WarehouseError`. If another writer was first the next `vacuum` does it: None.
    """
    from deltalake import CommitProperties
    from deltalake.exceptions import CommitFailedError, DeltaError

    bare = [file.path for file in state.files if not file.digest]
    if not bare:
        return state
    found = {Path(path).name: digest_of(Path(path)) for path in state.at_hand(bare)}
    named = {Path(file.path).name for file in state.files}
    told = {name: digest for name, digest in state.told.items() if name in named} | found
    commit = CommitProperties({**carried(state), RUN: run_id}, max_commit_retries=0)
    forget(state.root)
    try:
        state.delta.alter.set_table_properties(
            {DIGESTS: json.dumps(told)},
            raise_if_not_exists=False,
            commit_properties=commit,
            **by_ourselves(),
        )
    except CommitFailedError:
        return None
    except (DeltaError, OSError, ValueError) as error:
        where = f"{state.table.name} at {state.root}"
        raise WarehouseError(f"{where} can't keep its digests: {in_a_line(error)}") from error
    return open_state(state.table, state.root)
