"""The store: append-only Delta tables with revisions, under `<home>/tables/<name>`.

Rows are appended, never rewritten (DESIGN law 6). A load reads the current rows of the
incoming keys at one version, compares, and appends what says something new as the very
next version; if another writer was faster, all of it is done again on the new version.
So two writers lose nothing and double nothing, the same load twice changes nothing, and
a kill at any moment leaves the old version or the new one.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from schemas.registry import TABLES
from schemas.table import Table
from warehouse.errors import Conflict, WarehouseError, WrongHome
from warehouse.home import home_path
from warehouse.notes import RUN, carried, info, notes_of, source_of
from warehouse.report import LoadReport, Revision, TableInfo

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from warehouse.delta import State

__all__ = ["LoadReport", "Revision", "TableInfo", "Warehouse", "WarehouseError", "WrongHome"]

PATIENCE_S = 60.0
"""How long a writer goes on losing races before it gives up."""

T = TypeVar("T")


class Warehouse:
    """The tables of one home. Cheap to make; several processes may use one home at once.

    `tables` are the definitions it knows, all of carbonmart's by default.
    """

    def __init__(self, home: Path | str, tables: Mapping[str, Table] = TABLES) -> None:
        self.root = home_path(home) / "tables"
        self._tables = tables

    def load(
        self,
        table: Table,
        rows: pa.Table | Sequence[Mapping[str, Any]],
        *,
        known_from: datetime,
        run_id: str,
    ) -> LoadReport:
        """Append what the rows (stated columns only) say that is new, as one commit.

        `known_from` is when the run learned them; a revision never gets an earlier one
        than the row it replaces. Raises `WarehouseError` if a row does not fit the table
        or the disk does not take it; the table is then as before.
        """
        from warehouse.incoming import as_arrow, utc

        if table.is_log:
            raise ValueError(f"{table.name} is a log: append_log writes it")
        batch, moment = as_arrow(table, rows), utc(known_from, "known_from")
        if not batch.num_rows:
            version = self.version(table.name)
            return LoadReport(table.name, 0, 0, 0, version, version)
        return _until_won(table, lambda: self._load_once(table, batch, moment, run_id))

    def append_log(self, table: Table, rows: Sequence[Mapping[str, Any]], run_id: str) -> int:
        """Append rows to a log (`ops_*`) as one commit; gives their number.

        A column that may be null may be left out. No rows make no commit.
        """
        from warehouse.incoming import as_arrow

        if not table.is_log:
            raise ValueError(f"{table.name} is no log: load writes it")
        if not rows:
            return 0
        batch = as_arrow(table, rows)
        _until_won(table, lambda: self._append(table, self._state(table), batch, {RUN: run_id}))
        return int(batch.num_rows)

    def version(self, name: str) -> int | None:
        """The table's version, None if it was never written; `KeyError` for no table."""
        state = self._state(self._tables[name])
        return state.version if state else None

    def tables(self) -> list[TableInfo]:
        """All tables that were ever written, in numbers."""
        states = (self._state(table) for table in self._tables.values())
        return [info(state) for state in states if state]

    def connect(self, *names: str) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection with the views of these tables, or of all, as of now.

        `NAME` has the current rows, `NAME__history` all revisions with `known_to`. It
        reads the store's own files alone. For our own questions; SQL that a person
        typed goes through `query`.
        """
        from warehouse.views import Source, open_views

        return open_views(
            source_of(state) if (state := self._state(table)) else Source(table)
            for table in (self._tables[name] for name in names or self._tables)
        )

    def query(self, sql: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        """The result of one SELECT over the views; `WarehouseError` for anything else."""
        from warehouse.views import select

        return select(self.connect(), sql, parameters)

    def open_quarantine(self, identities: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Those of the records (`quarantine_id`) that are in quarantine now, by their id."""
        wanted = sorted(set(identities))
        if not wanted or self.version("ops_quarantine") is None:
            return {}
        with self.connect("ops_quarantine") as connection:
            found = connection.sql(
                "SELECT * FROM ops_quarantine WHERE status = 'open' "
                "AND list_contains(?::VARCHAR[], quarantine_id)",
                params=[wanted],
            ).to_arrow_table()
        return {row["quarantine_id"]: row for row in found.to_pylist()}

    def _state(self, table: Table) -> State | None:
        from warehouse.delta import open_state

        return open_state(table, self.root / table.name)

    def _load_once(
        self, table: Table, batch: pa.Table, known_from: datetime, run_id: str
    ) -> LoadReport:
        from warehouse.compare import compare
        from warehouse.incoming import with_knowledge

        state = self._state(table)
        before = state.version if state else None
        verdicts = compare(
            table,
            batch,
            _files_for(table, batch, state),
            known_from,
            is_widened=state is not None and state.is_widened,
        )
        revisions = tuple(v.revised for v in verdicts if v.revised)
        after = before
        if verdicts:
            rows = with_knowledge(
                table,
                batch.take([v.position for v in verdicts]),
                [v.known_from for v in verdicts],
                [v.revision for v in verdicts],
            )
            added = sum(v.revision == 1 or v.revives for v in verdicts)
            newest = max(v.known_from for v in verdicts)
            after = self._append(table, state, rows, notes_of(state, run_id, added, newest))
        return LoadReport(
            table=table.name,
            new=len(verdicts) - len(revisions),
            revised=len(revisions),
            duplicates=batch.num_rows - len(verdicts),
            version_before=before,
            version_after=after,
            revisions=revisions,
        )

    def _append(
        self, table: Table, state: State | None, rows: pa.Table, notes: Mapping[str, str]
    ) -> int:
        """Append to the version that was read; creates the table, and widens it if need be."""
        from warehouse.delta import append, create, evolve

        if state is None:
            create(table, self.root / table.name)
            state = self._state(table)
            if state is None or state.version != 0:
                raise Conflict
        elif evolve(state, carried(state)):
            raise Conflict  # the version moved on, by our own hand
        return append(state, rows, notes)


def _until_won(table: Table, attempt: Callable[[], T]) -> T:
    """Try until no other writer comes first, for at most `PATIENCE_S`."""
    deadline = time.monotonic() + PATIENCE_S
    pause = 0.005
    while True:
        try:
            return attempt()
        except Conflict as conflict:
            if time.monotonic() > deadline:
                raise WarehouseError(
                    f"{table.name}: other writers came first for {PATIENCE_S:.0f} s"
                ) from conflict
        time.sleep(random.uniform(0, pause))  # noqa: S311 - no secret, only a pause
        pause = min(pause * 2, 0.5)


def _files_for(table: Table, batch: pa.Table, state: State | None) -> list[str]:
    if state is None:
        return []
    if not table.prune_by:
        return [file.path for file in state.files]
    values = batch.column(table.prune_by).unique().to_pylist()
    return state.files_with(sorted(values))
