"""What stays in its store: rows whose publishers' terms do not let them be published.

`Table.is_republished` says so of a table. Whatever is handed on (published files, and the catalog
beside them) is read from a connection that was asked for with `without_withheld` and went through
`hide_words`: the tables are empty there, what they tell of revisions with them, and of what was
refused logs say only where, and by which rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.core.forms import quoted, text_literal
from schemas.ops.tables import OPS_INCIDENTS, OPS_QUARANTINE, OPS_RUNS
from schemas.registry import SOURCES, TABLES

if TYPE_CHECKING:
    import duckdb

    from warehouse.store.time_travel import Versions

_WORDS = {
    OPS_QUARANTINE.name: ("table_name", {"value": "NULL", "detail": "NULL", "record": "'{}'"}),
    OPS_RUNS.name: ("source", {"detail": "NULL"}),
    OPS_INCIDENTS.name: ("source", {"told": "''"}),
}
"""Log -> the column that says whose a row is, and the columns that quote what was read, with
what stands there instead."""


def withheld() -> list[str]:
    """The tables that are in no publication, by name."""
    return [table.name for table in TABLES.values() if not table.is_republished]


def without_withheld(versions: Versions | None) -> Versions:
    """The versions to connect with, in which those tables are empty."""
    return {**(versions or {}), **dict.fromkeys(withheld())}


def hide_words(connection: duckdb.DuckDBPyConnection) -> None:
    """Take out of the logs, in the connection's views, what they quote of those tables' rows."""
    tables = withheld()
    sources = [name for name, own in SOURCES.items() if {t.name for t in own} & set(tables)]
    names = ", ".join(map(text_literal, (*tables, *sources)))
    for log, (of, words) in _WORDS.items() if names else ():
        hidden = ", ".join(
            f"CASE WHEN {of} IN ({names}) THEN {other} ELSE {name} END AS {name}"
            for name, other in words.items()
        )
        for view in (log, f"{log}__history"):
            whole = quoted(f"{view}__whole")
            connection.execute(f"ALTER VIEW {quoted(view)} RENAME TO {whole}")
            sql = f"SELECT * REPLACE ({hidden}) FROM {whole}"  # noqa: S608 - names are ours
            connection.execute(f"CREATE TEMP VIEW {quoted(view)} AS {sql}")
