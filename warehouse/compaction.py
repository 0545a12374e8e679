"""Compaction: many small files of a Delta table become few, in a commit that adds no rows.

Every night appends a file to each table. deltalake rewrites them in plain types (its
MERGE would leave `string_view` columns that other readers stumble over) and marks the
commit as one that changes no data; the old files stay for the versions that name them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.delta import ROW_GROUP, open_state
from warehouse.errors import WarehouseError, in_a_line
from warehouse.notes import RUN

if TYPE_CHECKING:
    from warehouse.delta import State

SMALL_BYTES = 32 * 2**20
"""Files smaller than half of the target are worth joining."""
TARGET_BYTES = 2 * SMALL_BYTES
SCATTERED = 8
"""So many small files are joined; fewer cost a reader less than the rewriting."""


def is_scattered(state: State) -> bool:
    """Whether the table has enough small files to be worth compacting."""
    return sum(file.bytes < SMALL_BYTES for file in state.files) >= SCATTERED


def compact(state: State, run_id: str) -> State | None:
    """Join the small files; gives the new state, or None if another one did so meanwhile.

    Rows keep their order within the files, and the statistics by which loads skip files
    are written anew. A load that commits meanwhile goes first: its file then stays as it
    is. Raises `WarehouseError` if the disk does not take it.
    """
    from deltalake import CommitProperties, WriterProperties
    from deltalake.exceptions import CommitFailedError, DeltaError

    try:
        state.delta.optimize.compact(
            target_size=TARGET_BYTES,
            writer_properties=WriterProperties(compression="ZSTD", max_row_group_size=ROW_GROUP),
            commit_properties=CommitProperties(custom_metadata={RUN: run_id}),
        )
    except CommitFailedError:
        return None
    except (DeltaError, OSError, ValueError) as error:
        where = f"{state.table.name} at {state.root}"
        raise WarehouseError(f"{where} can't be compacted: {in_a_line(error)}") from error
    return open_state(state.table, state.root)
