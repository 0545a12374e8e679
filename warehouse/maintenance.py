"""Maintenance of the Delta tables: fewer files, checkpoints, and nothing kept that no one needs.

Files are needed by the current version, by the versions of every kept release, and by
those that were current within the grace period, since somebody may still be reading
them. All else goes: what compaction has replaced, and what killed writers left behind.
No row is ever lost by it: the current version has them all, and `as_of` goes on working
for every moment. What ends is reading a dropped release by its table versions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from schemas.core.table import Table
from schemas.registry import TABLES
from warehouse.engine.delta.compaction import compact, is_scattered, keep_digests
from warehouse.engine.delta.log import clean_log, make_checkpoint, versions_since
from warehouse.engine.storage.base import Item, Place
from warehouse.engine.storage.local_cache import forget, near
from warehouse.engine.storage.storage import storage
from warehouse.errors import UnknownVersion, WarehouseError, in_a_line
from warehouse.store.releases import KEEP, Release, kept, releases
from warehouse.store.store import Warehouse

if TYPE_CHECKING:
    from warehouse.engine.delta.state import TableState

GRACE = timedelta(hours=24)
"""Nobody reads one state of a table for longer, and no writer takes longer to commit."""


@dataclass
class TableUpkeep:
    """What was done to a table, or would be. `removed` are paths relative to the table."""

    table: str
    version: int
    files: int
    compacted: int = 0
    kept_versions: tuple[int, ...] = ()
    removed: list[str] = field(default_factory=list)
    removed_bytes: int = 0
    log_removed: int = 0
    is_checkpointed: bool = False
    note: str = ""


@dataclass
class Maintained:
    """What one `vacuum` did. `dropped` releases can no longer be read by their versions."""

    tables: list[TableUpkeep]
    kept: list[str]
    dropped: list[str]
    is_dry: bool


def vacuum(
    warehouse: Warehouse,
    *,
    keep: int = KEEP,
    grace: timedelta = GRACE,
    is_dry: bool = False,
    run_id: str = "vacuum",
    now: datetime | None = None,
) -> Maintained:
    """Compact scattered tables, checkpoint, and remove what no kept release needs.

    Safe beside readers and writers. Raises `WarehouseError` if a version that is kept
    can't be read: nothing of that table is removed then. `is_dry` only says what it
    would do; what compaction would set free is not in it.
    """
    made = releases(warehouse)
    wanted = kept(made, keep)
    moment = (now or datetime.now(UTC)) - grace
    done = [
        _upkeep(warehouse, table, wanted, moment, run_id, is_dry=is_dry)
        for table in TABLES.values()
        if warehouse.version(table.name) is not None
    ]
    names = [release.release_id for release in wanted]
    dropped = [r.release_id for r in made if r.release_id not in names]
    return Maintained(done, names, dropped, is_dry)


def _upkeep(
    warehouse: Warehouse,
    table: Table,
    wanted: Sequence[Release],
    since: datetime,
    run_id: str,
    *,
    is_dry: bool,
) -> TableUpkeep:
    state = _open(warehouse, table)
    told = TableUpkeep(table.name, state.version, len(state.files))
    if is_scattered(state):
        told.compacted = len(state.files)
        if not is_dry:
            if compact(state, run_id) is None:
                told.compacted, told.note = 0, "another process compacted it meanwhile"
            state = _open(warehouse, table)
    if not is_dry:
        state = keep_digests(state, run_id) or _open(warehouse, table)
        told.version, told.files = state.version, len(state.files)
    pinned = {r.versions[table.name] for r in wanted if table.name in r.versions}
    recent = versions_since(state, since)
    told.kept_versions = tuple(sorted(pinned | recent | {state.version}))
    needed = _needed(warehouse, table, told.kept_versions)
    held = storage(state.root)
    for item in _unneeded(state.root, needed, since):
        told.removed.append(item.name)
        told.removed_bytes += item.bytes
        if not is_dry:
            held.delete(item.name)
    if not is_dry:
        forget(state.root, needed)
        told.is_checkpointed = make_checkpoint(state)
    oldest = min(*told.kept_versions, int(state.notes["version"]))
    told.log_removed = len(clean_log(state, oldest, since, is_dry=is_dry))
    return told


def _open(warehouse: Warehouse, table: Table) -> TableState:
    state = warehouse._state(table)
    if state is None:
        raise WarehouseError(f"{table.name} vanished from {warehouse.root}")
    return state


def _needed(warehouse: Warehouse, table: Table, versions: Iterable[int]) -> set[str]:
    """The data files of those versions, by path."""
    from deltalake.exceptions import DeltaError

    needed: set[str] = set()
    for version in versions:
        try:
            state = warehouse._state(table, version)
        except UnknownVersion:
            continue  # a repair has dropped it, and its files with it
        except (WarehouseError, DeltaError) as error:
            raise WarehouseError(
                f"{table.name}: version {version} is kept but can't be read, so nothing is "
                f"removed: {in_a_line(error)}"
            ) from error
        if state is not None:
            needed |= {file.path for file in state.files}
    return needed


def _unneeded(root: Place, needed: set[str], since: datetime) -> list[Item]:
    """Data files that nothing needs. A young one may be of a writer about to commit it."""
    here = near(root)
    return [
        item
        for item in storage(root).list()
        if item.name.endswith(".parquet")
        and not item.name.startswith("_delta_log/")
        and str(here / item.name) not in needed
        and item.modified <= since
    ]
