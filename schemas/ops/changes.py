"""`ops_changes`: what each revision changed, derived from the histories and so never out of step.

A row of it is a fact about two neighbouring revisions of a key, whichever run wrote
them. Only keys with a second revision are compared; all others are additions.
"""

from __future__ import annotations

from schemas.core.forms import StoredRows, decimal_size, quoted, rows_sql, sql_type, text_literal
from schemas.core.table import Column, Kind, Table

ACTIONS = ("ADD", "MOD", "DEL")

OPS_CHANGES = Table(
    name="ops_changes",
    says="One row per revision of a core table: what it added, changed or took away",
    key=("table_name", "key", "revision"),
    order_by=(),
    is_log=True,
    instant="known_from",
    own=(
        Column("table_name", Kind.TEXT, "Table that was changed", nullable=False),
        Column("key", Kind.TEXT, "JSON object: the key of the row", nullable=False),
        Column(
            "action",
            Kind.TEXT,
            "ADD also where a row that had gone came back",
            nullable=False,
            one_of=ACTIONS,
        ),
        Column("revision", Kind.INT, "Revision of the row", nullable=False, minimum=1),
        Column("known_from", Kind.INSTANT, "When this store learned it", nullable=False),
        Column(
            "columns",
            Kind.TEXT,
            "Of a MOD: JSON object, column -> [old, new]; decimals and dates as text",
        ),
        Column("source_url", Kind.TEXT, "Page that said so", nullable=False),
    ),
)


def changes_sql(stored: StoredRows) -> str:
    """A SELECT of one table's part of `ops_changes`."""
    table, rows, later = stored.table, rows_sql(stored), rows_sql(stored.later())
    same_key = " AND ".join(f"old.{quoted(n)} = new.{quoted(n)}" for n in table.key)
    name = f"{text_literal(table.name)} AS table_name"
    is_mod = "NOT new.is_deleted AND NOT old.is_deleted"
    return (
        f"SELECT {name}, {key_sql(table, 'new')} AS key, 'ADD' AS action, "  # noqa: S608
        "new.revision, new.known_from, NULL::VARCHAR AS columns, new.source_url "
        f"FROM ({rows}) AS new WHERE new.revision = 1 UNION ALL "
        f"SELECT {name}, {key_sql(table, 'new')} AS key, "
        "CASE WHEN new.is_deleted THEN 'DEL' WHEN old.is_deleted THEN 'ADD' ELSE 'MOD' END, "
        f"new.revision, new.known_from, CASE WHEN {is_mod} THEN {_differences(table)} END, "
        f"new.source_url FROM ({rows}) AS old JOIN (SELECT * FROM ({later}) WHERE revision > 1) "
        f"AS new ON {same_key} AND old.revision = new.revision - 1"
    )


def no_changes_sql() -> str:
    """A SELECT of no change at all, with the view's columns."""
    return rows_sql(StoredRows(OPS_CHANGES))


def key_sql(table: Table, alias: str) -> str:
    """The key of a row as the text of a JSON object, in the order of the table's key."""
    parts = ", ".join(
        f"{text_literal(n)}, {_json_value(table.column(n), alias)}" for n in table.key
    )
    return f"json_object({parts})::VARCHAR"


def _differences(table: Table) -> str:
    """The text of a JSON object: each compared column that differs, with old and new value."""
    parts = (
        f"CASE WHEN old.{quoted(n)} IS DISTINCT FROM new.{quoted(n)} THEN "
        f"{text_literal(_json_name(n))} || json_array({_json_value(table.column(n), 'old')}, "
        f"{_json_value(table.column(n), 'new')})::VARCHAR END"
        for n in table.compared
    )
    return f"'{{' || concat_ws(',', {', '.join(parts)}) || '}}'"


def _json_name(name: str) -> str:
    return '"' + name + '":'


def _json_value(column: Column, alias: str) -> str:
    """A cell as JSON holds it exactly: decimals and dates as text, instants in ISO 8601."""
    cell = f"{alias}.{quoted(column.name)}"
    if column.kind is Kind.INSTANT:
        return f"strftime({cell} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%f+00:00')"
    if decimal_size(column.kind) or column.kind is Kind.DATE:
        return f"{cell}::VARCHAR"
    return f"{cell}::{sql_type(column.kind)}"
