"""A table in the numbers that its gates judge, at one version of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.contracts.gates import Gates, Measures, TakenFigures
from schemas.core.forms import quoted
from schemas.core.prose import TAKEN, is_ledger
from schemas.core.table import Kind, Table
from warehouse.errors import Damaged, UnknownVersion

if TYPE_CHECKING:
    import duckdb

    from schemas.trading import TradingCalendar
    from warehouse.store.releases import Pinned
    from warehouse.store.store import Warehouse


def statements(warehouse: Warehouse, table: Table, version: int) -> int:
    """Rows ever appended up to a version. Tables are append-only: while this number is the
    same, so is what the table holds, whatever was done to its files. Of a version that can't
    be read any more none are known."""
    try:
        state = warehouse._state(table, version)
    except (UnknownVersion, Damaged):
        return 0
    return sum(file.rows for file in state.files) if state else 0


def same_contents(warehouse: Warehouse, table: Table, one: int, other: int) -> bool:
    """Whether readers see the same rows at two versions, however the files lie; of a version
    that is gone, as of a table made anew, nobody can say so."""
    if one == other:
        return True
    try:
        states = warehouse._state(table, one), warehouse._state(table, other)
    except UnknownVersion:
        return False
    is_same = same_rows(warehouse, table, one, other)
    return is_same and len({state.held if state else () for state in states}) == 1


def same_rows(warehouse: Warehouse, table: Table, one: int, other: int) -> bool:
    """Whether two versions hold the same rows, whichever of them readers do not see."""
    return statements(warehouse, table, one) == statements(warehouse, table, other)


def is_from(warehouse: Warehouse, table: Table, hosts: Collection[str | None]) -> bool:
    """Whether any current row of the table was read from one of the hosts."""
    host = "regexp_extract(source_url, '^https?://([^/:?#]+)', 1)"
    with warehouse.connect(table.name) as connection:
        found = _number(
            connection,
            f"SELECT count(*) FROM {quoted(table.name)} "  # noqa: S608 - our own names
            f"WHERE list_contains(?::VARCHAR[], {host})",
            [list(hosts)],
        )
    return found > 0


def pin(warehouse: Warehouse, table: Table, source: str) -> Pinned | None:
    """The table as it is now, for a release; None if it was never written.

    Its files are read for it: `Damaged` if one is not what was written.
    """
    from warehouse.engine.delta.commit_info import info, source_of
    from warehouse.engine.sql.views import count_current
    from warehouse.store.releases import Pinned

    state = warehouse._state(table)
    if state is None:
        return None
    if isinstance(state.root, Path):  # in S3 the storage itself sees to whole objects
        state.at_hand([file.path for file in state.files])
    found = info(state)
    rows = count_current(source_of(state, is_released=True)) if state.held else found.current_rows
    return Pinned(
        table.name,
        source,
        state.version,
        rows,
        found.last_known_from,
        digest=state.digest,
    )


@dataclass(frozen=True, slots=True)
class Baseline:
    """How a table was last released (None: never), and when it entered the releases in that
    state: records refused since then count, and rows revised since."""

    pinned: Pinned | None = None
    entered_at: datetime | None = None


def measure(
    warehouse: Warehouse,
    table: Table,
    gates: Gates,
    version: int | None,
    base: Baseline,
) -> Measures:
    """The table at a version (None: never written), against how it was last released."""
    released, released_at = base.pinned, base.entered_at
    before = released.table_version if released else None
    released_rows = released.row_count if released else None
    refused = _refused_since(warehouse, table, released_at)
    if version is None:
        return Measures(0, released_rows, 0, 0, refused, 0, {}, 0, ())
    stated = statements(warehouse, table, version)
    stated_before = statements(warehouse, table, before) if before is not None else 0
    with warehouse.connect(table.name, versions={table.name: version}) as connection:
        rows = _number(connection, f"SELECT count(*) FROM {quoted(table.name)}")  # noqa: S608
        revised = _revised_since(connection, table, released) if stated > stated_before else 0
        fill_rows, filled = _filled(connection, table, gates)
        days, missing = _days(connection, table, gates, warehouse.calendar)
        is_asked = gates.min_taken is not None and is_ledger(table) and stated > stated_before
        taken = _taken(connection, table, released) if is_asked else None
    return Measures(
        rows=rows,
        released_rows=released_rows,
        revised=revised,
        accepted=stated - stated_before,
        refused=refused,
        fill_rows=fill_rows,
        filled=filled,
        days=days,
        missing=missing,
        taken=taken,
    )


def _refused_since(warehouse: Warehouse, table: Table, moment: datetime | None) -> int:
    if warehouse.version("ops_quarantine") is None:
        return 0
    with warehouse.connect("ops_quarantine") as connection:
        return _number(
            connection,
            "SELECT count(*) FROM ops_quarantine WHERE status = 'open' AND table_name = ? "
            "AND (?::TIMESTAMPTZ IS NULL OR refused_at > ?::TIMESTAMPTZ)",
            [table.name, moment, moment],
        )


def _revised_since(
    connection: duckdb.DuckDBPyConnection, table: Table, released: Pinned | None
) -> int:
    """Rows of the last release that are gone or say something else now.

    What was revised and revised back is no difference. Only keys that got a revision
    since are compared, in the part of the table where they are.
    """
    if released is None or released.known_until is None:
        return 0
    history, dated = quoted(f"{table.name}__history"), quoted(table.prune_by or table.key[0])
    since = {"known": released.known_until}
    found: Any = connection.execute(
        f"SELECT min({dated}), max({dated}) FROM {history} "  # noqa: S608 - our own names
        "WHERE revision > 1 AND known_from > $known",
        since,
    ).fetchone()
    if found[0] is None:
        return 0
    keys = ", ".join(quoted(name) for name in table.key)
    columns = ", ".join(quoted(name) for name in (*table.key, *table.compared))
    part = f"{dated} BETWEEN $low AND $high"
    same = [f"a.{quoted(n)} = b.{quoted(n)}" for n in table.key]
    same += [f"a.{quoted(n)} IS NOT DISTINCT FROM b.{quoted(n)}" for n in table.compared]
    return _number(
        connection,
        f"WITH touched AS (SELECT DISTINCT {keys} FROM {history} "  # noqa: S608 - our own names
        f"WHERE revision > 1 AND known_from > $known AND {part}), "
        f"before AS (SELECT {columns}, is_deleted FROM {history} SEMI JOIN touched USING ({keys}) "
        f"WHERE known_from <= $known AND {part} "
        f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY revision DESC) = 1) "
        "SELECT count(*) FROM before b WHERE NOT b.is_deleted AND NOT EXISTS ("
        f"SELECT 1 FROM (SELECT {columns} FROM {quoted(table.name)} WHERE {part}) a "
        f"WHERE {' AND '.join(same)})",
        {**since, "low": found[0], "high": found[1]},
    )


def _taken(
    connection: duckdb.DuckDBPyConnection, table: Table, released: Pinned | None
) -> TakenFigures | None:
    """How many figures of the texts that the last release holds too are taken, now and then."""
    if released is None or released.known_until is None:
        return None
    keys = ", ".join(quoted(name) for name in table.key)
    taken = " + ".join(quoted(fate) for fate in TAKEN)
    counted = f"{taken} AS taken, found"
    history = quoted(f"{table.name}__history")
    found: Any = connection.execute(
        f"WITH now AS (SELECT {keys}, {counted} FROM {quoted(table.name)}), "  # noqa: S608
        f"before AS (SELECT {keys}, {counted}, is_deleted FROM {history} WHERE known_from <= $known"
        f" QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY revision DESC) = 1) "
        "SELECT sum(now.taken), sum(now.found), sum(before.taken), sum(before.found) "
        f"FROM now JOIN before USING ({keys}) WHERE NOT before.is_deleted",
        {"known": released.known_until},
    ).fetchone()
    return TakenFigures(*(int(each or 0) for each in found))


def _filled(
    connection: duckdb.DuckDBPyConnection, table: Table, gates: Gates
) -> tuple[int, dict[str, int]]:
    """How many rows the fill gates look at, and how many of them fill each column."""
    if not gates.min_fill:
        return 0, {}
    condition, values = _where(gates)
    rows = f"SELECT * FROM {quoted(table.name)} WHERE {condition}"  # noqa: S608 - our own names
    if gates.fill_days is not None and table.prune_by:
        dated = quoted(table.prune_by)
        rows = (
            f"WITH looked_at AS ({rows}) SELECT * FROM looked_at WHERE {dated} > "  # noqa: S608
            f"(SELECT max({dated}) FROM looked_at) - INTERVAL {int(gates.fill_days)} DAY"
        )
    counted = ", ".join(f"count({quoted(column)})" for column in gates.min_fill)
    sql = f"SELECT count(*), {counted} FROM ({rows})"  # noqa: S608 - our own names
    found: Any = connection.execute(sql, values).fetchone()
    return int(found[0]), dict(zip(gates.min_fill, map(int, found[1:]), strict=True))


def _days(
    connection: duckdb.DuckDBPyConnection, table: Table, gates: Gates, calendar: TradingCalendar
) -> tuple[int, tuple[date, ...]]:
    """The announced trading days from the first row to the newest, and those without a row."""
    is_dated = table.prune_by and table.column(table.prune_by).kind is Kind.DATE
    if not gates.asks_for_days or not is_dated:
        return 0, ()
    condition, values = _where(gates)
    found = connection.execute(
        f"SELECT DISTINCT {quoted(table.prune_by)} FROM {quoted(table.name)} "  # noqa: S608
        f"WHERE {condition}",
        values,
    ).fetchall()
    held = {day for (day,) in found}
    if not held:
        return 0, ()
    days = list(calendar.announced_days(min(held), max(held)))
    return len(days), tuple(day for day in days if day not in held)


def _where(gates: Gates) -> tuple[str, list[str]]:
    conditions = [f"{quoted(column)}::VARCHAR = ?" for column in gates.where]
    return " AND ".join(conditions) or "true", [str(value) for value in gates.where.values()]


def _number(connection: duckdb.DuckDBPyConnection, sql: str, parameters: object = None) -> int:
    found: Any = connection.execute(sql, parameters).fetchone()
    return int(found[0])
