"""What can't be read of a release: a source's tables as they were published last, named as such.

One source's damaged file keeps nobody else's figures from their readers. Tables of one source go
together, so that no reader joins those of two days; marts and logs go one by one, and the views,
which read all of them, with any.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.core.forms import quoted
from schemas.core.table import Table
from schemas.registry import TABLES, VIEWS
from warehouse.engine.storage.storage import digest_of
from warehouse.errors import WarehouseError, in_a_line
from warehouse.publication.formats.parquet import (
    Carried,
    PlainFile,
    has_history,
    history_columns,
    names_in,
)
from warehouse.store.releases import BOOKS, Release, versions_of

if TYPE_CHECKING:
    from warehouse.publication.shelf import Shelf
    from warehouse.store.store import Warehouse

_VIEWS = "views"


@dataclass(frozen=True)
class Lost:
    """Tables that are published together and can't be read: whose, which, and why."""

    whose: str
    tables: tuple[Table, ...]
    why: str

    def words(self, release_id: str) -> str:
        """What its readers see, for the run's report."""
        names = ", ".join(table.name for table in self.tables)
        seen = f"as published in {release_id}" if release_id else "not published"
        return f"{self.whose}: {names} {seen}: {self.why}"


def unreadable(warehouse: Warehouse, release: Release) -> list[Lost] | None:
    """What of a release can't be read, and why; None where that is nothing, or all: then no
    table is to blame. Each is read whole: asked only where something is wrong."""
    import duckdb

    groups: dict[str, list[Table]] = {}
    for pinned in release.tables:
        table = TABLES[pinned.table_name]
        alone = pinned.source == BOOKS or table.is_mart
        groups.setdefault(table.name if alone else pinned.source, []).append(table)
    versions, found = versions_of(release.versions), []
    for whose, tables in groups.items():
        for table in tables:
            try:
                with warehouse.connect(
                    table.name, versions={table.name: versions[table.name]}
                ) as connection:
                    view = quoted(table.name if table.is_log else f"{table.name}__history")
                    # Every cell is read, and nothing is kept of it.
                    connection.execute(f"SELECT bit_xor(hash(h)) FROM {view} AS h").fetchall()  # noqa: S608
            except (WarehouseError, duckdb.Error) as error:
                found.append(Lost(whose, tuple(tables), in_a_line(error)))
                break
    if not found or len(found) == len(groups):
        return None
    why = f"they read what can't be read: {', '.join(lost.whose for lost in found)}"
    return [*found, Lost(_VIEWS, tuple(VIEWS.values()), why)]


def carried(
    shelf: Shelf, lost: Lost, known: Sequence[str], draft: Path
) -> tuple[list[PlainFile], str]:
    """Copy the tables' files as they were published last into the draft; gives them and the
    release that they are of. Nothing, where no release was published with them whole.

    `known` are the releases, the oldest first.
    """
    published = set(shelf.folders())
    for release_id in reversed([name for name in known if name in published]):
        document = shelf.package(release_id) or {}
        told = {str(each.get("name")): each for each in document.get("resources", ())}
        wanted = [
            (table, name)
            for table in lost.tables
            if table.is_republished
            for name in names_of(table)
            if name in told
        ]
        if wanted:
            with _at_hand(shelf, release_id) as folder:
                if all(_is_whole(folder, table, told[name]) for table, name in wanted):
                    files = [
                        _taken(folder, draft, table, told[name], (release_id, lost.why))
                        for table, name in wanted
                    ]
                    return files, files[0].carried.release_id if files[0].carried else ""
    return [], ""


def names_of(table: Table) -> list[str]:
    """The names of a table's published files."""
    return [table.name, f"{table.name}_history"] if has_history(table) else [table.name]


@contextmanager
def _at_hand(shelf: Shelf, release_id: str) -> Iterator[Path]:
    with shelf.draft() as aside:
        yield shelf.folder(release_id, aside)


def _is_whole(folder: Path, table: Table, told: Mapping[str, Any]) -> bool:
    """Whether a published file is as it was written, with the columns of today."""
    path = folder / f"{told['name']}.parquet"
    if not path.is_file() or f"sha256:{digest_of(path)}" != told.get("hash"):
        return False
    columns = table.columns if told["name"] == table.name else history_columns(table)
    return names_in(path) == [column.name for column in columns]


def _taken(
    folder: Path, draft: Path, table: Table, told: Mapping[str, Any], origin: tuple[str, str]
) -> PlainFile:
    name, (release_id, why) = str(told["name"]), origin
    shutil.copyfile(folder / f"{name}.parquet", draft / f"{name}.parquet")
    columns = table.columns if name == table.name else history_columns(table)
    version = told.get("delta_version")
    since = Carried(str(told.get("carried_from") or release_id), version, why)
    digest = str(told["hash"]).removeprefix("sha256:")
    return PlainFile(table, name, columns, told["rows"], told["bytes"], digest, since)
