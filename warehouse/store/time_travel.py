"""The store as it was: as of an instant, or at versions of its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from schemas.core.forms import StoredRows, rows_sql, view_sql
from schemas.core.table import Table
from schemas.ops.changes import OPS_CHANGES
from schemas.ops.coverage import OPS_COVERAGE, tables_needed
from schemas.ops.prose import PROSE_FIGURES, ledgers
from schemas.registry import FACTS, VIEWS
from warehouse.engine.delta.commit_info import info, source_of
from warehouse.engine.delta.log import check_is_kept
from warehouse.engine.sql.views import scratch
from warehouse.errors import UnknownVersion
from warehouse.model import TableInfo

if TYPE_CHECKING:
    from warehouse.engine.delta.state import TableState

Versions = Mapping[str, int | None]
"""Tables and the Delta version each is read at; None: as if nothing was ever in it."""

Opens = Callable[[Table, int | None], "TableState | None"]


def sources(
    opened: Opens,
    tables: Mapping[str, Table],
    names: Sequence[str] = (),
    as_of: datetime | None = None,
    versions: Versions | None = None,
) -> tuple[list[StoredRows], list[str]]:
    """What the views of these tables (of all) read, and those of `VIEWS` that are wanted.

    Raises `KeyError` for a name that is no table's, `UnknownVersion` for a version that
    a table has not.
    """
    from warehouse.model import utc

    past = dict(versions or {})
    if strangers := {*names, *past} - tables.keys() - VIEWS.keys():
        raise KeyError(f"no such table: {', '.join(sorted(strangers))}")
    moment = utc(as_of, "as_of") if as_of is not None else None
    needed = {OPS_CHANGES.name: [name for name, table in tables.items() if table.is_core]}
    if tables.keys() >= {*(own := tables_needed(tables.values()))}:
        needed[OPS_COVERAGE.name] = own
    facts = [shape.table.name for shape in FACTS.values() if shape.table.name in tables]
    needed[PROSE_FIGURES.name] = [*(table.name for table in ledgers(tables.values())), *facts]
    views = [view for view in needed if not names or view in names]
    chosen = {*(names or tables), *(name for view in views for name in needed[view])}
    wanted = [table for table in tables.values() if table.name in chosen]
    return [_source(opened, table, moment, past) for table in wanted], views


def _source(opened: Opens, table: Table, as_of: datetime | None, past: Versions) -> StoredRows:
    if table.name in past and past[table.name] is None:
        return StoredRows(table, as_of=as_of)
    version = past.get(table.name)
    state = opened(table, version)
    if state is None and version is not None:
        raise UnknownVersion(f"{table.name} has no version {version}: it was never written")
    if state is not None and version is not None:
        check_is_kept(state)
    if state is None:
        return StoredRows(table, as_of=as_of)
    return source_of(state, as_of, is_released=version is not None)


def infos(
    opened: Opens,
    tables: Mapping[str, Table],
    as_of: datetime | None,
    versions: Versions | None,
) -> Iterator[TableInfo]:
    """The tables in numbers, as they were; those without a row then are left out.

    Rows are counted where `as_of` is given: no commit says how many there were at an instant.
    """
    for source in sources(opened, tables, (), as_of, versions)[0]:
        table = source.table
        version = (versions or {}).get(table.name)
        state = opened(table, version)
        if state is None or not source.files:
            continue
        if as_of is None:
            yield info(state)
            continue
        rows, current, known = _counted(source)
        if not rows:
            continue
        read = set(source.files)
        yield TableInfo(
            name=table.name,
            says=table.says,
            rows=rows,
            current_rows=current,
            version=state.version,
            files=len(read),
            bytes=sum(file.bytes for file in state.files if file.path in read),
            last_known_from=known,
        )


def _counted(source: StoredRows) -> tuple[int, int, datetime | None]:
    """All rows, current rows, and when the last of them was learned (null for logs)."""
    table = source.table
    rows = rows_sql(source)
    known = "NULL" if table.is_log else "max(known_from)"
    with scratch() as connection:
        sql = f"SELECT count(*), {known} FROM ({rows})"  # noqa: S608
        held: Any = connection.execute(sql).fetchone()
        current: Any = connection.execute(
            f"SELECT count(*) FROM ({view_sql(source)})"  # noqa: S608
        ).fetchone()
    return held[0], current[0], held[1]
