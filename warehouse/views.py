"""DuckDB on the store: an in-memory database whose views are all that can be read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemas.forms import history_sql, quoted, text_literal, view_sql
from schemas.table import Table
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    import duckdb


def memory() -> duckdb.DuckDBPyConnection:
    """A DuckDB connection to nothing, in UTC, that writes no temporary files."""
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'; SET temp_directory = ''")
    return connection


@dataclass(frozen=True, slots=True)
class Source:
    """What a view reads: a table's definition, its files, whether some lack columns."""

    table: Table
    files: Sequence[str] = ()
    is_widened: bool = False

    def current(self) -> str:
        return view_sql(self.table, self.files, is_widened=self.is_widened)

    def history(self) -> str:
        return history_sql(self.table, self.files, is_widened=self.is_widened)


def open_views(sources: Iterable[Source]) -> duckdb.DuckDBPyConnection:
    """A connection with the views `NAME` (current rows) and `NAME__history` of each table.

    It can open the listed files and nothing else, and its settings are locked. DuckDB
    can't be told that a file it may read is not to be written: only SELECT statements
    from people reach it, see `select`.
    """
    connection = memory()
    allowed: list[str] = []
    for source in sources:
        allowed += source.files
        name = source.table.name
        connection.execute(f"CREATE VIEW {quoted(name)} AS {source.current()}")
        connection.execute(f"CREATE VIEW {quoted(f'{name}__history')} AS {source.history()}")
    paths = ", ".join(text_literal(path) for path in allowed)
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def select(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: object = None
) -> duckdb.DuckDBPyConnection:
    """Run one SELECT (also SHOW, DESCRIBE, SUMMARIZE, FROM, VALUES) and give its result.

    Raises `WarehouseError` for anything else, before it runs. A SELECT may hide a COPY in
    its WITH clause, and DuckDB would overwrite a table's file with it: so the plan is
    looked at as well.
    """
    import duckdb

    statements = duckdb.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        kinds = ", ".join(s.type.name for s in statements) or "nothing"
        raise WarehouseError(f"tables are read by one SELECT, not by: {kinds}")
    plan = connection.execute(f"EXPLAIN (FORMAT json) {sql}", parameters).fetchall()
    if any("COPY" in name for text in plan for name in _operators(json.loads(text[1]))):
        raise WarehouseError("tables are read by one SELECT, not by: COPY")
    return connection.execute(sql, parameters)


def _operators(nodes: list[dict[str, Any]]) -> Iterator[str]:
    for node in nodes:
        yield str(node["name"])
        yield from _operators(node["children"])


def count_current(source: Source) -> int:
    """The number of rows that the table's view shows."""
    with memory() as connection:
        sql = f"SELECT count(*) FROM ({source.current()})"  # noqa: S608
        found: Any = connection.execute(sql).fetchone()
    return int(found[0])
