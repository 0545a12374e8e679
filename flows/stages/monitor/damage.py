"""Bytes that are not what was written: archive, index, tables, publication (`check --bytes`).

Every damage names its file, what it costs, and the command that brings it back. Nothing is
changed by looking.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from extractors.archive.archive import ArchiveError
from flows.core.context import archive_of
from schemas.core.table import Table
from schemas.ops.tables import OPS_RELEASES
from schemas.registry import TABLES
from warehouse.engine.delta.data_file import check
from warehouse.engine.delta.log_check import wrong_in_log_of
from warehouse.engine.storage.base import Place
from warehouse.engine.storage.storage import storage
from warehouse.errors import Damaged, UnknownVersion, WarehouseError
from warehouse.publication.publish import is_out, is_whole, shelf_of, wrong
from warehouse.publication.whole import wrong_in_folder
from warehouse.store.home import Home
from warehouse.store.releases import Release, releases
from warehouse.store.store import Warehouse

if TYPE_CHECKING:
    from warehouse.engine.delta.state import TableState

PARTS = 28
"""A night looks at one of so many parts of the archive, so that each is seen in four weeks."""
Kind = Literal["archive", "index", "table", "log", "publication"]


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not what was written. `name` is what `repair` has to do with: a WARC
    file, a table, a published file."""

    kind: Kind
    name: str
    file: str
    what: str
    costs: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}; {self.costs}; {self.remedy}"


REPAIR = "`carbonmart repair --yes`"
_REMEDY: dict[str, str] = {
    "archive": f"put it back from a backup; else {REPAIR} has its pages asked for again",
    "index": f"{REPAIR} makes it anew from the WARC files",
    "table": f"{REPAIR} makes it anew from the archive",
    "log": f"{REPAIR} puts it together from what is whole and what was published",
    "publication": f"{REPAIR} writes it anew from the tables",
}


def damages(home: Home, part: int | None = None, until: float = inf) -> Iterator[Damage]:
    """What is damaged; of the archive the `part` of `PARTS` alone, where one is named, and of
    the releases then the current one. The look at the archive ends at `until`, an instant of
    `time.monotonic`."""
    yield from _in_archive(home, part, until)
    warehouse = Warehouse(home.path)
    for table in TABLES.values():
        yield from in_table(warehouse, table, is_whole_log=part is None)
    try:
        made = releases(warehouse)
    except WarehouseError:
        return  # told as a table of its own: which releases there were is not known
    for release in made[-1:] if part is not None else made:
        yield from _in_release(warehouse, release, is_current=release is made[-1])
    yield from _in_publication(home, made, is_all=part is None)


def _in_archive(home: Home, part: int | None, until: float) -> Iterator[Damage]:
    archive = archive_of(home)
    where = f"{home.path / 'archive'}"
    try:
        share = None if part is None else (part % PARTS, PARTS)
        problems = archive.verify(share, until)
    except (ArchiveError, sqlite3.Error, OSError, ValueError) as error:
        told = "what was fetched is not found, no page is read"
        yield Damage(
            "index", "index.sqlite", f"{where}/index.sqlite", str(error), told, _REMEDY["index"]
        )
        return
    finally:
        archive.close()
    for problem in problems:
        is_index = not problem.warc
        kind: Kind = "index" if is_index else "archive"
        told = (
            f"the page {problem.url} can't be read again"
            if problem.url
            else "its pages can't be read again"
        )
        file = f"{where}/{problem.warc or 'index.sqlite'}"
        yield Damage(kind, problem.warc, file, problem.says, told, _REMEDY[kind])


