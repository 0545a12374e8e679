"""What differs between two states of a table: by key and column.

Tables are append-only, so two states can only differ in keys of which one state holds a
row that the other does not: those are found first, all others are never compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from schemas.core.forms import (
    StoredRows,
    instant_literal,
    quoted,
    rows_sql,
    sql_type,
    text_literal,
)
from schemas.core.table import Table
from warehouse.engine.sql.views import scratch

if TYPE_CHECKING:
    import duckdb

_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """A key whose current row differs: action ADD, MOD or DEL, going from one to the other.

    `changed` maps each column that differs to its old and new value (of a MOD only);
    the URLs are those of the pages the two rows were read from; of a mart's rows, what they
    were derived from.
    """

    table: str
    key: dict[str, Any]
    action: str
    changed: dict[str, tuple[Any, Any]]
    old_url: str | None
    new_url: str | None


def diff(old: StoredRows, new: StoredRows) -> Iterator[Change]:
    """The changes that lead from one state of a table to another, in key order."""
    table = old.table
    if table.is_log:
        raise ValueError(f"{table.name} is a log: its rows never change")
    names = [*table.key, *table.compared, table.origin]
    with scratch() as connection:
        connection.execute(f"CREATE TEMP TABLE touched AS {_touched_sql(table, old, new)}")
        for side, source in (("a", old), ("b", new)):
            connection.execute(f"CREATE TEMP TABLE {side} AS {_current_sql(source, names)}")
        cells = ", ".join(f"{side}.{quoted(n)}" for side in "ab" for n in names)
        keys = " AND ".join(f"a.{quoted(n)} = b.{quoted(n)}" for n in table.key)
        order = ", ".join(f"coalesce(a.{quoted(n)}, b.{quoted(n)})" for n in _ordered(table))
        found = connection.execute(
            f"SELECT a.{table.origin} IS NOT NULL, b.{table.origin} IS NOT NULL, {cells} "  # noqa: S608
            f"FROM a FULL JOIN b ON {keys} ORDER BY {order}"
        )
        yield from _changes(table, names, found)


def _changes(
    table: Table, names: Sequence[str], found: duckdb.DuckDBPyConnection
) -> Iterator[Change]:
    while batch := found.fetchmany(_BATCH):
        for in_old, in_new, *cells in batch:
            before = dict(zip(names, cells[: len(names)], strict=True))
            after = dict(zip(names, cells[len(names) :], strict=True))
            held = after if in_new else before
            changed = {
                n: (before[n], after[n])
                for n in table.compared
                if in_old and in_new and before[n] != after[n]
            }
            if in_old and in_new and not changed:
                continue  # revised and revised back, or retired and revived
            yield Change(
                table.name,
                {n: held[n] for n in table.key},
                "MOD" if in_old and in_new else "ADD" if in_new else "DEL",
                changed,
                before[table.origin],
                after[table.origin],
            )


def _touched_sql(table: Table, old: StoredRows, new: StoredRows) -> str:
    """A SELECT of the keys of all rows that one of the states holds and the other does not."""
    columns = [table.column(name) for name in table.key]
    parts = []
    for one, other in ((old, new), (new, old)):
        shared = [file for file in one.files if file in set(other.files)]
        own = [file for file in one.files if file not in set(other.files)]
        apart = replace(one, files=own, is_widened=True, is_whole=False)
        parts.append(rows_sql(apart, columns))
        if other.as_of is not None and (one.as_of is None or one.as_of > other.as_of):
            learned = [*columns, table.column("known_from")]
            rows = rows_sql(replace(one, files=shared), learned)
            keys = ", ".join(quoted(name) for name in table.key)
            later = instant_literal(other.as_of)
            parts.append(f"SELECT {keys} FROM ({rows}) WHERE known_from > {later}")  # noqa: S608
    if told := set(old.held) ^ set(new.held):
        names = ", ".join(quoted(column.name) for column in columns)
        typed = ", ".join(
            f"CAST({quoted(c.name)} AS {sql_type(c.kind)}) AS {quoted(c.name)}" for c in columns
        )
        values = ", ".join(f"({', '.join(map(text_literal, row[:-1]))})" for row in sorted(told))
        parts.append(f"SELECT {typed} FROM (VALUES {values}) AS held({names})")  # noqa: S608
    return " UNION ".join(parts)


def _current_sql(source: StoredRows, names: Sequence[str]) -> str:
    """A SELECT of the current rows of the touched keys: ranked, since they are few."""
    table = source.table
    columns = [c for c in table.columns if c.name in {*names, "revision", "is_deleted"}]
    rows = rows_sql(source, columns)
    keys = ", ".join(quoted(name) for name in table.key)
    chosen = ", ".join(quoted(name) for name in names)
    return (
        f"SELECT {chosen} FROM (SELECT * FROM ({rows}) SEMI JOIN touched USING ({keys}) "  # noqa: S608
        f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY revision DESC) = 1) "
        "WHERE NOT is_deleted"
    )


def _ordered(table: Table) -> tuple[str, ...]:
    return tuple(dict.fromkeys((table.prune_by or table.key[0], *table.key)))
