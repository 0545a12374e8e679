"""One Delta table on disk: its files by the table's own list, and one-shot appends.

Appends are optimistic: a commit lands as the very next version after the one that was
read, or not at all. deltalake does that for a table pinned at a version when its own
retries are off.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.core.forms import arrow_schema
from schemas.core.table import Kind, Table
from warehouse import held_state
from warehouse.errors import Conflict, UnknownVersion, WarehouseError, in_a_line
from warehouse.near import bring, near
from warehouse.storage import Place

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable

COMPACTED = "OPTIMIZE"
"""What deltalake calls a commit that only joins files."""
_COMMIT, _WIDENED = "carbonmart.commit", "carbonmart.widened"
ROW_GROUP = 32_768
"""Rows a row group: small enough that one day's keys are found without reading a year."""
_PREFIX = 16
"""Delta may cut long texts in its statistics; beginnings of this length never are."""


@dataclass(frozen=True)
class DataFile:
    """A Parquet file of a table, with the range of `prune_by` in it (None: not known).

    `first_known` is at or before the `known_from` of each of its rows, `last_revision` the
    greatest revision in it.
    """

    path: str
    rows: int
    bytes: int
    low: Any = None
    high: Any = None
    first_known: datetime | None = None
    last_revision: int | None = None


@dataclass(frozen=True)
class State:
    """A table as of one version."""

    table: Table
    root: Place
    delta: DeltaTable
    version: int
    is_newest: bool = True

    @cached_property
    def files(self) -> list[DataFile]:
        actions = self.delta.get_add_actions(flatten=True)
        names = set(actions.schema.names)

        def column(name: str) -> list[Any]:
            if name in names:
                return list(actions.column(name).to_pylist())
            return [None] * actions.num_rows

        prune, here = self.table.prune_by, near(self.root)
        return [
            DataFile(str(here / path), *facts)
            for path, *facts in zip(
                column("path"),
                column("num_records"),
                column("size_bytes"),
                column(f"min.{prune}"),
                column(f"max.{prune}"),
                column("min.known_from"),
                column("max.revision"),
                strict=True,
            )
        ]

    @cached_property
    def notes(self) -> Mapping[str, Any]:
        """What the commit of this version says about itself; empty if the log has lost it.

        Compaction adds no rows and says nothing, since deltalake may put it after a commit
        that came in between: the commit before it counts.
        """
        # deltalake tells a table at an older version the newest commits, misnumbered.
        newest = self if self.is_newest else open_state(self.table, self.root)
        if newest is None:
            return {}
        for depth in (newest.version - self.version + 1, None):
            for entry in newest.delta.history(depth):
                if entry["version"] <= self.version and entry["operation"] != COMPACTED:
                    return entry
        return {}

    @cached_property
    def is_widened(self) -> bool:
        """Whether some files may lack columns that the table got later."""
        return _WIDENED in self.delta.metadata().configuration

    def files_with(self, values: list[Any]) -> list[str]:
        """The files that may hold a row whose `prune_by` is one of the sorted `values`."""
        return [f.path for f in self.files if _may_hold(f, values, self.table)]

    def at_hand(self, paths: list[str]) -> list[str]:
        """Those files, ready to be read: of a table in S3 they are copied to this machine."""
        bring(self.root, paths)
        return paths


def _may_hold(file: DataFile, values: list[Any], table: Table) -> bool:
    from bisect import bisect_left

    low, high = file.low, file.high
    if low is None or high is None:
        return True
    if table.column(table.prune_by).kind is Kind.TEXT:
        values = [value[:_PREFIX] for value in values]
        low, high = low[:_PREFIX], high[:_PREFIX]
    position = bisect_left(values, low)
    return position < len(values) and values[position] <= high


