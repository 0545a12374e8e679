"""Rows on their way in: from dicts or Arrow to exactly the table's columns, strictly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from schemas.core.cells import CHECKS
from schemas.core.forms import arrow_fields, arrow_schema
from schemas.core.table import Column, Table
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    import pyarrow as pa


def as_arrow(table: Table, rows: pa.Table | Sequence[Mapping[str, Any]]) -> pa.Table:
    """The rows with the table's stated columns, in order and type.

    A log's row may leave out columns that may be null. Raises `WarehouseError` naming
    table, row, column and value for anything else that does not fit: nothing is cast.
    """
    import pyarrow as pa

    columns = table.stated
    if isinstance(rows, pa.Table):
        _same_shape(table, rows)
        batch = rows.select([c.name for c in columns])
    else:
        arrays = [_array(table, column, rows) for column in columns]
        _no_strangers(table, rows)
        batch = pa.Table.from_arrays(arrays, names=[c.name for c in columns])
    for column in columns:
        if not column.nullable and batch.column(column.name).null_count:
            row = batch.column(column.name).is_null().to_pylist().index(True)
            raise WarehouseError(f"{table.name}, row {row}, {column.name}: may not be null")
    return batch.cast(arrow_fields(columns))


def with_knowledge(
    table: Table, rows: pa.Table, known_from: Sequence[datetime], revisions: Sequence[int]
) -> pa.Table:
    """The rows with what the store knows about them, sorted for pruned reading."""
    import pyarrow as pa

    count = rows.num_rows
    full = (
        rows.append_column("known_from", pa.array(known_from, pa.timestamp("us", "UTC")))
        .append_column("revision", pa.array(revisions, pa.int64()))
        .append_column("is_deleted", pa.array([False] * count, pa.bool_()))
        .cast(arrow_schema(table))
    )
    names = list(dict.fromkeys((table.prune_by or table.key[0], *table.key, "revision")))
    return full.sort_by([(name, "ascending") for name in names])


def _array(table: Table, column: Column, rows: Sequence[Mapping[str, Any]]) -> Any:
    import pyarrow as pa

    from schemas.core.forms import arrow_type

    check, name = CHECKS[column.kind], column.name
    may_lack = table.is_log and column.nullable
    cells = []
    for position, row in enumerate(rows):
        if name not in row and not may_lack:
            raise WarehouseError(f"{table.name}, row {position}: column {name} is missing")
        value = row.get(name)
        if value is not None and (wrong := check(value)):
            raise WarehouseError(f"{table.name}, row {position}, {name}={value!r}: {wrong}")
        cells.append(value)
    return pa.array(cells, arrow_type(column.kind))


def _no_strangers(table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    names = {column.name for column in table.stated}
    for position, row in enumerate(rows):
        if strangers := row.keys() - names:
            raise WarehouseError(
                f"{table.name}, row {position}: no such column: {', '.join(sorted(strangers))}"
            )


def _same_shape(table: Table, rows: pa.Table) -> None:
    wanted = arrow_fields(table.stated)
    if set(rows.column_names) != set(wanted.names) or rows.num_columns != len(wanted.names):
        differing = sorted(set(rows.column_names) ^ set(wanted.names))
        raise WarehouseError(f"{table.name}: columns missing or unknown: {', '.join(differing)}")
    for field in wanted:
        found = rows.schema.field(field.name).type
        if found != field.type:
            raise WarehouseError(f"{table.name}, {field.name}: is {found}, not {field.type}")
