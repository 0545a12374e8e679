"""Plain Parquet files for readers that know nothing of Delta: sorted, described, with statistics.

Rows lie in the order of the table's key, in row groups whose minima and maxima (and
page index) let a reader skip what a query does not ask for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.core.forms import arrow_type, quoted
from schemas.core.table import Column, Kind, Table
from warehouse.engine.storage.storage import digest_of

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

KNOWN_TO = Column(
    "known_to", Kind.INSTANT, "When the next revision replaced the row; null in the latest one"
)

_VECTOR = 2_048
"""DuckDB hands rows out in multiples of this."""
_GROUPS = 64
_GROUP_ROWS = (2 * _VECTOR, 64 * _VECTOR)
"""About 64 row groups a file: enough to prune by, not so many that the footer weighs."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Of a file that was not written but taken over: the release that it was written for, the
    Delta version it holds, and why."""

    release_id: str
    delta_version: int | None
    why: str


@dataclass(frozen=True, slots=True)
class PlainFile:
    """A written file: what it holds, its size and the digest of its bytes."""

    table: Table
    name: str
    columns: tuple[Column, ...]
    rows: int
    bytes: int
    sha256: str
    carried: Carried | None = None

    @property
    def is_history(self) -> bool:
        """Whether it holds all revisions rather than current rows."""
        return self.name.endswith("_history")


def history_columns(table: Table) -> tuple[Column, ...]:
    """The columns of a table's history: a log's own, else those stored and `known_to`."""
    return table.columns if table.is_log else (*table.columns, KNOWN_TO)


def has_history(table: Table) -> bool:
    """Whether the current rows are not all there is: not for a log that shows every row."""
    return not table.is_log or bool(table.order_by)


def names_in(path: Path) -> list[str]:
    """The names of a file's columns, in their order."""
    import pyarrow.parquet as pq

    return list(pq.read_schema(path).names)


def sort_names(table: Table, columns: Sequence[Column]) -> list[str]:
    """The columns that order a file: a log's time, the key, then the revision."""
    names = {column.name for column in columns}
    return [n for n in dict.fromkeys((table.instant, *table.key, "revision")) if n in names]


def described(columns: Sequence[Column], notes: Mapping[str, str]) -> pa.Schema:
    """The Arrow schema, each field with its description and unit, and the notes on top."""
    import pyarrow as pa

    fields = [
        pa.field(
            column.name,
            arrow_type(column.kind),
            column.nullable,
            {"description": column.says, **({"unit": column.unit} if column.unit else {})},
        )
        for column in columns
    ]
    return pa.schema(fields, metadata=dict(notes))


def write_plain(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    table: Table,
    columns: Sequence[Column],
    path: Path,
    notes: Mapping[str, str],
) -> PlainFile:
    """Write the rows of a view as one Parquet file; row group by row group, never all at once.

    Compressed with Snappy, which every reader of Parquet knows.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = ", ".join(quoted(column.name) for column in columns)
    order = sort_names(table, columns)
    rows = f"SELECT {names} FROM {quoted(view)}"  # noqa: S608 - names of definitions
    if order:
        rows += " ORDER BY " + ", ".join(f"{quoted(name)} NULLS LAST" for name in order)
    size = _group_rows(_count(connection, view))
    schema = described(columns, notes)
    sorting = pq.SortingColumn.from_ordering(
        schema, [(name, "ascending") for name in order], null_placement="at_end"
    )
    written = 0
    with pq.ParquetWriter(
        path, schema, compression="snappy", sorting_columns=sorting, write_page_index=True
    ) as writer:
        for batch in connection.sql(rows).to_arrow_reader(size):
            writer.write_table(pa.Table.from_batches([batch]).cast(schema), row_group_size=size)
            written += batch.num_rows
    return PlainFile(
        table, path.stem, tuple(columns), written, path.stat().st_size, digest_of(path)
    )


def _count(connection: duckdb.DuckDBPyConnection, view: str) -> int:
    ((count,),) = connection.execute(f"SELECT count(*) FROM {quoted(view)}").fetchall()  # noqa: S608
    return int(count)


def _group_rows(rows: int) -> int:
    low, high = _GROUP_ROWS
    return min(high, max(low, -(-rows // _GROUPS // _VECTOR) * _VECTOR))
