"""A damaged table made anew in its place, and damaged logs of the pipeline's own, which a run
begins with: what it has to write down finds room, whatever befell the earlier notes.

Not so the log of releases: which of them readers see is never decided by a run on its own.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.core.context import RunContext
from flows.stages.monitor.damage import in_table
from schemas.core.table import Table
from schemas.ops.tables import OPS_RELEASES
from schemas.registry import TABLES
from warehouse.engine.storage.base import Place
from warehouse.engine.storage.local_cache import nearby
from warehouse.errors import WarehouseError
from warehouse.publication.publish import is_whole, shelf_of
from warehouse.store import rebuild
from warehouse.store.home import Home
from warehouse.store.releases import releases
from warehouse.store.store import Warehouse

log = logging.getLogger("carbonmart.monitor")


def mend_logs(context: RunContext) -> list[str]:
    """Make damaged logs (`ops_*`) anew from what of them is whole and what was published; gives
    a line for each. Those in S3 are left as they are: their runs say what can't be written."""
    home, done = context.home, list[str]()
    root = Warehouse(home.path).root
    logs = [t for t in TABLES.values() if t.is_log and t.name != OPS_RELEASES.name]
    for table in logs:
        if not isinstance(root, Path) or not _is_damaged(home, table):
            continue
        try:
            with _alone(root):
                if not _is_damaged(home, table):  # another run has mended it meanwhile
                    continue
                if put_checkpoint_anew(home, table):
                    done.append(f"{table.name}: its checkpoint was damaged: made from its commits")
                    continue
                away = make_anew(home, table, named_versions(home).get(table.name, ()))
            told = f"{table.name} was damaged: made anew from what of it is whole, kept as {away}"
        except (WarehouseError, OSError) as error:
            told = f"{table.name} is damaged, and can't be made anew: {error}"
        log.error(told, extra={"run_id": context.run_id})
        done.append(told)
    return done


def follows_from_commits(home: Home, table: Table) -> bool:
    """Whether checkpoints are all that is damaged of a table's log, and its commits are there."""
    return rebuild.lacks_checkpoints_alone(Warehouse(home.path).root / table.name)


def put_checkpoint_anew(home: Home, table: Table) -> bool:
    """Have a table whose checkpoints alone are damaged read from its commits, with a new one;
    whether it is whole now. Raises `WarehouseError`, `OSError`."""
    if not follows_from_commits(home, table):
        return False
    rebuild.put_checkpoint_anew(table, Warehouse(home.path).root / table.name)
    return not _is_damaged(home, table)


def make_anew(home: Home, table: Table, named: Iterable[int], *, keeps_rows: bool = True) -> Place:
    """Put the table in its place anew, with the rows that are whole if it `keeps_rows`, under a
    version after all those `named`; gives where its damaged folder is kept.

    Raises `WarehouseError`, `OSError`.
    """
    root = Warehouse(home.path).root / table.name
    version = rebuild.next_version(root, named)
    rows = rebuild.rows_left(table, root, _published(home, table)) if keeps_rows else None
    return rebuild.put_anew(table, root, version, rows, "repair")


def named_versions(home: Home) -> dict[str, list[int]]:
    """The versions that releases name, by table; none where their log is damaged itself."""
    try:
        made = releases(Warehouse(home.path))
    except WarehouseError:
        return {}
    found: dict[str, list[int]] = {}
    for release in made:
        for name, version in release.versions.items():
            found.setdefault(name, []).append(version)
    return found


def _is_damaged(home: Home, table: Table) -> bool:
    is_far = not isinstance(home.path, Path)
    return next(in_table(Warehouse(home.path), table, is_whole_log=is_far), None) is not None


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One run at a time moves folders of tables."""
    with (root / ".anew.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _published(home: Home, table: Table) -> list[Path]:
    """The newest whole published copy of a table: all its revisions, where it has some."""
    shelf = shelf_of(home)
    for release_id in reversed(shelf.folders()):
        if is_whole(shelf, release_id):
            folder = shelf.root / release_id
            names = (f"{table.name}{end}.parquet" for end in ("_history", ""))
            found = (nearby(folder, name) for name in names)
            return [path for path in found if path][:1]
    return []
