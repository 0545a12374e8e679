"""Tombstones: a row whose source no longer states it gets a last revision that says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from schemas.core.cells import CHECKS
from schemas.core.forms import StoredRows, arrow_fields, arrow_schema, quoted, rows_sql
from schemas.core.table import Table
from warehouse.errors import WarehouseError
from warehouse.model import Revision

if TYPE_CHECKING:
    import pyarrow as pa

    from warehouse.engine.delta.state import TableState


def key_batch(table: Table, keys: Iterable[Sequence[Any]]) -> pa.Table:
    """The keys as a table, each once. Raises `WarehouseError` for a value of another kind."""
    import pyarrow as pa

    columns = [table.column(name) for name in table.key]
    distinct = dict.fromkeys(tuple(key) for key in keys)
    for key in distinct:
        if len(key) != len(columns):
            raise WarehouseError(f"{table.name}: {key!r} is no key of {', '.join(table.key)}")
        for column, value in zip(columns, key, strict=True):
            wrong = "may not be null" if value is None else CHECKS[column.kind](value)
            if wrong:
                raise WarehouseError(f"{table.name}, {column.name}={value!r}: {wrong}")
    rows = [dict(zip(table.key, key, strict=True)) for key in distinct]
    return pa.Table.from_pylist(rows, schema=arrow_fields(columns))


def tombstones(
    state: TableState,
    keys: pa.Table,
    files: Sequence[str],
    known_from: datetime,
    evidence: str | None,
) -> tuple[pa.Table, tuple[Revision, ...]]:
    """The tombstones of those keys that have a current row: what to append, and in words.

    Each keeps the values of the row it ends, and is never known before it.
    """
    import pyarrow as pa

    from warehouse.engine.sql.views import scratch

    table = state.table
    names = ", ".join(quoted(name) for name in table.key)
    stored = StoredRows(table, files, state.is_widened, is_whole=state.is_whole)
    rows = rows_sql(stored)
    with scratch() as connection:
        connection.register("wanted", keys)
        held = connection.sql(
            f"SELECT * FROM (SELECT * FROM ({rows}) SEMI JOIN wanted USING ({names}) "  # noqa: S608
            f"QUALIFY row_number() OVER (PARTITION BY {names} ORDER BY revision DESC) = 1) "
            f"WHERE NOT is_deleted ORDER BY {names}"
        ).to_arrow_table()
    ended = held.to_pylist()
    for row in ended:
        row["revision"] += 1
        row["known_from"] = max(known_from, row["known_from"])
        row["is_deleted"] = True
        if evidence is not None:
            row["evidence"] = evidence
    told = tuple(Revision(tuple(r[n] for n in table.key), r["revision"], {}) for r in ended)
    return pa.Table.from_pylist(ended, schema=arrow_schema(table)), told
