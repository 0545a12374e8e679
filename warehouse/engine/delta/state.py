"""A Delta table as of one version; newest states stay open for as long as nobody commits.

Opening a Delta table reads its log, which costs some milliseconds; a night opens each
table dozens of times. Whether a held state is still the newest is one look at the folder:
the commit it was opened at is still the same file, and there is none after it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.core.forms import arrow_schema
from schemas.core.table import Kind, Table
from warehouse.engine.delta.checkpoint import path_of, wrong
from warehouse.engine.delta.data_file import check, digest_in, is_unbroken
from warehouse.engine.delta.newest import noted
from warehouse.engine.storage.base import Place
from warehouse.engine.storage.local_cache import bring, near
from warehouse.errors import Damaged, UnknownVersion, WarehouseError, in_a_line

if TYPE_CHECKING:
    from deltalake import DeltaTable

_Mark = tuple[int, int, int]
_held = threading.local()


def _mine() -> dict[tuple[int, str], tuple[TableState, _Mark]]:
    """What this thread holds. What a forked process inherits is not its own."""
    if not hasattr(_held, "states"):
        _held.states = {}
    states: dict[tuple[int, str], tuple[TableState, _Mark]] = _held.states
    return states


def recall(table: Table, root: Place) -> TableState | None:
    """The held state of the table, if it is certain to be the newest."""
    found = _mine().get((os.getpid(), str(root)))
    if found is None or not isinstance(root, Path):
        return None
    state, mark = found
    if state.table is table and state.delta.version() == state.version:
        after = root / "_delta_log" / f"{state.version + 1:020}.json"
        if _mark(root, state.version) == mark and not after.exists():
            return state
    forget(root)
    return None


def hold(state: TableState) -> None:
    """Keep a newest state that was just opened. Of an address in S3 none is kept: there a
    look costs a request, as opening does."""
    if isinstance(state.root, Path):
        mark = _mark(state.root, state.version)
        if mark is not None:
            _mine()[(os.getpid(), str(state.root))] = (state, mark)


def forget(root: Place) -> None:
    """Forget the table's state: it is about to be written to."""
    _mine().pop((os.getpid(), str(root)), None)


def _mark(root: Path, version: int) -> _Mark | None:
    """What tells a commit's file from any other; None if it is not there."""
    try:
        found = (root / "_delta_log" / f"{version:020}.json").stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


COMPACTED = "OPTIMIZE"
"""What deltalake calls a commit that only joins files."""
COMMIT, DIGESTS = "carbonmart.commit", "carbonmart.digests"
_WIDENED, _HELD = "carbonmart.widened", "carbonmart.held"
_PREFIX = 16
"""Delta may cut long texts in its statistics; beginnings of this length never are."""


@dataclass(frozen=True)
class DataFile:
    """A Parquet file of a table, with the range of `prune_by` in it (None: not known).

    `digest` is the SHA-256 of its bytes (hex; empty where nobody kept it).
    `first_known` is at or before the `known_from` of each of its rows, `last_revision` the
    greatest revision in it.
    """

    path: str
    rows: int
    bytes: int
    digest: str = ""
    low: Any = None
    high: Any = None
    first_known: datetime | None = None
    last_revision: int | None = None