def in_table(warehouse: Warehouse, table: Table, *, is_whole_log: bool) -> Iterator[Damage]:
    """What of a table's newest version is damaged; with `is_whole_log` of all its versions."""
    root = warehouse.root / table.name
    try:
        state = warehouse._state(table)
    except (WarehouseError, OSError) as error:
        if isinstance(root, Path) or isinstance(error, Damaged):
            yield _of_table(table, error, f"no row of {table.name} can be read")
            return
        found = list(_in_log(table, root))
        if not found:
            raise  # it is not the table, then, but the way to it
        yield from found
        return
    if state is None:
        if any(item.name.endswith(".parquet") for item in storage(root).list()):
            told = Damaged(table.name, root / "_delta_log", "the log is gone")
            yield _of_table(table, told, f"no row of {table.name} can be read")
        return
    if not isinstance(root, Path):
        if is_whole_log:  # else as they are copied here, to be read
            yield from _in_bucket(table, state)
        return
    for file in state.files:
        try:
            check(table.name, Path(file.path), file.digest, file.rows)
        except Damaged as error:
            yield _of_table(table, error, f"{file.rows:,} rows of {table.name} can't be read")
    if is_whole_log:
        yield from _in_log(table, root)


def _in_bucket(table: Table, state: TableState) -> Iterator[Damage]:
    """Data files that are not what was written, as they are in the bucket."""
    far = storage(state.root)
    for file in state.files:
        data, where = far.read_bytes(Path(file.path).name), state.root / Path(file.path).name
        if data is None or (file.digest and sha256(data).hexdigest() != file.digest):
            what = "the data file is gone" if data is None else "the data file is not as written"
            lost = f"{file.rows:,} rows of {table.name} can't be read"
            yield _of_table(table, Damaged(table.name, where, what), lost)
    yield from _in_log(table, state.root)


def _in_log(table: Table, root: Place) -> Iterator[Damage]:
    """Commits and checkpoints: each whole, each as the next one says that it was."""
    for path, what in wrong_in_log_of(root):
        told = Damaged(table.name, path, what)
        yield _of_table(table, told, f"versions of {table.name} can't be read")


def _of_table(table: Table, error: Exception, costs: str) -> Damage:
    kind: Kind = "log" if table.is_log else "table"
    path = error.path if isinstance(error, Damaged) else table.name
    what = error.what if isinstance(error, Damaged) else str(error)
    return Damage(kind, table.name, path, what, costs, _REMEDY[kind])


def _in_release(warehouse: Warehouse, release: Release, *, is_current: bool) -> Iterator[Damage]:
    """Versions that are not what the release booked: other files, or none that can be read."""
    for pinned in release.tables:
        table = TABLES.get(pinned.table_name)
        if table is None:
            continue
        try:
            state = warehouse._state(table, pinned.table_version)
        except UnknownVersion as error:
            if is_current:
                told = Damaged(table.name, warehouse.root / table.name, str(error))
                yield _of_table(table, told, f"{release.release_id} can't be read")
            continue  # else `vacuum` or a repair has dropped it
        except (WarehouseError, OSError):
            continue  # told already
        if state is None or (pinned.digest and state.digest != pinned.digest):
            what = f"version {pinned.table_version} is not what {release.release_id} booked"
            told = Damaged(table.name, warehouse.root / table.name, what)
            if is_current or state is not None:
                yield _of_table(table, told, f"{release.release_id} can't be read")


def _in_publication(home: Home, made: list[Release], *, is_all: bool) -> Iterator[Damage]:
    shelf = shelf_of(home)
    named = str((shelf.pointer() or {}).get("release_id", ""))
    if named and named not in {release.release_id for release in made} and is_whole(shelf, named):
        root = Warehouse(home.path).root / OPS_RELEASES.name
        told = Damaged(OPS_RELEASES.name, root, f"does not know {named}, which is published")
        yield _of_table(OPS_RELEASES, told, "readers of the store see an earlier release")
        return
    found = []
    if (made and is_out(shelf, made[-1].release_id)) or (made and shelf.folders()):
        found += wrong(shelf, made[-1].release_id)
    if is_all:
        for release in made[:-1]:
            if release.release_id in shelf.folders():
                found += wrong_in_folder(shelf, release.release_id)
    for each in found:
        file = f"{shelf.root / each.name}"
        costs = "readers of published files may see what was not released"
        yield Damage("publication", each.name, file, each.what, costs, _REMEDY["publication"])
