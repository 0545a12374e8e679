"""Which incoming statements say something new, against the current rows of their keys.

Held rows are never walked in Python: DuckDB reads those of the incoming keys only, from
files and row groups whose statistics allow for them, and settles the plain cases (a
new key, an equal statement). What is left, revisions and keys stated more than once,
is walked here, statement by statement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from schemas.core.forms import StoredRows, quoted, rows_sql
from schemas.core.table import Column, Table
from warehouse.model import Revision

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_POSITION, _COUNT, _REVISION, _EQUAL = "_position", "_statements", "_held_revision", "_is_equal"

Statement = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """An incoming row to append: its position, the revision it becomes, from when."""

    position: int
    revision: int
    known_from: datetime
    revised: Revision | None = None
    revives: bool = False


def compare(stored: StoredRows, incoming: pa.Table, known_from: datetime) -> list[Verdict]:
    """The incoming rows to append to what is `stored`, in order of position within each key.

    For each key its statements are walked in the order of `table.order_by` (nulls
    first, then as given) against the then-current row:

    - lower than another of the load in `table.led_by`: a duplicate;
    - equal in all `table.compared` columns: a duplicate;
    - ranked lower than the current row, or not higher than a tombstone (which has the rank
      of the statement that it retired): superseded, a duplicate too;
    - else the next revision.

    Statements of equal rank that differ are re-readings, the last one counts; where
    it equals the current row, the others were superseded before.
    """
    import pyarrow as pa

    from warehouse.engine.sql.views import scratch

    table = stored.table
    with scratch() as connection:
        numbered = incoming.append_column(_POSITION, pa.array(range(incoming.num_rows), pa.int64()))
        connection.register("incoming", numbered)
        rows = rows_sql(stored, _columns(table))
        _take_held(connection, table, incoming, rows)
        plain = connection.sql(_classify_sql(table)).to_arrow_table()
        fresh, contested = [], []
        for position, count, revision, equal in zip(
            *(plain.column(i).to_pylist() for i in range(4)), strict=True
        ):
            if count > 1 or (revision is not None and not equal):
                contested.append(position)
            elif revision is None:
                fresh.append(Verdict(position, 1, known_from))
        if not contested:
            return fresh
        held = _held_of(connection, table, incoming.take(contested))
    statements = incoming.take(contested).to_pylist()
    for statement, position in zip(statements, contested, strict=True):
        statement[_POSITION] = position
    return fresh + _walk(table, statements, held, known_from)


def _columns(table: Table) -> list[Column]:
    """What of a held row is looked at."""
    wanted = {*table.key, *table.compared, *table.order_by, "known_from", "revision", "is_deleted"}
    return [column for column in table.columns if column.name in wanted]


def _take_held(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    incoming: pa.Table,
    rows: str,
) -> None:
    """A table `held`: of the stored `rows` the current one (or tombstone) of each incoming key."""
    import pyarrow.compute as pc

    keys = ", ".join(quoted(name) for name in table.key)
    where, bounds = "", []
    if table.prune_by:
        # Spelt out, so that Parquet's own statistics skip row groups.
        ends = pc.min_max(incoming.column(table.prune_by)).as_py()
        where, bounds = f"WHERE {quoted(table.prune_by)} BETWEEN ? AND ?", list(ends.values())
    connection.execute(
        f"CREATE TEMP TABLE held AS SELECT * FROM (SELECT * FROM ({rows}) {where}) "  # noqa: S608
        f"SEMI JOIN (SELECT DISTINCT {keys} FROM incoming) USING ({keys}) "
        f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY revision DESC) = 1",
        bounds,
    )


def _classify_sql(table: Table) -> str:
    keys = ", ".join(f"i.{quoted(name)}" for name in table.key)
    on = " AND ".join(f"i.{quoted(name)} = h.{quoted(name)}" for name in table.key)
    equal = " AND ".join(
        ["NOT h.is_deleted"]
        + [f"i.{quoted(n)} IS NOT DISTINCT FROM h.{quoted(n)}" for n in table.compared]
    )
    return (
        f"SELECT i.{_POSITION}, count(*) OVER (PARTITION BY {keys}) AS {_COUNT}, "  # noqa: S608
        f"h.revision AS {_REVISION}, ({equal}) AS {_EQUAL} "
        f"FROM incoming i LEFT JOIN held h ON {on} ORDER BY i.{_POSITION}"
    )


def _held_of(
    connection: duckdb.DuckDBPyConnection, table: Table, contested: pa.Table
) -> dict[tuple[Any, ...], Statement]:
    keys = ", ".join(quoted(name) for name in table.key)
    connection.register("contested", contested.select(list(table.key)))
    found = connection.sql(
        f"SELECT * FROM held SEMI JOIN (SELECT DISTINCT {keys} FROM contested) USING ({keys})"  # noqa: S608
    ).to_arrow_table()
    return {_key(table, row): row for row in found.to_pylist()}


def _walk(
    table: Table,
    statements: Iterable[Statement],
    held: dict[tuple[Any, ...], Statement],
    known_from: datetime,
) -> list[Verdict]:
    by_key: dict[tuple[Any, ...], list[Statement]] = {}
    for statement in statements:
        by_key.setdefault(_key(table, statement), []).append(statement)
    verdicts: list[Verdict] = []
    for key, told in by_key.items():
        stated = _leading(table, told)
        stated.sort(key=lambda s: _rank(table, s))  # stable: equal ranks stay as given
        verdicts += _walk_key(table, key, stated, held.get(key), known_from)
    return verdicts


def _leading(table: Table, stated: list[Statement]) -> list[Statement]:
    """The statements of the highest speaker among them, where the table ranks speakers."""
    if not table.led_by:
        return stated
    top = max(statement[table.led_by] for statement in stated)
    return [statement for statement in stated if statement[table.led_by] == top]


def _walk_key(
    table: Table,
    key: tuple[Any, ...],
    stated: list[Statement],
    current: Statement | None,
    known_from: datetime,
) -> list[Verdict]:
    verdicts = []
    for statement in _unsettled(table, stated, current):
        if current is None:
            verdict = Verdict(statement[_POSITION], 1, known_from)
        else:
            changed = _changed(table, current, statement)
            if _rank(table, statement) < _rank(table, current):
                continue
            if not changed and not current["is_deleted"]:
                continue
            is_same = _rank(table, statement) == _rank(table, current)
            if current["is_deleted"] and is_same and not table.is_mart:
                continue  # the very statement that was retired: only a later one revives
            revision = current["revision"] + 1
            # A clock set back must not make a later revision the earlier one.
            known_from = max(known_from, current["known_from"])
            verdict = Verdict(
                statement[_POSITION],
                revision,
                known_from,
                Revision(key, revision, changed),
                revives=current["is_deleted"],
            )
        verdicts.append(verdict)
        current = {
            **statement,
            "revision": verdict.revision,
            "known_from": verdict.known_from,
            "is_deleted": False,
        }
    return verdicts


def _unsettled(table: Table, stated: list[Statement], current: Statement | None) -> list[Statement]:
    """The statements without those that led to the current row once before.

    A page may contradict itself: two statements of one rank, both kept as revisions.
    Read again, the first must not overturn the second.
    """
    if current is None or current["is_deleted"]:
        return stated
    rank = _rank(table, current)
    tied = [s for s in stated if _rank(table, s) == rank]
    if not tied or _changed(table, current, tied[-1]):
        return stated
    return [s for s in stated if _rank(table, s) > rank]


def _key(table: Table, row: Statement) -> tuple[Any, ...]:
    return tuple(row[name] for name in table.key)


def _rank(table: Table, row: Statement) -> tuple[tuple[bool, Any], ...]:
    """What orders statements about one key; null comes before every value."""
    return tuple((row[name] is not None, row[name]) for name in table.order_by)


def _changed(table: Table, old: Statement, new: Statement) -> dict[str, tuple[Any, Any]]:
    return {n: (old[n], new[n]) for n in table.compared if old[n] != new[n]}