@dataclass(frozen=True)
class TableState:
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
            DataFile(str(here / path), rows, size, digest_in(path, self.told), *facts)
            for path, rows, size, *facts in zip(
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
    def told(self) -> Mapping[str, str]:
        """Digests of data files whose names have none, by name."""
        told: dict[str, str] = json.loads(self.delta.metadata().configuration.get(DIGESTS, "{}"))
        return told

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of what this version is made of: each file's digest, rows and ranges.

        A log or checkpoint that tells of other files than it was told of gives another one.
        """
        facts = sorted(
            f"{Path(f.path).name} {f.digest} {f.rows} {f.bytes} {f.low} {f.high} {f.first_known} "
            f"{f.last_revision}"
            for f in self.files
        )
        facts += [" ".join(row) for row in self.held]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()

    @cached_property
    def notes(self) -> Mapping[str, Any]:
        """What the commit of this version says about itself; empty if the log has lost it.

        Compaction adds no rows and says nothing, since deltalake may put it after a commit
        that came in between: the commit before it counts.
        """
        from deltalake.exceptions import DeltaError

        # deltalake tells a table at an older version the newest commits, misnumbered.
        newest = self if self.is_newest else open_state(self.table, self.root)
        if newest is None:
            return {}
        try:
            for depth in (newest.version - self.version + 1, None):
                for entry in newest.delta.history(depth):
                    if entry["version"] <= self.version and entry["operation"] != COMPACTED:
                        return self._unbroken(entry)
        except DeltaError as error:
            told = f"the log can't be read: {in_a_line(error)}"
            raise Damaged(self.table.name, self.root, told) from error
        return {}

    def _unbroken(self, entry: dict[str, Any]) -> Mapping[str, Any]:
        """The entry, if its notes are those that were written."""
        mine = {k: str(v) for k, v in entry.items() if k == "run_id" or k.startswith("carbonmart.")}
        if not is_unbroken(mine):
            told = f"the commit of version {entry['version']} is not what was written"
            raise Damaged(self.table.name, self.root, told)
        return entry

    @cached_property
    def is_widened(self) -> bool:
        """Whether some files may lack columns that the table got later."""
        return _WIDENED in self.delta.metadata().configuration

    @cached_property
    def held(self) -> tuple[tuple[str, ...], ...]:
        """Rows that readers of this version do not see: key and revision, as texts."""
        noted = self.delta.metadata().configuration.get(_HELD)
        return tuple(tuple(row) for row in json.loads(noted)) if noted else ()

    @cached_property
    def is_whole(self) -> bool:
        """Whether each of its files has every column of the definition, of its type."""
        import pyarrow as pa

        if self.is_widened:
            return False
        stored = pa.schema(self.delta.schema().to_arrow())
        types = dict(zip(stored.names, stored.types, strict=True))
        return all(types.get(field.name) == field.type for field in arrow_schema(self.table))

    def files_with(self, values: list[Any]) -> list[str]:
        """The files that may hold a row whose `prune_by` is one of the sorted `values`."""
        return [f.path for f in self.files if _may_hold(f, values, self.table)]

    def at_hand(self, paths: list[str]) -> list[str]:
        """Those files, whole and ready to be read: of a table in S3 they are copied to this
        machine. Raises `Damaged` for one that is not what was written."""
        bring(self.root, paths)
        known = {file.path: file for file in self.files}
        for path in paths:
            file = known[path]
            try:
                check(self.table.name, Path(path), file.digest, file.rows)
            except Damaged:
                if isinstance(self.root, Path):
                    raise
                Path(path).unlink(missing_ok=True)  # the copy may be it, and not the original
                bring(self.root, [path])
                check(self.table.name, Path(path), file.digest, file.rows)
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


def open_state(table: Table, root: Place, version: int | None = None) -> TableState | None:
    """The newest version or the one asked for, or None if there is no table yet.

    Raises `WarehouseError` for a table that can't be read, `UnknownVersion`.
    """
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError, TableNotFoundError

    from warehouse.engine.storage.s3 import delta_options

    if isinstance(root, Path) and not (root / "_delta_log").is_dir():
        return None
    held = recall(table, root)
    if held is not None and version in (None, held.version):
        return held
    if isinstance(root, Path):
        _check_log(table, root, version)
    try:
        delta = DeltaTable(root.as_uri(), storage_options=delta_options(root))
        newest = int(delta.version())
        if version is not None and version != newest:
            if not 0 <= version < newest:
                raise UnknownVersion(f"{table.name} has no version {version}: 0 to {newest}")
            try:
                delta.load_as_version(version)
            except (DeltaError, TableNotFoundError) as error:
                told = f"{table.name} has no version {version} any more: {in_a_line(error)}"
                raise UnknownVersion(told) from error
    except TableNotFoundError:
        return None  # a writer was killed, or is at work, before version 0
    except (DeltaError, OSError, ValueError) as error:
        if not isinstance(root, Path):  # it may as well be the network
            told = f"{table.name} at {root} can't be read: {in_a_line(error)}"
            raise WarehouseError(told) from error
        raise Damaged(table.name, root, f"can't be read: {in_a_line(error)}") from error
    state = TableState(table, root, delta, int(delta.version()), version in (None, newest))
    if state.is_newest:
        hold(state)
    return state


_COMMITTED = re.compile(r"(\d{20})\.(json|checkpoint\.(?:parquet|sha256))")


def _check_log(table: Table, root: Path, version: int | None) -> None:
    """Raise `Damaged` for a log with an empty commit, which deltalake takes for one of no rows, for
    one that lost its newest commit, and for a checkpoint that is not what was written, of those
    that a `version` is read from."""
    told, newest = noted(root / "_delta_log"), -1
    bases, empty = {-1}, {}
    for entry in os.scandir(root / "_delta_log"):
        if found := _COMMITTED.fullmatch(entry.name):
            newest = max(newest, int(found[1]))
            if found[2] != "json":
                bases.add(int(found[1]))
            elif not entry.stat().st_size:
                empty[int(found[1])] = entry.path
    if told > newest:
        raise Damaged(table.name, root / "_delta_log" / f"{told:020}.json", "the commit is gone")
    read = {max(bases), max(base for base in bases if version is None or base <= version)} - {-1}
    for base in sorted(read):
        if what := wrong(root / "_delta_log", base):
            raise Damaged(table.name, root / "_delta_log" / path_of(base), what)
    for number, path in sorted(empty.items()):
        if number > max(bases):
            raise Damaged(table.name, path, f"the commit of version {number} is empty")
