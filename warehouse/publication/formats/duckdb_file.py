"""`carbonmart.duckdb`: the current release in one file that can be copied alone.

It holds the rows themselves, not views over the published Parquet: a few megabytes that
open from any folder, machine or mount, while a view would carry this machine's paths and
break as soon as its release is pruned. Under the tables lie all revisions; what a reader
asks for by name is a view of the current ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.core.forms import instant_literal, quoted, sql_type, text_literal
from schemas.core.table import Column, Table
from warehouse.engine.sql.views import QUIET
from warehouse.publication.formats.parquet import KNOWN_TO, PlainFile, has_history

if TYPE_CHECKING:
    import duckdb

    from warehouse.store.releases import Release

STORAGE_VERSION = "v1.2.0"
"""Tools with DuckDB 1.2 and later open it; without this only 2.0 and later would."""


def write_duckdb(
    path: Path,
    folder: Path,
    files: Sequence[PlainFile],
    release: Release,
    *,
    is_sample: bool,
    software: str,
) -> None:
    """Write the file from a release's published Parquet in `folder`; `path` must be free."""
    from warehouse.engine.sql.views import memory

    with memory() as connection:
        connection.execute(
            f"ATTACH {text_literal(str(path))} AS mart (STORAGE_VERSION '{STORAGE_VERSION}')"
        )
        connection.execute("USE mart")
        connection.execute("BEGIN")  # hundreds of comments: one write to disk, not one each
        for file in _widest(files):
            for statement in _statements(file, folder):
                connection.execute(statement)
        for statement in _release_view(release, files, is_sample=is_sample, software=software):
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT mart")
        connection.execute("USE memory")
        connection.execute("DETACH mart")


def open_duckdb(path: Path) -> duckdb.DuckDBPyConnection:
    """The file, read-only, in UTC."""
    import duckdb

    connection = duckdb.connect(str(path), read_only=True)
    connection.execute(QUIET)
    return connection


def _widest(files: Sequence[PlainFile]) -> list[PlainFile]:
    """Of each table the file that has all its rows."""
    found: dict[str, PlainFile] = {}
    for file in files:
        if file.table.name not in found or file.is_history:
            found[file.table.name] = file
    return list(found.values())


def _statements(file: PlainFile, folder: Path) -> Iterable[str]:
    table, stored = file.table, file.name
    columns = ", ".join(
        f"{quoted(c.name)} {sql_type(c.kind)}{'' if c.nullable else ' NOT NULL'}"
        for c in file.columns
    )
    names = _names(file.columns)
    path = text_literal(str(folder / f"{stored}.parquet"))
    yield f"CREATE TABLE {quoted(stored)} ({columns})"
    yield f"INSERT INTO {quoted(stored)} SELECT {names} FROM read_parquet({path})"  # noqa: S608
    says = f"{table.says}." + (" All revisions." if file.is_history else "")
    yield from _comments("TABLE", stored, f"{says} {_terms(table)}", file.columns)
    if not has_history(table):
        return
    current = _current_sql(table, stored)
    yield f"CREATE VIEW {quoted(table.name)} AS {current}"
    yield from _comments("VIEW", table.name, f"{table.says}. {_terms(table)}", table.columns)
    if table.is_log:
        return
    yield (
        f"CREATE MACRO {quoted(f'{table.name}_as_of')}(moment) AS TABLE "  # noqa: S608
        f"SELECT {_names(table.columns)} FROM {quoted(stored)} "
        "WHERE known_from <= moment::TIMESTAMPTZ "
        "AND (known_to IS NULL OR known_to > moment::TIMESTAMPTZ) AND NOT is_deleted"
    )
    told = f"{table.says}, as known at a moment (instant; a date is its first moment)."
    yield f"COMMENT ON MACRO TABLE {quoted(f'{table.name}_as_of')} IS {text_literal(told)}"


def _current_sql(table: Table, stored: str) -> str:
    rows = f"SELECT {_names(table.columns)} FROM {quoted(stored)}"  # noqa: S608
    if not table.is_log:
        return f"{rows} WHERE {KNOWN_TO.name} IS NULL AND NOT is_deleted"
    key = ", ".join(quoted(name) for name in table.key)
    order = ", ".join(f"{quoted(name)} DESC NULLS LAST" for name in table.order_by)
    return f"{rows} QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {order}) = 1"


def _release_view(
    release: Release, files: Sequence[PlainFile], *, is_sample: bool, software: str
) -> Iterable[str]:
    stale = {row.table_name for row in release.tables if row.status == "stale"}
    stale |= {file.table.name for file in files if file.carried}
    cells = {
        "release_id": text_literal(release.release_id),
        "created_at": instant_literal(release.created_at),
        "action": text_literal(release.action),
        "stale_tables": f"{len(stale)}",
        "is_simulated": str(is_sample).lower(),
        "software": text_literal(software),
    }
    listed = ", ".join(f"{value} AS {quoted(name)}" for name, value in cells.items())
    yield f"CREATE VIEW release AS SELECT {listed}"
    yield "COMMENT ON VIEW release IS 'The release that this file holds'"


def _comments(kind: str, name: str, says: str, columns: Sequence[Column]) -> Iterable[str]:
    yield f"COMMENT ON {kind} {quoted(name)} IS {text_literal(says.strip())}"
    for column in columns:
        told = f"{column.says} [{column.unit}]" if column.unit else column.says
        yield f"COMMENT ON COLUMN {quoted(name)}.{quoted(column.name)} IS {text_literal(told)}"


def _terms(table: Table) -> str:
    return f"Terms: {table.terms}." if table.terms else ""


def _names(columns: Sequence[Column]) -> str:
    return ", ".join(quoted(column.name) for column in columns)
