"""DuckDB on the store: an in-memory database whose views are all that can be read."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from schemas.core.forms import StoredRows, history_sql, quoted, text_literal, view_sql
from schemas.core.table import Table
from schemas.ops.changes import OPS_CHANGES, changes_sql, no_changes_sql
from schemas.ops.coverage import OPS_COVERAGE, coverage_sql
from schemas.ops.prose import PROSE_FIGURES, doubted_sql, figures_sql, ledgers
from schemas.registry import FACTS, SOURCES, VIEWS
from warehouse.errors import NotASelect, in_a_line

if TYPE_CHECKING:
    import duckdb

    from schemas.trading import TradingCalendar
    from warehouse.engine.sql.time_limit import TimeLimit


QUIET = "SET TimeZone = 'UTC'; SET enable_progress_bar = false"
"""What each connection is told: in a process without a main file (a worker's, a notebook's) DuckDB
draws a bar on stdout for whatever takes two seconds."""


def memory() -> duckdb.DuckDBPyConnection:
    """A DuckDB connection to nothing, in UTC, that writes no temporary files."""
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute(f"{QUIET}; SET temp_directory = ''")
    # A view of current rows reads a file twice, and data files never change.
    connection.execute("SET parquet_metadata_cache = true")
    return connection


def scratch() -> duckdb.DuckDBPyConnection:
    """A connection like `memory`, for the store's own questions: one database a process.

    Starting one costs more than comparing a day's rows does. What a connection registers
    and its temporary tables are its own; a forked process makes a database of its own.
    """
    connection = _database(os.getpid()).cursor()
    connection.execute(QUIET)
    return connection


@cache
def _database(process: int) -> duckdb.DuckDBPyConnection:
    return memory()


def open_views(
    sources: Sequence[StoredRows],
    derived: Collection[str] = (),
    *,
    calendar: TradingCalendar | None = None,
    is_locked: bool = False,
    unreadable: dict[str, str] | None = None,
) -> duckdb.DuckDBPyConnection:
    """A connection with the views `NAME` (current rows) and `NAME__history` of each table,
    and with those views over them (`VIEWS`) that `derived` names; that of the coverage needs
    the `calendar`.

    One that `is_locked` is for SQL that a person typed, and has a database of its own: it
    can open the listed files and nothing else, and its settings are locked. DuckDB can't
    be told that a file it may read is not to be written: only SELECT statements from
    people reach it, see `select`. Others share the process's (see `scratch`).

    With `unreadable`, a table of figures whose files can't be read is left out, and noted
    there with why.
    """
    connection = memory() if is_locked else scratch()
    view = "VIEW" if is_locked else "TEMP VIEW"
    allowed: list[str] = []
    changes, read = [no_changes_sql()], list[Table]()
    for source in sources:
        allowed += source.files
        if unreadable is None or source.table.is_log:
            _view(connection, view, source)
        elif why := _unreadable(connection, view, source):
            unreadable[source.table.name] = why
            continue
        read.append(source.table)
        if source.files and source.table.is_core:
            changes.append(changes_sql(source))
    if OPS_CHANGES.name in derived:
        connection.execute(f"CREATE {view} {OPS_CHANGES.name} AS {' UNION ALL '.join(changes)}")
    if OPS_COVERAGE.name in derived and calendar is not None:
        sql = coverage_sql(read, calendar)
        connection.execute(f"CREATE {view} {OPS_COVERAGE.name} AS {sql}")
    if PROSE_FIGURES.name in derived:
        sql = figures_sql((source.table for source in sources), _doubted(sources))
        connection.execute(f"CREATE {view} {PROSE_FIGURES.name} AS {sql}")
    if not is_locked:
        return connection
    paths = ", ".join(text_literal(path) for path in allowed)
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _doubted(sources: Sequence[StoredRows]) -> Iterator[str]:
    """A SELECT for each table of facts of which some are held back."""
    stored = {source.table.name: source for source in sources}
    for name, shape in FACTS.items():
        facts = stored.get(shape.table.name)
        if facts is not None and facts.held:
            yield from (doubted_sql(shape, each, facts) for each in ledgers(SOURCES[name]))


def _view(connection: duckdb.DuckDBPyConnection, view: str, source: StoredRows) -> None:
    name, history = quoted(source.table.name), quoted(f"{source.table.name}__history")
    connection.execute(f"CREATE {view} {name} AS {view_sql(source)}")
    connection.execute(f"CREATE {view} {history} AS {history_sql(source)}")


def _unreadable(connection: duckdb.DuckDBPyConnection, view: str, source: StoredRows) -> str:
    """Make the views of a table; why it can't be read, if it can't."""
    import duckdb

    try:
        _view(connection, view, source)
    except duckdb.Error as error:
        return in_a_line(error)
    return ""


def select(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: object = None,
    limit: TimeLimit | None = None,
) -> duckdb.DuckDBPyConnection:
    """Run one SELECT (also SHOW, DESCRIBE, SUMMARIZE, FROM, VALUES) and give its result.

    Raises `NotASelect` for anything else, before it runs. A SELECT may hide a COPY in
    its WITH clause, and DuckDB would overwrite a table's file with it: so the plan is
    looked at as well.
    """
    import duckdb

    if limit is not None:
        limit.watch(connection)
    statements = duckdb.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        kinds = ", ".join(s.type.name for s in statements) or "nothing"
        raise NotASelect(f"tables are read by one SELECT, not by: {kinds}")
    plan = connection.execute(f"EXPLAIN (FORMAT json) {sql}", parameters).fetchall()
    if any("COPY" in name for text in plan for name in _operators(json.loads(text[1]))):
        raise NotASelect("tables are read by one SELECT, not by: COPY")
    return connection.execute(sql, parameters)


def named_in(sql: str, tables: Iterable[str]) -> list[str]:
    """The tables whose names are words of a SELECT: all that it can read, and maybe more."""
    words = {word.removesuffix("__history") for word in re.findall(r"\w+", sql.lower())}
    return sorted(words & {*tables, *VIEWS})


def _operators(nodes: list[dict[str, Any]]) -> Iterator[str]:
    for node in nodes:
        yield str(node["name"])
        yield from _operators(node["children"])


def count_current(source: StoredRows) -> int:
    """The number of rows that the table's view shows."""
    with scratch() as connection:
        sql = f"SELECT count(*) FROM ({view_sql(source)})"  # noqa: S608
        found: Any = connection.execute(sql).fetchone()
    return int(found[0])
