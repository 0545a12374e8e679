"""The SQL behind `show`, `history` and `quarantine`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schemas.core.table import KNOWLEDGE, Table
from schemas.registry import TABLES, VIEWS


class UnknownTable(LookupError):
    """A table name that no schema defines."""


def table_of(name: str) -> Table:
    """The definition of a table. Raises `UnknownTable`."""
    try:
        return (TABLES | VIEWS)[name]
    except KeyError:
        known = ", ".join((*TABLES, *VIEWS))
        raise UnknownTable(f"no table {name!r}; there are: {known}") from None


def show_sql(
    name: str, *, where: str | None = None, columns: str | None = None, limit: int = 20
) -> str:
    """The last `limit` current rows in key order, without lineage unless asked for."""
    table = table_of(name)
    if columns is None:
        hidden = {column.name for column in (*table.lineage, *KNOWLEDGE)} - {"is_simulated"}
        if table.is_log:
            hidden = set()  # a log's columns are all its own
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


def history_sql(name: str, key: list[str], *, where: str | None) -> str:
    """All revisions of the keys that hold the given values, in any order of the key's columns.

    `_shown` says which of them meet the condition: what a revision changed can be told
    only beside the one before it.
    """
    table = table_of(name)
    if table.is_log:
        raise UnknownTable(f"{name} is a log: its rows have no revisions")
    conditions = [where] if where else []
    columns = ", ".join(f'cast("{column}" as varchar)' for column in table.key)
    conditions += [f"{_literal(value)} in ({columns})" for value in key]
    condition = " and ".join(f"({each})" for each in conditions) or "true"
    first = ["known_from", "known_to", "revision", "is_deleted", *table.key]
    rest = [*(c.name for c in table.own if c.name not in table.key), table.origin, "is_simulated"]
    chosen = ", ".join(f'"{column}"' for column in [*first, *rest])
    keys = ", ".join(f'"{column}"' for column in table.key)
    order = ", ".join(f'"{column}"' for column in [*reversed(table.key), "revision"])
    return (
        f"select {chosen}, coalesce({condition}, false) as _shown from {name}__history "  # noqa: S608 - read-only store
        f"semi join (select {keys} from {name}__history where {condition}) using ({keys}) "
        f"order by {order}"
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
    """Key columns, after the one that dates the row."""
    if table.prune_by:
        return (table.prune_by, *(c for c in table.key if c != table.prune_by))
    return tuple(dict.fromkeys((table.instant, *table.key))) if table.instant else table.key


def _quoted(table: Table, column: str) -> str:
    if column not in {c.name for c in table.columns}:
        known = ", ".join(c.name for c in table.columns)
        raise UnknownTable(f"{table.name} has no column {column!r}; it has: {known}")
    return f'"{column}"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state of the store, as it is read and named; `time_travel.chosen` makes it.

    `release` is the release whose rows these are, at its `versions`; empty where there is none.
    `as_of` leaves out what was learned later. `is_working`: what is loaded, whether or not it
    was released.
    """

    label: str = "what is loaded"
    as_of: datetime | None = None
    versions: dict[str, int | None] = field(default_factory=dict)
    release: str = ""
    is_working: bool = True

    def as_dict(self) -> dict[str, Any]:
        """What a document says of the rows in it."""
        return {
            "release_id": self.release or None,
            "as_of": self.as_of,
            "is_working": self.is_working,
            "label": self.label,
        }


WORKING = Snapshot()
"""What is loaded: for the pipeline itself, and for whoever asks for it."""
REFUSED = Snapshot("refused records: loaded nowhere and in no release")
"""What is in quarantine."""
