"""The SQL behind `show`, `history` and `quarantine`."""

from __future__ import annotations

from schemas.registry import TABLES
from schemas.table import KNOWLEDGE, LINEAGE, Table


class UnknownTable(LookupError):
    """A table name that no schema defines."""


def table_of(name: str) -> Table:
    """The definition of a table. Raises `UnknownTable`."""
    try:
        return TABLES[name]
    except KeyError:
        raise UnknownTable(f"no table {name!r}; there are: {', '.join(TABLES)}") from None


def show_sql(
    name: str, *, where: str | None = None, columns: str | None = None, limit: int = 20
) -> str:
    """The last `limit` current rows in key order, without lineage unless asked for."""
    table = table_of(name)
    if columns is None:
        hidden = {column.name for column in (*LINEAGE, *KNOWLEDGE)} - {"is_simulated"}
        chosen = ", ".join(f'"{c.name}"' for c in table.columns if c.name not in hidden)
    elif columns == "all":
        chosen = "*"
    else:
        chosen = ", ".join(_quoted(table, column.strip()) for column in columns.split(","))
    order = [f'"{column}"' for column in _order(table)]
    condition = f"where {where}" if where else ""
    backwards = ", ".join(f"{column} desc" for column in order)
    return (
        f"select {chosen} from (select * from {name} {condition} "  # noqa: S608 - read-only store
        f"order by {backwards} limit {limit}) order by {', '.join(order)}"
    )


def history_sql(name: str, key: list[str], *, where: str | None, limit: int) -> str:
    """All revisions whose key holds the given values, in any order of the key's columns."""
    table = table_of(name)
    if table.is_log:
        raise UnknownTable(f"{name} is a log: its rows have no revisions")
    conditions = [where] if where else []
    columns = ", ".join(f'cast("{column}" as varchar)' for column in table.key)
    conditions += [f"{_literal(value)} in ({columns})" for value in key]
    condition = f"where {' and '.join(conditions)}" if conditions else ""
    first = ["known_from", "revision", "is_deleted", *table.key]
    rest = [c.name for c in table.own if c.name not in table.key]
    chosen = ", ".join(f'"{column}"' for column in [*first, *rest, "source_url", "is_simulated"])
    order = ", ".join(f'"{column}"' for column in [*reversed(table.key), "revision"])
    return (
        f"select {chosen} from {name}__history {condition} "  # noqa: S608 - read-only store
        f"order by {order} limit {limit}"
    )


def quarantine_sql(identity: str | None, *, with_released: bool) -> str:
    """Open refusals (or one, whole)."""
    if identity:
        return f"select * from ops_quarantine where quarantine_id = {_literal(identity)}"  # noqa: S608
    condition = "" if with_released else "where status = 'open'"
    return (
        "select quarantine_id, source, table_name, rule, column_name, value, detail, url, "  # noqa: S608
        f"refused_at, status from ops_quarantine {condition} order by refused_at, quarantine_id"
    )


def _order(table: Table) -> tuple[str, ...]:
    """Key columns, with the one that dates the row first."""
    if table.prune_by:
        return (table.prune_by, *(c for c in table.key if c != table.prune_by))
    return table.key


def _quoted(table: Table, column: str) -> str:
    if column not in {c.name for c in table.columns}:
        known = ", ".join(c.name for c in table.columns)
        raise UnknownTable(f"{table.name} has no column {column!r}; it has: {known}")
    return f'"{column}"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
