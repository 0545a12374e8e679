"""The store, opened once for all that a look asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from warehouse.store.store import TableInfo, Warehouse

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class StoreAtHand:
    """The store as it was when it was first asked. Raises `WarehouseError`, each time anew."""

    warehouse: Warehouse

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """Views of all tables; one that was never written is empty."""
        return self.warehouse.connect()

    @cached_property
    def tables(self) -> dict[str, TableInfo]:
        """The tables that were ever written, by name."""
        return {info.name: info for info in self.warehouse.tables()}

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of an answer."""
        return self.connection.execute(sql, list(values)).fetchall()

    def first(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        """The first row of an answer, None if there is none."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def close(self) -> None:
        """Let go of the files."""
        if "connection" in vars(self):
            self.connection.close()
