"""Rows that are in the store and in no release: those that are new since, and those held back.

A release is a set of table versions, and which rows its readers do not see is part of a
version: a table's metadata names them (`carbonmart.held`), in a commit that adds no rows. So a
release stays what it was whatever is held back later, and nothing is rewritten. A row is named
by its key and revision: where a revision is held back, the one before it shows through.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from schemas.core.forms import StoredRows, quoted, rows_sql, text_literal
from schemas.core.table import Kind, Table
from warehouse.engine.delta.commit_info import carried, source_of
from warehouse.engine.delta.table import note_held
from warehouse.engine.sql.views import scratch
from warehouse.errors import UnknownVersion
from warehouse.model import HeldRow

if TYPE_CHECKING:
    from warehouse.store.store import Warehouse


def hold(warehouse: Warehouse, table: Table, rows: Collection[HeldRow]) -> None:
    """Have readers of the table's versions from now on not see these rows, and no others.

    Nothing is written where that is so already. Raises `WarehouseError`.
    """
    from warehouse.store.store import _until_won

    wanted = tuple(sorted(rows))

    def attempt() -> None:
        state = warehouse._state(table)
        if state is not None and state.held != wanted:
            note_held(state, wanted, carried(state))

    _until_won(table, attempt)


def held(warehouse: Warehouse, table: Table, version: int | None = None) -> tuple[HeldRow, ...]:
    """The rows that readers of the version (of the newest) do not see."""
    state = warehouse._state(table, version)
    return state.held if state else ()


@dataclass(frozen=True)
class Unreleased:
    """The rows of a table that no reader of its last release sees: `released` is the version
    that it pins, None where the table is in no release."""

    warehouse: Warehouse
    table: Table
    released: int | None

    @property
    def is_empty(self) -> bool:
        """Whether the newest version is the released one, with nothing held back."""
        state = self.warehouse._state(self.table)
        return state is None or (state.version == self.released and not state.held)

    def earliest(self) -> date | None:
        """The earliest day that they are about: `date.min` where the table is not dated, None
        without rows."""
        if self.is_empty or not (sql := self._sql()):
            return None
        is_dated = bool(self.table.prune_by) and _is_date(self.table)
        day = quoted(self.table.prune_by) if is_dated else "DATE '0001-01-01'"
        with scratch() as connection:
            found = connection.execute(f"SELECT min({day}) FROM ({sql})").fetchone()  # noqa: S608
        return found[0] if found else None

    def named(self, names: Iterable[str]) -> dict[str, list[HeldRow]]:
        """Those of the rows with these names (`row_name`), the latest revision first."""
        wanted = sorted(set(names))
        if self.is_empty or not wanted or not (sql := self._sql()):
            return {}
        key = ", ".join(f"CAST({quoted(n)} AS VARCHAR)" for n in self.table.key)
        with scratch() as connection:
            rows = connection.execute(
                f"SELECT DISTINCT {key}, revision FROM ({sql}) "  # noqa: S608 - our own names
                f"WHERE list_contains(?::VARCHAR[], concat_ws(' ', {key})) ORDER BY revision DESC",
                [[name.partition(" ")[2] for name in wanted if self._is_mine(name)]],
            ).fetchall()
        found: dict[str, list[HeldRow]] = {}
        for *texts, revision in rows:
            found.setdefault(row_name(self.table, texts), []).append((*texts, str(revision)))
        return found

    def _is_mine(self, name: str) -> bool:
        return name.partition(" ")[0] == self.table.name

    def _sql(self) -> str:
        """A SELECT of key and revision of each; empty where there is no table."""
        table, state = self.table, self.warehouse._state(self.table)
        if state is None:
            return ""
        now = source_of(state)
        columns = [c for c in table.columns if c.name in (*table.key, "revision")]
        if self.released is None:
            return rows_sql(now, columns)
        try:
            before = self.warehouse._state(table, self.released)
        except UnknownVersion:  # a table made anew: no reader of the release sees a row of it
            before = None
        old = source_of(before) if before else StoredRows(table)
        fresh, joined = set(now.files) - set(old.files), set(old.files) - set(now.files)
        # What compaction has joined stands in a new file, and is no new row.
        sql = rows_sql(_only(now, fresh), columns)
        if joined:
            sql = f"({sql}) EXCEPT ({rows_sql(_only(old, joined), columns)})"
        if before is None or not before.held:
            return sql
        names = [quoted(c.name) for c in columns]
        order = [[*table.key, "revision"].index(c.name) for c in columns]
        values = ", ".join(
            f"({', '.join(text_literal(row[i]) for i in order)})" for row in before.held
        )
        return (
            f"SELECT {', '.join(names)} FROM ({sql}) UNION SELECT {_typed(table, names)} "  # noqa: S608
            f"FROM (VALUES {values}) AS held({', '.join(names)})"
        )


def row_name(table: Table, key: Iterable[object]) -> str:
    """What a row is called in reports and by checks: its table and its key."""
    return " ".join((table.name, *(str(value) for value in key)))


def _only(source: StoredRows, files: Collection[str]) -> StoredRows:
    return replace(source, files=[f for f in source.files if f in files], revised=None)


def _typed(table: Table, names: Iterable[str]) -> str:
    from schemas.core.forms import sql_type

    return ", ".join(
        f"CAST({name} AS {sql_type(table.column(name.strip(chr(34))).kind)})" for name in names
    )


def _is_date(table: Table) -> bool:
    return table.column(table.prune_by).kind is Kind.DATE
