"""A question to the store in SQL: its rows, or a `UsageError` in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.core.errors import UsageError
from flows.core.settings import Settings

if TYPE_CHECKING:
    from flows.core.query.sql import Snapshot

Rows = list[dict[str, Any]]


def ask(settings: Settings, query: str, snapshot: Snapshot | None = None) -> Rows:
    """The rows of a query over the store. Raises `UsageError` for SQL that can't be run."""
    import duckdb

    from warehouse.store.home import open_home
    from warehouse.store.store import Warehouse

    home = open_home(settings.home, None)
    try:
        with Warehouse(home.path).query(query, **past_of(snapshot)) as answer:
            names = _distinct([column[0] for column in answer.description or ()])
            return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    except duckdb.PermissionException as error:
        raise UsageError(f"SQL reads the store's tables, nothing else: {_said(error)}") from None
    except (duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError) as error:
        raise UsageError(f"SQL: {_said(error)}") from None


def past_of(snapshot: Snapshot | None) -> dict[str, Any]:
    """A snapshot as what the store is asked with; nothing for the present."""
    return {"as_of": snapshot.as_of, "versions": snapshot.versions} if snapshot else {}


def _said(error: Exception) -> str:
    """DuckDB's words in one line, without the query it repeats."""
    return " ".join(str(error).partition("\n\nLINE ")[0].split())


def _distinct(names: list[str]) -> list[str]:
    """A second column of a name gets a number, so that none hides another."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        number, chosen = 1, name
        while chosen in seen or (number > 1 and chosen in names):
            number += 1
            chosen = f"{name}_{number}"
        seen.add(chosen)
        names[index] = chosen
    return names