def open_state(table: Table, root: Place, version: int | None = None) -> State | None:
    """The newest version or the one asked for, or None if there is no table yet.

    Raises `WarehouseError` for a table that can't be read, `UnknownVersion`.
    """
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError, TableNotFoundError

    from warehouse.s3 import delta_options

    if isinstance(root, Path) and not (root / "_delta_log").is_dir():
        return None
    held = held_state.recall(table, root)
    if held is not None and version in (None, held.version):
        return held
    try:
        delta = DeltaTable(root.as_uri(), storage_options=delta_options(root))
        newest = int(delta.version())
        if version is not None and version != newest:
            if not 0 <= version < newest:
                raise UnknownVersion(f"{table.name} has no version {version}: 0 to {newest}")
            delta.load_as_version(version)
    except TableNotFoundError:
        return None  # a writer was killed, or is at work, before version 0
    except (DeltaError, OSError, ValueError) as error:
        raise WarehouseError(f"{table.name} at {root} can't be read: {in_a_line(error)}") from error
    state = State(table, root, delta, int(delta.version()), version in (None, newest))
    if state.is_newest:
        held_state.hold(state)
    return state


def create(table: Table, root: Place) -> None:
    """Write version 0, without rows; `Conflict` if another writer was first."""
    from deltalake import CommitProperties, DeltaTable
    from deltalake.exceptions import DeltaError

    from warehouse.s3 import delta_options

    watched = [name for name in (table.prune_by, *table.key) if name]
    if not table.is_log:
        watched += ["known_from", "revision"]
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
                "delta.dataSkippingStatsColumns": ",".join(dict.fromkeys(watched)),
            },
        )
    except (DeltaError, OSError, ValueError) as error:
        if open_state(table, root) is not None:
            raise Conflict from error
        raise WarehouseError(
            f"{table.name} at {root} can't be created: {in_a_line(error)}"
        ) from error


def append(state: State, rows: pa.Table, notes: Mapping[str, str]) -> int:
    """Append the rows as the version after `state`'s, and give that version.

    Raises `Conflict` if another commit came first, `WarehouseError` (disk full, no
    permission ...) if the rows could not be written; neither leaves a trace in the table.
    """
    from deltalake import CommitProperties, WriterProperties, write_deltalake
    from deltalake.exceptions import DeltaError

    commit, before = uuid.uuid4().hex, state.version
    held_state.release(state.root)
    if state.delta.version() != before:
        raise Conflict  # whoever shares the state has written with it
    try:
        write_deltalake(
            state.delta,
            rows,
            mode="append",
            writer_properties=WriterProperties(
                compression="ZSTD", max_row_group_size=ROW_GROUP, write_batch_size=8192
            ),
            commit_properties=CommitProperties(
                custom_metadata={**notes, _COMMIT: commit}, max_commit_retries=0
            ),
        )
    except (DeltaError, OSError, ValueError) as error:
        return _after_failure(state, before, commit, error)
    return before + 1


def _after_failure(state: State, before: int, commit: str, error: Exception) -> int:
    """A failed write may have landed all the same (its checkpoint failed, say): look."""
    table, root = state.table, state.root
    newest = open_state(table, root)
    if newest is not None and newest.version > before:
        for entry in newest.delta.history(newest.version - before):
            if entry.get(_COMMIT) == commit:
                return int(entry["version"])
        raise Conflict from error
    raise WarehouseError(f"{table.name} at {root} can't be written: {in_a_line(error)}") from error


def evolve(state: State, notes: Mapping[str, str]) -> bool:
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
    held_state.release(state.root)
    try:
        if not state.is_widened:  # said first: a kill in between does no harm
            state.delta.alter.set_table_properties(
                {_WIDENED: "true"}, raise_if_not_exists=False, commit_properties=commit
            )
        state.delta.alter.add_columns(
            Schema.from_arrow(pa.schema(missing)).fields, commit_properties=commit
        )
    except (DeltaError, OSError, ValueError) as error:
        newest = open_state(state.table, state.root)
        if newest is not None and newest.version > state.version:
            raise Conflict from error
        raise WarehouseError(f"{where} can't get its new columns: {in_a_line(error)}") from error
    return True
