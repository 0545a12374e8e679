"""Tombstones: a row whose source no longer states it gets a last revision that says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from schemas.core.cells import CHECKS
from schemas.core.forms import StoredRows, arrow_fields, arrow_schema, quoted, rows_sql
from schemas.core.table import Column, Kind, Table
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


@dataclass(frozen=True, slots=True)
class Ending:
    """When and why rows end. Where they are `withdrawn`, what they state counts for nothing: any
    statement of their keys that there ever was ranks above it, and revives them."""

    known_from: datetime
    evidence: str | None = None
    is_withdrawn: bool = False


def _lowest(column: Column) -> Any:
    """What ranks below every value that a column has in a statement."""
    if column.nullable:
        return None
    lowest: dict[Kind, Any] = {
        Kind.INSTANT: datetime.fromtimestamp(0, UTC),
        Kind.DATE: date(1970, 1, 1),
        Kind.TEXT: "",
    }
    return lowest.get(column.kind, column.minimum or 0)


def tombstones(
    state: TableState, keys: pa.Table, files: Sequence[str], ending: Ending
) -> tuple[pa.Table, tuple[Revision, ...], int]:
    """The tombstones of those keys that have a current row: what to append, in words, and how
    many current rows there are fewer.

    Each keeps the values of the row it ends, and is never known before it. Of a withdrawn
    statement the columns that rank it are lowered, and tombstones are withdrawn, too.
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
            f"WHERE NOT is_deleted OR {str(ending.is_withdrawn).lower()} ORDER BY {names}"
        ).to_arrow_table()
    ended = held.to_pylist()
    live = sum(not row["is_deleted"] for row in ended)
    for row in ended:
        row["revision"] += 1
        # That a row was known in the future is what is taken back.
        earliest = ending.known_from if ending.is_withdrawn else row["known_from"]
        row["known_from"] = max(ending.known_from, earliest)
        row["is_deleted"] = True
        if ending.evidence is not None:
            row["evidence"] = ending.evidence
        if ending.is_withdrawn:
            row |= {name: _lowest(table.column(name)) for name in table.order_by}
    told = tuple(Revision(tuple(r[n] for n in table.key), r["revision"], {}) for r in ended)
    return pa.Table.from_pylist(ended, schema=arrow_schema(table)), told, live
