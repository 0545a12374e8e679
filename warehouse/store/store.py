"""The store: append-only Delta tables with revisions, under `<home>/tables/<name>`.

Rows are appended, never rewritten. A load reads the current rows of the
incoming keys at one version, compares, and appends what says something new as the very
next version; if another writer was faster, all of it is done again on the new version.
So two writers lose nothing and double nothing, the same load twice changes nothing, and
a kill at any moment leaves the old version or the new one.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from schemas.core.table import Table
from schemas.ops.coverage import OPS_COVERAGE
from schemas.registry import TABLES, VIEWS
from warehouse.engine.delta.commit_info import RUN, carried, info, notes_of
from warehouse.engine.storage.base import Place
from warehouse.errors import Conflict, WarehouseError, WrongHome
from warehouse.model import HeldRow, LoadReport, Revision, TableInfo
from warehouse.store.home import home_path

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from schemas.core.forms import StoredRows
    from schemas.trading import TradingCalendar
    from warehouse.engine.delta.state import TableState
    from warehouse.engine.revisions.tombstones import Ending
    from warehouse.engine.sql.time_limit import TimeLimit
    from warehouse.store.time_travel import Versions

__all__ = ["LoadReport", "Revision", "TableInfo", "Warehouse", "WarehouseError", "WrongHome"]

PATIENCE_S = 60.0
"""How long a writer goes on losing races before it gives up."""

T = TypeVar("T")


class Warehouse:
    """The tables of one home. Cheap to make; several processes may use one home at once.

    `tables` are the definitions it knows, all of carbonmart's by default.
    """

    def __init__(self, home: Place | str, tables: Mapping[str, Table] = TABLES) -> None:
        self.root = home_path(home) / "tables"
        self._tables = tables

    @cached_property
    def calendar(self) -> TradingCalendar:
        """The national market's trading calendar as readers see it, read once; where which
        release they see can't be read, without what it adds.

        Raises `WrongCalendarFile`.
        """
        from schemas.ops.tables import OPS_RELEASES
        from warehouse.store.booked import released_versions_in
        from warehouse.store.trading import trading_calendar

        try:
            books = self._state(OPS_RELEASES)
        except WarehouseError:
            books = None
        return trading_calendar(self, released_versions_in(books))

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
        from warehouse.engine.revisions.coerce import as_arrow
        from warehouse.model import utc

        if table.is_log:
            raise ValueError(f"{table.name} is a log: append_log writes it")
        batch, moment = as_arrow(table, rows), utc(known_from, "known_from")
        if not batch.num_rows:
            version = self.version(table.name)
            return LoadReport(table.name, 0, 0, 0, version, version)
        return _until_won(table, lambda: self._load_once(table, batch, moment, run_id))

    def append_log(
        self,
        table: Table,
        rows: Sequence[Mapping[str, Any]],
        run_id: str,
        *,
        once_by: Sequence[str] = (),
    ) -> int:
        """Append rows to a log (`ops_*`) as one commit; gives their number.

        A column that may be null may be left out. No rows make no commit. With `once_by`,
        rows whose values of these columns the log holds already are left out, whoever else
        is writing.
        """
        from warehouse.engine.revisions.coerce import as_arrow

        if not table.is_log:
            raise ValueError(f"{table.name} is no log: load writes it")
        if not rows:
            return 0
        batch = as_arrow(table, rows)

        def attempt() -> int:
            state = self._state(table)
            fresh = self._not_held(table, state, batch, once_by) if once_by and state else batch
            if fresh.num_rows:
                self._append(table, state, fresh, {RUN: run_id})
            return int(fresh.num_rows)

        return _until_won(table, attempt)

    def _not_held(
        self, table: Table, state: TableState, batch: pa.Table, columns: Sequence[str]
    ) -> pa.Table:
        """The rows of the batch whose values of the columns the log does not hold then."""
        names = ", ".join(f'"{name}"' for name in columns)
        with self.connect(table.name, versions={table.name: state.version}) as connection:
            connection.register("batch", batch)
            found = connection.sql(
                f"select * from batch anti join {table.name} using ({names})"  # noqa: S608
            ).to_arrow_table()
        return found.cast(batch.schema)

    def version(self, name: str) -> int | None:
        """The table's version, None if it was never written; `KeyError` for no table."""
        state = self._state(self._tables[name])
        return state.version if state else None

    def retire(
        self,
        table: Table,
        keys: Iterable[Sequence[Any]],
        *,
        known_from: datetime,
        run_id: str,
        evidence: str | None = None,
    ) -> LoadReport:
        """Append a tombstone for each of the keys (values in the order of `table.key`).

        It keeps the values of the last revision; `evidence` takes the place of that one's
        own. A key that is deleted already, or was never held, counts as a duplicate. A
        statement that ranks above the retired one revives the key.
        """
        from warehouse.engine.revisions.tombstones import Ending, key_batch
        from warehouse.model import utc

        if table.is_log:
            raise ValueError(f"{table.name} is a log: its rows can't be retired")
        batch, moment = key_batch(table, keys), utc(known_from, "known_from")
        ending = Ending(moment, evidence)
        return _until_won(table, lambda: self._retire_once(table, batch, ending, run_id))

    def withdraw(
        self,
        table: Table,
        keys: Iterable[Sequence[Any]],
        *,
        known_from: datetime,
        run_id: str,
        evidence: str,
    ) -> LoadReport:
        """As `retire`, for what was never to be taken: any other statement of the keys, however
        old, revives them. What is a tombstone already is withdrawn, too."""
        from warehouse.engine.revisions.tombstones import Ending, key_batch
        from warehouse.model import utc

        batch = key_batch(table, keys)
        ending = Ending(utc(known_from, "known_from"), evidence, is_withdrawn=True)
        return _until_won(table, lambda: self._retire_once(table, batch, ending, run_id))

    def tables(
        self,
        *,
        as_of: datetime | None = None,
        versions: Versions | None = None,
        without: Collection[str] = (),
    ) -> list[TableInfo]:
        """All tables that were ever written, in numbers; of the past as in `connect`.

        Of the present those of some names may be left out."""
        if as_of is None and not versions:
            wanted = [table for name, table in self._tables.items() if name not in without]
            states = (self._state(table) for table in wanted)
            return [info(state) for state in states if state]
        from warehouse.store.time_travel import infos

        return list(infos(self._state, self._tables, as_of, versions))

    def connect(
        self,
        *names: str,
        as_of: datetime | None = None,
        versions: Versions | None = None,
        without: Mapping[str, Collection[HeldRow]] | None = None,
    ) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection with the views of these tables, or of all, as of now.

        `NAME` has the current rows, `NAME__history` all revisions with `known_to`;
        `ops_changes` says what each revision changed. For our own questions; SQL that a
        person typed goes through `query`, whose connection can read nothing else.

        `as_of` an instant: what was learned later is left out, and does not hide what it
        replaced. `versions` maps tables to the Delta version that is read, None to an
        empty table; those not named are read at their latest. A version that is named is
        read as its readers see it, without the rows that it holds back; `without` leaves out
        others. `UnknownVersion` for a version that a table has not.
        """
        return self._open(names, as_of, versions, is_locked=False, without=without)

    def connect_readable(self, *names: str) -> tuple[duckdb.DuckDBPyConnection, dict[str, str]]:
        """As `connect`, to those of the tables (of all, with the views over them) that can be
        read, and what is wrong with each other.

        Raises `WarehouseError` where a log of the pipeline's own can't be.
        """
        from warehouse.engine.sql.views import open_views
        from warehouse.store.time_travel import sources

        unreadable: dict[str, str] = {}
        there: list[StoredRows] = []
        for name in names or self._tables:
            try:
                there += sources(self._state, self._tables, [name])[0]
            except WarehouseError as error:
                if self._tables[name].is_log:
                    raise
                unreadable[name] = str(error)
        derived = () if names else tuple(VIEWS)
        connection = open_views(there, derived, calendar=self.calendar, unreadable=unreadable)
        return connection, unreadable

    def source(
        self, name: str, *, as_of: datetime | None = None, versions: Versions | None = None
    ) -> StoredRows:
        """What the views of a table read, of the past as in `connect`."""
        from warehouse.store.time_travel import sources

        return sources(self._booked, self._tables, [name], as_of, versions)[0][0]

    def query(
        self,
        sql: str,
        parameters: object = None,
        *,
        as_of: datetime | None = None,
        versions: Versions | None = None,
        limit: TimeLimit | None = None,
    ) -> duckdb.DuckDBPyConnection:
        """The result of one SELECT over the views; `WarehouseError` for anything else.

        `as_of` and `versions` as in `connect`; the `limit` watches over it.
        """
        import duckdb

        from warehouse.engine.sql.views import named_in, select

        # Opening a table costs more than most questions: only those that are asked for.
        if names := named_in(sql, self._tables):
            try:
                opened = self._open(names, as_of, versions, is_locked=True)
                return select(opened, sql, parameters, limit)
            except duckdb.CatalogException:
                pass  # with all views at hand it is answered, or the refusal suggests a name
        opened = self._open((), as_of, versions, is_locked=True)
        return select(opened, sql, parameters, limit)

    def quarantined(
        self, urls: Iterable[str], names: Iterable[str] = (), *, status: str = "open"
    ) -> dict[str, dict[str, Any]]:
        """What of these pages, or by these names, is in quarantine now, by its name
        (`quarantine_id`); with another `status` what was there and has come to that."""
        if self.version("ops_quarantine") is None:
            return {}
        with self.connect("ops_quarantine") as connection:
            found = connection.sql(
                "SELECT * FROM ops_quarantine WHERE status = ? "
                "AND (url IN (SELECT unnest(?::VARCHAR[])) "
                "OR quarantine_id IN (SELECT unnest(?::VARCHAR[])))",
                params=[status, sorted(set(urls)), sorted(set(names))],
            ).to_arrow_table()
        return {row["quarantine_id"]: row for row in found.to_pylist()}

    def _open(
        self,
        names: Sequence[str],
        as_of: datetime | None,
        versions: Versions | None,
        *,
        is_locked: bool,
        without: Mapping[str, Collection[HeldRow]] | None = None,
    ) -> duckdb.DuckDBPyConnection:
        from warehouse.engine.sql.views import open_views
        from warehouse.store.time_travel import sources

        found, derived = sources(self._booked, self._tables, names, as_of, versions)
        if without:
            more = {name: tuple(rows) for name, rows in without.items()}
            found = [replace(s, held=s.held + more.get(s.table.name, ())) for s in found]
        calendar = self.calendar if OPS_COVERAGE.name in derived else None
        return open_views(found, derived, calendar=calendar, is_locked=is_locked)

    def _state(self, table: Table, version: int | None = None) -> TableState | None:
        from warehouse.engine.delta.state import open_state

        return open_state(table, self.root / table.name, version)

    def _booked(self, table: Table, version: int | None = None) -> TableState | None:
        """The state; `Damaged` if it is the released version, and not what was released."""
        from schemas.ops.tables import OPS_RELEASES
        from warehouse.store.booked import check_booked

        state = self._state(table, version)
        if state is not None and version is not None:
            check_booked(self._state(OPS_RELEASES), state)
        return state

    def _load_once(
        self, table: Table, batch: pa.Table, known_from: datetime, run_id: str
    ) -> LoadReport:
        from schemas.core.forms import StoredRows
        from warehouse.engine.revisions.coerce import with_knowledge
        from warehouse.engine.revisions.compare import compare

        state = self._state(table)
        before = state.version if state else None
        stored = StoredRows(
            table,
            _files_for(table, batch, state),
            is_widened=state is not None and state.is_widened,
            is_whole=state is not None and state.is_whole,
        )
        verdicts = compare(stored, batch, known_from)
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

    def _retire_once(self, table: Table, keys: pa.Table, ending: Ending, run_id: str) -> LoadReport:
        from warehouse.engine.revisions.tombstones import tombstones

        state, count = self._state(table), keys.num_rows
        if state is None or not count:
            version = state.version if state else None
            return LoadReport(table.name, 0, 0, count, version, version)
        files = _files_for(table, keys, state)
        rows, told, ended = tombstones(state, keys, files, ending)
        after = state.version
        if told:
            newest = max(rows.column("known_from").to_pylist())
            after = self._append(table, state, rows, notes_of(state, run_id, -ended, newest))
        return LoadReport(table.name, 0, len(told), count - len(told), state.version, after, told)

    def _append(
        self, table: Table, state: TableState | None, rows: pa.Table, notes: Mapping[str, str]
    ) -> int:
        """Append to the version that was read; creates the table, and widens it if need be."""
        from warehouse.engine.delta.table import append, create, evolve

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


def _files_for(table: Table, batch: pa.Table, state: TableState | None) -> list[str]:
    if state is None:
        return []
    if not table.prune_by:
        return state.at_hand([file.path for file in state.files])
    values = batch.column(table.prune_by).unique().to_pylist()
    return state.at_hand(state.files_with(sorted(values)))
